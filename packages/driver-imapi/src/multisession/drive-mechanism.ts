import {
  type Assessment,
  type CallOptions,
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
  type SessionIntent,
  type SessionOffer,
  type Settlement,
} from "@multisession/core";
import type { DriveMechanism as Kind, MultisessionProperty } from "../host/multisession-objects.ts";
import { isMultisessionSource, type MultisessionSource } from "./multisession-source.ts";

/**
 * One of IMAPI2's own multisession objects as a mechanism. IMAPI2's objects give geometry and never write, so what is asked
 * of the drive comes from the object, and the rules of the writing from a mechanism for the same media.
 */
export abstract class DriveMechanism extends Multisession {
  readonly #kind: Kind;
  readonly #drive: MultisessionSource;
  readonly #rules: IMultisession;

  /** @throws `TypeError` when the recorder is no drive of this package. */
  constructor(id: string, context: MechanismContext, kind: Kind, rules: IMultisession) {
    super(id, context);
    const { source } = context;
    if (!isMultisessionSource(source))
      throw new TypeError(`${source.uri} is no Windows drive, so it has no multisession objects of IMAPI2`);
    this.#kind = kind;
    this.#drive = source;
    this.#rules = rules;
  }

  /** What IMAPI2's object says, which looks at the disc by itself. */
  override async isSupportedOnCurrentMediaState(options?: CallOptions): Promise<boolean> {
    const answer = await this.#drive.multisessionProperty(this.#kind, "IsSupportedOnCurrentMediaState", options);
    return answer === true;
  }

  /** A number that IMAPI2's object gives. */
  protected async ask(property: MultisessionProperty): Promise<number> {
    return Number(await this.#drive.multisessionProperty(this.#kind, property));
  }

  /** Never chosen untold: the rules are those of a mechanism that is registered itself. */
  protected override _assess(medium: Medium, purpose: Purpose): Assessment {
    const { reason, ...assessment } = this.#rules.assess(medium, purpose);
    return { ...assessment, fit: "last-resort", reason: `${reason}; addresses as IMAPI2 gives them` };
  }

  protected override _history(medium: Medium, probes: readonly Probe[], options?: HistoryOptions): Promise<History> {
    return this.#rules.history(medium, probes, options);
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer {
    return this.#rules.offer(medium, history, intent, needs);
  }

  protected override _settle(offer: Offer, shape: ImageShape | undefined): Settlement {
    return this.#rules.settle(offer, shape);
  }
}
