import { burn } from "./burn.ts";
import { MultisessionError } from "./errors.ts";
import type { OnEvent } from "./events.ts";
import type { FileSystem } from "./file-system.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Condition, History } from "./history.ts";
import type { Medium } from "./medium.ts";
import type { IMultisession } from "./multisession.ts";
import { observe } from "./observe.ts";
import type { SessionPlan } from "./plan.ts";
import { planSession, refusalError } from "./planning.ts";
import type { CallOptions, DiscRecorder } from "./recorder.ts";

/** Most plans of one recovery: what comes after a close is known only afterwards, but it never takes more than a few. */
const MAX_ROUNDS = 6;

/** What a recovery needs. */
export interface RecoverRequest extends CallOptions {
  /** Holds the disc. */
  readonly recorder: DiscRecorder;
  /** The one that fits the disc. */
  readonly mechanism: IMultisession;
  /** All that may have written the disc. */
  readonly fileSystems: readonly FileSystem[];
  /** Told of steps and progress. */
  readonly onEvent?: OnEvent;
  /** Sees each plan before it is executed. */
  readonly onPlan?: (plan: SessionPlan) => void;
  /** As `PlanRequest.sourceDate`: the same disc gives the same bytes. */
  readonly sourceDate?: number;
}

/** What a recovery did. */
export interface RecoverReport {
  /** Condition of the disc before each plan, and at last the one it has now. */
  readonly conditions: readonly Condition[];
  /** The plans that were executed, in order. */
  readonly plans: readonly SessionPlan[];
  /** The medium as it is now. */
  readonly medium: Medium;
  /** What is on the disc now. */
  readonly history: History;
}

/**
 * Brings a disc back to a whole state, old or new, from the disc alone: a loop of short plans, each made from what the
 * disc shows then.
 *
 * @throws `NOTHING_TO_RECOVER` when the disc is whole, what the mechanism refuses with, and what `burn` throws.
 */
export async function recover(request: RecoverRequest): Promise<RecoverReport> {
  const { recorder, mechanism, fileSystems, signal, onEvent, onPlan, sourceDate } = request;
  const options = signal === undefined ? {} : { signal };
  const probes = fileSystems.map(({ probe }) => probe);
  const conditions: Condition[] = [];
  const plans: SessionPlan[] = [];
  let before: string | undefined;
  for (;;) {
    // What a plan has done is looked at whatever was asked meanwhile.
    const { medium, history } = await observe({ recorder, mechanism, probes }, plans.length === 0 ? options : {});
    conditions.push(history.condition);
    if (history.condition === "whole" || history.condition === "empty") {
      if (plans.length === 0)
        throw new MultisessionError(
          "NOTHING_TO_RECOVER",
          `The disc in ${recorder.uri} is ${history.condition}; there is nothing to recover.`,
          { subject: recorder.uri },
        );
      return { conditions, plans, medium, history };
    }
    if (signal?.aborted)
      throw new MultisessionError(
        "CANCELLED",
        `The recovery was cancelled between two steps; the disc is ${history.condition}.`,
        {
          subject: recorder.uri,
          cause: signal.reason,
          advice: "Run `multisession recover` again.",
        },
      );
    const now = fingerprint(medium, history);
    if (now === before || plans.length === MAX_ROUNDS)
      throw new MultisessionError(
        "NOT_AS_PLANNED",
        `The disc is still ${history.condition} after ${plans.length} repairs${now === before ? "; the last one changed nothing" : ""}.`,
        {
          subject: recorder.uri,
          oldState: "unknown",
          advice: "Try another drive; `multisession extract --session` reads what is whole.",
        },
      );
    before = now;
    const planned = await planSession({
      mechanism,
      fileSystems,
      medium,
      history,
      intent: { kind: "recover" },
      reader: recorder,
      ...options,
      ...(sourceDate === undefined ? {} : { sourceDate }),
    });
    if (planned.kind === "refused") throw refusalError(planned, recorder.uri);
    plans.push(planned.plan);
    onPlan?.(planned.plan);
    await burn({ planned, recorder, mechanism, probes, ...options, ...(onEvent === undefined ? {} : { onEvent }) });
  }
}
