import { checkAssessment, checkHistory, checkOffer, checkSettlement } from "./check-mechanism.ts";
import { MultisessionError } from "./errors.ts";
import type { ImageShape } from "./extent.ts";
import type { History, HistoryOptions, Probe } from "./history.ts";
import type { Assessment, Needs, Purpose, SessionIntent } from "./intent.ts";
import type { Medium } from "./medium.ts";
import type { Offer, SessionOffer, Settlement } from "./plan.ts";
import { readHistory } from "./read-history.ts";
import type { CallOptions, DiscReader } from "./recorder.ts";
import { settleGenerically } from "./settle.ts";

/** What core gives a mechanism when it creates it. */
export interface MechanismContext {
  /** Reads the disc; cannot write. */
  readonly source: DiscReader;
}

/**
 * A multisession rule: how a session is added to one kind of medium. The structural contract that travels between
 * packages; it fits across two copies of core. Authors extend {@link Multisession} instead of implementing it.
 *
 * The first three members are IMAPI2's `IMultisession`; what asks the drive is a promise.
 */
export interface IMultisession {
  /** Stable name, such as `sequential`. */
  readonly id: string;
  /**
   * IMAPI2: `InUse`. The application marks at most one of the mechanisms that it offers; with none marked, the image
   * chooses. Starts as `false`.
   */
  inUse: boolean;
  /** IMAPI2: `ImportRecorder`. The recorder from which previous sessions are read. */
  readonly importRecorder: DiscReader;
  /**
   * IMAPI2: `IsSupportedOnCurrentMediaState`. Whether this mechanism can write the disc in its present state, after a
   * preparation at most. *No* is a normal answer.
   *
   * @throws `NO_MEDIUM` when there is no disc.
   */
  isSupportedOnCurrentMediaState(options?: CallOptions): Promise<boolean>;
  /** What the mechanism says of a medium. Pure. */
  assess(medium: Medium, purpose: Purpose): Assessment;
  /** What is on the disc. Reads through `importRecorder`, or what the options name; never writes. */
  history(medium: Medium, probes: readonly Probe[], options?: HistoryOptions): Promise<History>;
  /** What is allowed for the next session. Pure. */
  offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer;
  /** The steps and the cost of a rendered session, or of an offer without one. Pure. */
  settle(offer: Offer, shape: ImageShape | undefined): Settlement;
}

/**
 * The base of every mechanism: public methods check arguments and results and wrap what fails, authors write the
 * underscored ones. `_assess` and `_offer` are required; `_history` and `_settle` have defaults that serve
 * write-once media with sessions, overwritable media, and pseudo-overwrite.
 */
export abstract class Multisession implements IMultisession {
  readonly id: string;
  readonly importRecorder: DiscReader;
  #inUse = false;

  constructor(id: string, context: MechanismContext) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(id))
      throw new TypeError(`A mechanism's id is lower-case words with hyphens, not "${id}"`);
    this.id = id;
    this.importRecorder = context.source;
  }

  get inUse(): boolean {
    return this.#inUse;
  }

  set inUse(value: boolean) {
    if (typeof value !== "boolean") throw new TypeError("inUse is true or false");
    this.#inUse = value;
  }

  async isSupportedOnCurrentMediaState(options?: CallOptions): Promise<boolean> {
    const medium = await this.importRecorder.medium(options);
    return this.assess(medium, medium.status === "blank" ? "first" : "append").verdict !== "unsupported";
  }

  assess(medium: Medium, purpose: Purpose): Assessment {
    return checkAssessment(
      this.id,
      this.#guard("assess", () => this._assess(medium, purpose)),
    );
  }

  async history(medium: Medium, probes: readonly Probe[], options?: HistoryOptions): Promise<History> {
    if (medium.status === "blank") return { states: [], condition: "empty", findings: [] };
    return checkHistory(this.id, await this._history(medium, probes, options));
  }

  offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer {
    return checkOffer(
      this.id,
      medium,
      this.#guard("offer", () => this._offer(medium, history, intent, needs)),
    );
  }

  settle(offer: Offer, shape: ImageShape | undefined): Settlement {
    return checkSettlement(
      this.id,
      offer,
      shape,
      this.#guard("settle", () => this._settle(offer, shape)),
    );
  }

  /** Says of a medium whether and how well this mechanism fits, always with a reason in words. Pure. */
  protected abstract _assess(medium: Medium, purpose: Purpose): Assessment;

  /** Offers space for an intent, or refuses with code, reason and advice. Pure. */
  protected abstract _offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer;

  /** Reads what is on the disc. Never called for a blank medium. */
  protected _history(medium: Medium, probes: readonly Probe[], options?: HistoryOptions): Promise<History> {
    const { reader = this.importRecorder, ...call } = options ?? {};
    return readHistory(medium, probes, reader, call);
  }

  /** Orders the steps: preparation, each phase with its barrier, finish; the medium is read again wherever it must have changed. */
  protected _settle(offer: Offer, shape: ImageShape | undefined): Settlement {
    return settleGenerically(offer, shape);
  }

  #guard<T>(what: string, run: () => T): T {
    try {
      return run();
    } catch (cause) {
      if (MultisessionError.is(cause)) throw cause;
      throw new MultisessionError(
        "BAD_MULTISESSION_PARAMETER",
        `The mechanism "${this.id}" failed in ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
        { subject: this.id, cause },
      );
    }
  }
}
