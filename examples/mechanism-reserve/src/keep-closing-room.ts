import {
  type Assessment,
  type Blocks,
  type History,
  type HistoryOptions,
  type IMultisession,
  type ImageShape,
  type MechanismContext,
  type Medium,
  Multisession,
  type Needs,
  type Offer,
  type Probe,
  type Purpose,
  roundUp,
  type SessionIntent,
  type SessionOffer,
  type Settlement,
} from "@multisession/core";

/**
 * Lets another mechanism do the work, and always keeps room for one more session, the one that closes the disc: an
 * archive whose last session is a table of contents must never find the disc full.
 */
export class KeepClosingRoom extends Multisession {
  readonly #inner: IMultisession;
  readonly #extra: Blocks;

  /** `extra`: blocks that the closing session needs beside its head. */
  constructor(id: string, context: MechanismContext, inner: IMultisession, extra: Blocks) {
    super(id, context);
    this.#inner = inner;
    this.#extra = extra;
  }

  protected override _assess(medium: Medium, purpose: Purpose): Assessment {
    const assessment = this.#inner.assess(medium, purpose);
    // Never chosen untold: whoever wants the room kept says so.
    return { ...assessment, fit: "last-resort", reason: `${assessment.reason}; room for a closing session is kept` };
  }

  protected override _history(medium: Medium, probes: readonly Probe[], options?: HistoryOptions): Promise<History> {
    return this.#inner.history(medium, probes, options);
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer {
    const offer = this.#inner.offer(medium, history, intent, needs);
    if (offer.kind === "refused" || !isOrdinary(intent)) return offer;
    return {
      ...offer,
      reserve: offer.reserve + closingRoom(medium, needs, this.#extra),
      consequences: [...offer.consequences, "Room for one closing session stays free."],
    };
  }

  protected override _settle(offer: Offer, shape: ImageShape | undefined): Settlement {
    return this.#inner.settle(offer, shape);
  }
}

/** The closing session itself may use the room, and so may a recovery. */
function isOrdinary(intent: SessionIntent): boolean {
  return (intent.kind === "first" || intent.kind === "append") && intent.close === "session";
}

function closingRoom({ unit, sessionGap, minimumTrack = 0 }: Medium, { headBlocks }: Needs, extra: Blocks): Blocks {
  return sessionGap + roundUp(Math.max(minimumTrack, headBlocks + extra), unit);
}
