import type { SessionPlan } from "@multisession/core";
import type { AddNote, FileSystemImage } from "@multisession/file-system-image";
import { kindText } from "../medium-text.ts";
import type { Paint } from "../paint.ts";
import { printable } from "../printable.ts";
import { count } from "../size.ts";
import { wrap } from "../table.ts";

/** Remarks that are listed before the rest is counted. */
const LISTED = 8;

/** Which session it is, of which volume, on what, and by which rule: a title. */
export function recordingTitle(
  image: FileSystemImage,
  plan: SessionPlan,
  paint: Paint,
  width: number,
): readonly string[] {
  const number = plan.intent === "first" ? 1 : image.history.states.length + 1;
  const name = printable(plan.state?.label ?? image.volumeName);
  const text = `Session ${number} of “${name}” on ${kindText(image.medium.kind)}, by ${plan.mechanism} with ${plan.fileSystems.join(", ")}${plan.tree === "delta" ? ", only folders that changed" : ""}`;
  return wrap(text, width).map((line) => paint("title", line));
}

/** What was left out, and what the file system changed to store the tree. */
export function skippedLines(
  skipped: readonly AddNote[],
  notes: readonly string[],
  paint: Paint,
  width: number,
): readonly string[] {
  const remarks = [...skipped.map(({ path, what }) => `${printable(path)}: ${what}`), ...notes.map(printable)];
  const lines = remarks.slice(0, LISTED).flatMap((remark) => {
    const [first = "", ...rest] = wrap(remark, width - 4, "    ");
    return [`  ${paint("warning", "!")} ${first}`, ...rest];
  });
  return remarks.length > LISTED ? [...lines, `    and ${count(remarks.length - LISTED, "more remark")}`] : lines;
}
