import {
  type AddressSpace,
  type Assessment,
  type Blocks,
  CHAIN_UNIT,
  FIRST_SESSION,
  type History,
  type IMultisessionRandomWrite,
  type Lba,
  type MechanismStep,
  type Medium,
  Multisession,
  MultisessionError,
  type Needs,
  newestState,
  type Offer,
  type Purpose,
  refuse,
  roundUp,
  type SessionIntent,
  type SessionOffer,
} from "@multisession/core";

/** Block of the first descriptor of a disc (ECMA-119 6.2.1): the unit that holds it is the commit. */
const FIRST_DESCRIPTOR = 16;

/**
 * Logical sessions on overwritable media, by xorriso's rule: the first at block 32, later ones at multiples of 32
 * behind it, each with a head of its own. What readers see is decided by the one unit that holds block 16, written last.
 */
export class RandomWrite extends Multisession implements IMultisessionRandomWrite {
  get writeUnitSize(): Promise<Blocks> {
    return this.importRecorder.medium().then(({ unit }) => unit);
  }

  get lastWrittenAddress(): Promise<Lba> {
    return this.importRecorder.medium().then(({ tracks }) => {
      const last = tracks[0]?.lastRecorded;
      if (last !== undefined) return last;
      throw new MultisessionError(
        "UNSUPPORTED_INTENT",
        "The recorder does not say which address was written last (IMAPI2: E_NOTIMPL).",
        { subject: this.importRecorder.uri },
      );
    });
  }

  get totalSectorsOnMedia(): Promise<Blocks> {
    return this.importRecorder.medium().then(({ capacity }) => capacity);
  }

  protected override _assess(medium: Medium, _purpose: Purpose): Assessment {
    if (medium.overwrite === "no") return unsupported("written once: nothing can be overwritten");
    if (medium.overwrite === "replace")
      return unsupported("pseudo-overwrite: an overwritten unit moves the next writable address");
    if (medium.isFormatted)
      return native("logical sessions, the head at block 16 written last");
    const format = medium.formats.find(({ isIrreversible }) => !isIrreversible);
    if (format === undefined) return unsupported("never formatted, and the recorder offers no format");
    return {
      verdict: "after-preparation",
      fit: "native",
      reason: "never formatted; it is formatted before the first write",
      preparation: { isIrreversible: false, price: [], text: `Format: ${format.purpose}` },
    };
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, _needs: Needs): SessionOffer {
    switch (intent.kind) {
      case "first":
        return offerFirst(medium, history);
      case "append":
        return offerAppend(medium, history, intent.base);
      case "recover":
        return offerRecovery(medium, history);
      case "close":
        return refuse(
          "UNSUPPORTED_INTENT",
          "An overwritable disc is never closed.",
          "Nothing needs to be done: every reader finds the newest state at block 16.",
        );
      default:
        return refuse(
          "UNSUPPORTED_INTENT",
          `Random write does not do "${intent.kind}" yet.`,
          "Extract the older session and record it as a new one.",
        );
    }
  }
}

/** An empty disc is simply begun; on a used one an empty volume comes first, so that no old head can live again. */
function offerFirst(medium: Medium, history: History): SessionOffer {
  const isUsed = history.condition !== "empty";
  const format = medium.formats.find(({ isIrreversible }) => !isIrreversible);
  if (!medium.isFormatted && format === undefined)
    return refuse(
      "NOT_WRITABLE",
      "The disc was never formatted, and the recorder offers no format.",
      "Use another disc or another recorder.",
    );
  const preparation: readonly MechanismStep[] =
    medium.isFormatted || format === undefined
      ? []
      : [{ step: "prepare", format: format.id, isIrreversible: false, why: "the disc was never formatted" }];
  const capacity = medium.isFormatted || format === undefined ? medium.capacity : format.blocks;
  return {
    kind: "offer",
    content: "session",
    isFreshStart: isUsed,
    preparation,
    space: spaceOf(medium, FIRST_SESSION, capacity),
    finish: [],
    reserve: 0,
    consequences: isUsed ? [givenUp(history)] : [],
  };
}

function offerAppend(medium: Medium, history: History, index: number): SessionOffer {
  if (history.condition !== "whole")
    return refuse(
      "NEEDS_RECOVERY",
      `The disc is ${history.condition}.`,
      history.condition === "empty" ? "Record a first session." : "Run `multisession recover`.",
    );
  const base = history.states[index];
  if (base === undefined)
    return refuse("UNKNOWN_SESSION", `The disc has no session ${index + 1}.`, "`multisession sessions` lists them.");
  const start = roundUp(history.appendAt ?? newestState(history)?.end ?? FIRST_SESSION, CHAIN_UNIT);
  return {
    kind: "offer",
    base,
    content: "session",
    isFreshStart: false,
    preparation: [],
    space: spaceOf(medium, start, medium.capacity),
    finish: [],
    reserve: 0,
    consequences: [],
  };
}

/** The head is written again: the newest session's where one proves itself, an empty volume's otherwise. */
function offerRecovery(medium: Medium, history: History): SessionOffer {
  if (history.condition !== "torn-head" && history.condition !== "interrupted")
    return refuse(
      history.condition === "whole" ? "NOTHING_TO_RECOVER" : "FOREIGN_CONTENT",
      `The disc is ${history.condition}.`,
      "Use `--new-volume` to begin the disc anew.",
    );
  const base = newestState(history);
  const offer: Offer = {
    kind: "offer",
    content: "head",
    isFreshStart: false,
    preparation: [],
    space: spaceOf(medium, FIRST_SESSION, medium.capacity),
    finish: [],
    reserve: 0,
    consequences: base === undefined ? ["The disc will show an empty volume."] : [],
  };
  return base === undefined ? offer : { ...offer, base };
}

function spaceOf(medium: Medium, sessionStart: Lba, capacity: Blocks): AddressSpace {
  const { unit } = medium;
  return {
    ranges: [
      { start: 0, end: FIRST_SESSION, rule: "overwrite", unit },
      { start: Math.min(sessionStart, capacity), end: capacity, rule: "overwrite", unit },
    ],
    sessionStart,
    sessionUnit: CHAIN_UNIT,
    mediumEnd: capacity,
    minimum: 0,
    published: { by: "head", at: Math.floor(FIRST_DESCRIPTOR / unit) * unit, unit },
    barrier: { ordered: [], durable: [] },
  };
}

function givenUp({ states, condition }: History): string {
  if (states.length === 0) return `What is on the disc now (it is ${condition}) is given up.`;
  return `${states.length} ${states.length === 1 ? "session is" : "sessions are"} given up, the newest named “${states.at(-1)?.label ?? ""}”.`;
}
