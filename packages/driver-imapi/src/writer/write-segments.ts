import type { PlanStep } from "@multisession/core";

/** A `write` step. */
export type WriteStep = Extract<PlanStep, { step: "write" }>;

/** Steps that are one call of IMAPI2's writer. */
export interface WriteSegment {
  /** Numbers of its writes in the plan. */
  readonly writes: readonly number[];
  /** Numbers of the steps up to the last close behind them, which the same call does when it finalizes. */
  readonly closes: readonly number[];
}

/** A step that is none of the writer's, or a segment. */
export type Stage = { readonly kind: "step"; readonly index: number } | ({ readonly kind: "segment" } & WriteSegment);

/**
 * The steps as the writer carries them out. Each call of `Write` ends with everything on the disc, which is what a durable
 * barrier asks for; whether the drive keeps the order within one call is not known, so nothing that must be ordered shares one.
 */
export function stagesOf(steps: readonly PlanStep[]): readonly Stage[] {
  const stages: Stage[] = [];
  for (let index = 0; index < steps.length; ) {
    if (steps[index]?.step !== "write") {
      stages.push({ kind: "step", index: index++ });
      continue;
    }
    const writes = numbersWhile(steps, index, ({ step }) => step === "write");
    const behind = numbersWhile(steps, index + writes.length, ({ step }) => step === "barrier" || step === "close");
    const closes = behind.slice(0, behind.findLastIndex((number) => steps[number]?.step === "close") + 1);
    stages.push({ kind: "segment", writes, closes });
    index += writes.length + closes.length;
  }
  return stages;
}

function numbersWhile(steps: readonly PlanStep[], from: number, holds: (step: PlanStep) => boolean): readonly number[] {
  const end = steps.findIndex((step, index) => index >= from && !holds(step));
  return Array.from({ length: (end < 0 ? steps.length : end) - from }, (_, index) => from + index);
}
