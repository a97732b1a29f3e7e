import { type ImageShape, type Phase, runsOf } from "./extent.ts";
import type { Offer, PlanStep } from "./plan.ts";
import { rangeOf, type WritableRange } from "./space.ts";
import type { Lba } from "./units.ts";

/**
 * Proves that steps do what an offer allows, whoever made them: every phase is written once and in order, inside the
 * space, on append ranges only at the next address, in whole units; nothing is committed before it is safe.
 *
 * @returns what is wrong, or nothing.
 */
export function provePlan(offer: Offer, shape: ImageShape | undefined, steps: readonly PlanStep[]): string | undefined {
  const phases = shape?.phases ?? [];
  const writes = steps.filter((step) => step.step === "write");
  const written = writes.map(({ phase }) => phase);
  const expected = phases.flatMap(({ extents }, index) => (extents.length > 0 ? [index] : []));
  if (written.join() !== expected.join()) return `its plan writes the phases ${written.join()} of ${expected.join()}`;
  return proveWrites(offer, phases) ?? proveHead(offer, phases) ?? proveOrder(offer, phases, steps);
}

/** What readers see changes by one unit alone, and that unit is written by nothing else. */
function proveHead({ space, content }: Offer, phases: readonly Phase[]): string | undefined {
  const { published } = space;
  const commits = phases.filter(({ kind }) => kind === "commit");
  if (published.by !== "head")
    return commits.length > 0 ? "it commits where nothing is published by a head" : undefined;
  if (content !== "none" && commits.length !== 1) return `it commits ${commits.length} times`;
  const end = published.at + published.unit;
  for (const phase of phases) {
    const runs = runsOf(phase);
    const isHead = phase.kind === "commit" || phase.kind === "invalidate";
    const [only] = runs;
    if (isHead && (runs.length !== 1 || only?.at !== published.at || only.blocks !== published.unit))
      return `its ${phase.kind} is not exactly the unit at ${published.at} that publishes`;
    const touched = runs.find(({ at, blocks }) => at < end && at + blocks > published.at);
    if (!isHead && touched !== undefined)
      return `${touched.label} at ${touched.at} is written over the unit at ${published.at} that publishes`;
  }
  return undefined;
}

function proveWrites(offer: Offer, phases: readonly Phase[]): string | undefined {
  const { space } = offer;
  const next = new Map<Lba, Lba>(
    space.ranges.filter(({ rule }) => rule === "append").map(({ start, next }) => [start, next ?? start]),
  );
  for (const phase of phases) {
    let range: WritableRange | undefined;
    for (const extent of phase.extents) {
      const { at, blocks } = extent;
      // There can be a million of them, and as a rule all lie in one range.
      if (range === undefined || at < range.start || at + blocks > range.end) range = rangeOf(space, at, blocks);
      if (range === undefined) return `${extent.label} at ${at} (${blocks} blocks) lies outside the space`;
      if (range.rule === "append") {
        if (next.get(range.start) !== at)
          return `${extent.label} at ${at} is not at the next writable address ${next.get(range.start)}`;
        next.set(range.start, at + blocks);
      }
    }
    for (const run of runsOf(phase)) {
      const range = rangeOf(space, run.at, run.blocks);
      if (range === undefined) return `blocks ${run.at} to ${run.at + run.blocks} cross the ranges of the space`;
      if (run.at % range.unit !== 0 || run.blocks % range.unit !== 0)
        return `${run.blocks} blocks at ${run.at} are not whole units of ${range.unit}`;
      if (range.rule !== "replace") continue;
      const blocks = range.perUnit?.find(({ resource }) => resource === "blocks")?.amount ?? 0;
      if (range.takesFrom !== undefined)
        next.set(range.takesFrom, (next.get(range.takesFrom) ?? 0) + (run.blocks / range.unit) * blocks);
    }
  }
  for (const { rule, start, end } of space.ranges) {
    if (rule === "append" && (next.get(start) ?? start) > end) return `the range at ${start} overflows`;
  }
  return undefined;
}

function proveOrder(offer: Offer, phases: readonly Phase[], steps: readonly PlanStep[]): string | undefined {
  let isDirty = false;
  let isPayloadWritten = false;
  let isCommitted = false;
  for (const step of steps) {
    if (step.step === "barrier" && step.kind === "durable") isDirty = false;
    if (step.step !== "write") continue;
    const kind = phases[step.phase]?.kind;
    if (kind === "commit" && isDirty) return "it commits before what it commits is durable";
    if (isCommitted && kind === "payload") return "it writes a session after it has committed it";
    if (kind === "invalidate" && isPayloadWritten) return "it invalidates after it has written";
    isPayloadWritten ||= kind === "payload";
    isCommitted ||= kind === "commit";
    isDirty = true;
  }
  if (offer.space.published.by === "head" && isDirty) return "it ends before the commit is durable";
  const closes = steps.flatMap((step, index) => (step.step === "close" && step.what !== "track" ? [index] : []));
  const lastWrite = steps.findLastIndex(({ step }) => step === "write");
  if (offer.space.published.by === "close" && offer.content === "session" && !closes.some((index) => index > lastWrite))
    return "it writes a session and never closes it";
  return undefined;
}
