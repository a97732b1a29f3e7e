import { type Blocks, type Medium, type PlanStep, type Price, priceOf, type SessionPlan } from "@multisession/core";
import { formatText, freeBlocks } from "./medium-text.ts";
import type { Paint } from "./paint.ts";
import { blocksAsBytes, count, durationText, numberText } from "./size.ts";
import { tableLines, wrap } from "./table.ts";

const resourceText: Readonly<Record<Price["resource"], string>> = {
  blocks: "blocks",
  replacements: "replacements",
  "map-entries": "entries of the defect list",
  updates: "updates of the management area",
  milliseconds: "time",
};

/**
 * Blocks that are free when the plan is done, as `info` counts them then; `undefined` where the medium does not say how
 * much it holds after a format.
 */
export function freeAfterwards({ cost, state, steps }: SessionPlan, medium: Medium): Blocks | undefined {
  if (steps.some((step) => step.step === "close" && step.what === "disc")) return 0;
  const format = steps.find((step) => step.step === "prepare")?.format;
  if (format !== undefined) {
    const room = medium.formats.find(({ id }) => id === format)?.blocks;
    return room === undefined || room === 0 ? undefined : Math.max(0, room - (state?.end ?? 0));
  }
  const free = freeBlocks(medium);
  if (free === undefined) return Math.max(0, medium.capacity - (state?.end ?? 0));
  const gap = steps.some((step) => step.step === "close" && step.what === "session") ? medium.sessionGap : 0;
  return Math.max(0, free - priceOf(cost, "blocks") - gap);
}

/** What the session uses up, and what is left: a table for people. */
export function costLines(plan: SessionPlan, medium: Medium, width: number): readonly string[] {
  const { cost, reserve } = plan;
  const blocks = priceOf(cost, "blocks");
  const free = freeAfterwards(plan, medium);
  const rows: string[][] = [["Space", `${blocksAsBytes(blocks)} (${count(blocks, "block")})`]];
  for (const { resource, amount } of cost) {
    if (resource === "blocks") continue;
    if (resource === "milliseconds") rows.push(["Time", `about ${durationText(amount)}`]);
    else
      rows.push([
        `${resourceText[resource].charAt(0).toUpperCase()}${resourceText[resource].slice(1)}`,
        numberText(amount),
      ]);
  }
  if (reserve > 0)
    rows.push([
      "Kept free",
      `${blocksAsBytes(reserve)} (${count(reserve, "block")}), so that an interrupted burn can be repaired`,
    ]);
  if (free !== undefined) rows.push(["Free afterwards", `${blocksAsBytes(free)} of ${blocksAsBytes(medium.capacity)}`]);
  // Two of indent, and two between the columns.
  const column = Math.max(...rows.map(([name = ""]) => name.length)) + 4;
  const lines = rows.flatMap(([name = "", text = ""]) =>
    wrap(text, width - column).map((line, index) => [index === 0 ? name : "", line]),
  );
  return tableLines([{ title: "" }, { title: "" }], lines);
}

/** What cannot be undone or is given up, each on a line of its own. */
export function consequenceLines({ consequences }: SessionPlan, paint: Paint, width: number): readonly string[] {
  return consequences.map((text) => `  ${paint("warning", "!")} ${wrap(text, width - 4, "    ").join("\n")}`);
}

/** The steps in order, numbered, in words. */
export function stepLines(steps: readonly PlanStep[], width: number): readonly string[] {
  return steps.map((step, index) => {
    const text = wrap(stepText(step), width - 6, " ".repeat(6)).join("\n");
    return `  ${String(index + 1).padStart(2)}. ${text}`;
  });
}

const phaseText: Readonly<Record<string, string>> = {
  "give-up": "marks that give the interrupted session up",
  invalidate: "an empty volume over the old head",
  payload: "directories, new files, manifest",
  bridge: "a bridge from the old end of the chain",
  commit: "the head that readers see; from then on the session counts",
  mirror: "a second copy of the head",
  cleanup: "what is left to put in order",
};

/** One step in words. */
function stepText(step: PlanStep): string {
  switch (step.step) {
    case "prepare":
      return `${formatText(step.format)}${step.isIrreversible ? ", which cannot be undone" : ""}: ${step.why}`;
    case "repair":
      return `Repair track ${step.track}: ${step.why}`;
    case "reserve":
      return `Reserve a track of ${count(step.blocks, "block")}: ${step.why}`;
    case "write":
      return `Write ${count(step.blocks, "block")} at ${numberText(step.at)}: ${phaseText[step.kind] ?? step.kind}`;
    case "barrier":
      return step.kind === "durable" ? "Wait until all is on the medium" : "Keep the order of what was written";
    case "close":
      return `Close the ${step.what}: ${step.why}`;
    case "refresh-medium":
      return `Read the disc's state again; it must show ${expectationText(step.expect)}`;
  }
}

function expectationText({
  next,
  closedSessions,
  status,
}: (PlanStep & { readonly step: "refresh-medium" })["expect"]): string {
  const parts = next.map((track) => `the next writable block ${numberText(track.next)}`);
  if (closedSessions !== undefined) parts.push(count(closedSessions, "closed session"));
  if (status !== undefined) parts.push("a closed disc");
  return parts.join(", ") || "no change";
}
