import { type BurnEvent, type History, priceOf, type SessionPlan } from "@multisession/core";
import type { ImagePlan, ImageReport } from "@multisession/file-system-image";

const BLOCK = 2048;

/** Bytes for people. */
export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  const power = bytes < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

/** What a burn would change, cost and rule out. */
export function planText({ plan, summary }: ImagePlan): string {
  const { added, replaced, renamed, removed, unchanged } = summary;
  const lines = [
    `  changes   ${added.items} added, ${replaced.items} replaced, ${renamed.items} renamed, ${removed.items} removed, ${unchanged.files} unchanged`,
    `  cost      ${costText(plan)}`,
    `  steps     ${plan.steps.map(stepText).join(" → ")}`,
    ...plan.consequences.map((text) => `  mind      ${text}`),
  ];
  return lines.join("\n");
}

function costText({ cost, reserve }: SessionPlan): string {
  const blocks = priceOf(cost, "blocks");
  const kept = reserve > 0 ? `; ${reserve} more stay free, so that an interrupted burn can be repaired` : "";
  return `${blocks} blocks (${size(blocks * BLOCK)})${kept}`;
}

function stepText(step: SessionPlan["steps"][number]): string {
  switch (step.step) {
    case "write":
      return `write ${step.blocks} blocks at ${step.at}`;
    case "close":
      return `close ${step.what}`;
    case "refresh-medium":
      return "look again";
    default:
      return step.step;
  }
}

/** Progress on one line of a terminal; elsewhere nothing, for a pipe needs no bar. */
export function progressLine(out: NodeJS.WriteStream): (event: BurnEvent) => void {
  return (event) => {
    if (event.type === "damage") out.write(`\n  ! ${event.label}: ${event.what}\n`);
    if (event.type !== "progress" || !out.isTTY) return;
    const part = event.totalBlocks === 0 ? 1 : event.doneBlocks / event.totalBlocks;
    const bar = "█".repeat(Math.round(part * 30)).padEnd(30, "░");
    const speed = event.blocksPerSecond === undefined ? "" : `  ${size(event.blocksPerSecond * BLOCK)}/s`;
    out.write(`\r\x1b[K  ${bar} ${Math.round(part * 100)} %  ${event.activity}${speed}`);
  };
}

/** What was recorded, and whether it was read back. */
export function reportText({ outcome, writtenBlocks, milliseconds, verification }: ImageReport): string {
  const verified =
    verification === undefined
      ? "not read back"
      : `read back after a reload of the disc: ${verification.report.outcome}, ${verification.report.contents} new files`;
  return `  ${outcome}: ${writtenBlocks} blocks in ${(milliseconds / 1000).toFixed(1)} s; ${verified}`;
}

/** The sessions of a disc, oldest first. */
export function sessionsText({ states, current }: History): string {
  return states
    .map(
      ({ start, end, label, index }) =>
        `  session ${index + 1}: blocks ${start} to ${end - 1}, “${label}”${index === current ? "  ← what readers see" : ""}`,
    )
    .join("\n");
}
