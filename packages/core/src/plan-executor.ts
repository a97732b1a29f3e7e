import type { Phase } from "./extent.ts";
import type { Medium } from "./medium.ts";
import type { Offer, PlanStep } from "./plan.ts";
import type { CallOptions } from "./recorder.ts";
import type { Publication } from "./space.ts";
import type { Blocks, Lba } from "./units.ts";

/** A plan as a recorder's own writer sees it: all data, no bytes. */
export interface ExecutablePlan {
  /** The facts about the disc as it is before the first step. */
  readonly medium: Medium;
  /** What the mechanism allowed. */
  readonly offer: Offer;
  /** In the order in which they must be carried out. */
  readonly steps: readonly PlanStep[];
  /** What the `write` steps name by number. */
  readonly phases: readonly Phase[];
}

/** A plan on its way through a recorder's own writer. Core gives it; it is good for one call of `execute`. */
export interface PlanExecution extends ExecutablePlan {
  /**
   * Makes the bytes of a phase and hands them over in the order in which they are to be written, in pieces of whole blocks.
   * A piece is good only until the promise that `take` gives is settled. Each phase once, in the order of the steps; sources are read here.
   */
  render(phase: number, take: (at: Lba, data: Uint8Array) => Promise<void>): Promise<void>;
  /**
   * Tells that a step begins. Must be called for every step, in order, before the disc is changed by it. From the first commit
   * and the first close on the signal of `execute` is not aborted any more, and a burn that reaches its end is done, whatever
   * the signal said before: a writer that cannot stop in time says so by going on.
   */
  begin(step: number): void;
  /**
   * Tells that the disc has taken more blocks of the step that was begun last.
   *
   * @param buffer - Filled part of the write buffer, 0 to 1, where it is known.
   */
  wrote(blocks: Blocks, buffer?: number): void;
  /** Tells people what the writer does beside writing, as one sentence. */
  note(message: string): void;
}

/**
 * A writer of the recorder's own that carries out a whole plan, in place of core's walk through the steps. What must hold
 * before a burn and after it is proved by core all the same.
 */
export interface PlanExecutor {
  /** For people: whose writer it is. */
  readonly name: string;
  /** Ways of publishing that it can honour. Plans that publish in another way are refused without being shown to it. */
  readonly publishes: readonly Publication["by"][];
  /** Why it cannot carry out a plan exactly as it is, as a sentence; nothing when it can. Pure. */
  objection(plan: ExecutablePlan): string | undefined;
  /**
   * Carries out a plan to its last step; resolves when the disc shows it.
   *
   * @throws what the recorder throws; when the signal is aborted it stops as soon as it can.
   */
  execute(execution: PlanExecution, options: CallOptions): Promise<void>;
}

/** Why an executor cannot carry out a plan; nothing when it can. */
export function executorObjection(executor: PlanExecutor, plan: ExecutablePlan): string | undefined {
  const { by } = plan.offer.space.published;
  if (executor.publishes.includes(by)) return executor.objection(plan);
  const ways = executor.publishes.map((way) => `by ${way}`).join(" and ");
  return `The session is published by ${by}, and it publishes ${ways}.`;
}
