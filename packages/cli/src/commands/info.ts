import type { DiscRecorder, Medium } from "@multisession/core";
import { MultisessionError } from "@multisession/core";
import { type Disc, openDisc } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { describeError, errorLines } from "../error-text.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import {
  conditionText,
  formatFacts,
  freeBlocks,
  layoutText,
  limitFacts,
  mediumText,
  roomText,
  statusText,
} from "../medium-text.ts";
import { type NextAction, nextActions } from "../next-actions.ts";
import type { Output } from "../output.ts";
import type { Paint } from "../paint.ts";
import { printable } from "../printable.ts";
import { sessionDocuments, sessionLines } from "../session-text.ts";
import { count, numberText } from "../size.ts";
import { wrap } from "../table.ts";

/** Characters that names of facts take up. */
const FACT_NAME = 10;

/** Adds `info`: what the disc is, what is on it, and what can be done next. */
export function addInfo(program: Command, start: Start): void {
  program
    .command("info")
    .argument("<device>", "disc file, drive, or URI")
    .summary("show what a disc is, what it holds, and what can be done with it")
    .description(
      "Shows the facts about the disc, its condition with everything that was noticed, its sessions, and what can be done with it now.",
    )
    .addHelpText("after", examples("multisession info my.disc", "multisession info my.disc --json"))
    .action((device: string, _options: object, command: Command) => start(command, (context) => info(context, device)));
}

function info(context: Context, device: string): Promise<ExitCode> {
  return context.withRecorder(device, async (recorder, plugins) => {
    const { output, signal } = context;
    const medium = await recorder.medium({ signal });
    const disc = await openDisc(recorder, plugins, { signal }).catch(unusable);
    const next = MultisessionError.is(disc) ? [] : await nextActions(disc, device, signal);
    output.document("info", infoDocument(recorder, medium, disc, next));
    output.lines(mediumLines(recorder, medium, disc, output));
    if (MultisessionError.is(disc)) {
      output.text("", ...unusableLines(medium, disc, output));
      return exitCodes.done;
    }
    if (disc.history.states.length > 0)
      output.lines(["", output.paint("title", "Sessions"), ...sessionLines(disc.history, output.paint)]);
    output.text("", output.paint("title", "What can be done now"), ...nextLines(next, output.paint, output.width));
    return exitCodes.done;
  });
}

/** A disc that no mechanism fits still has facts worth seeing. */
function unusable(error: unknown): MultisessionError {
  if (MultisessionError.is(error) && error.code !== "CANCELLED") return error;
  throw error;
}

/** The medium's own restriction says all; other reasons are told mechanism by mechanism. */
function unusableLines(medium: Medium, error: MultisessionError, { paint, width }: Output): readonly string[] {
  if (medium.restriction === undefined) return errorLines(error, describeError(error, false), paint, false);
  const text = `Nothing can be recorded: ${medium.restriction}.`;
  const next: NextAction = { action: "append", isPossible: false, text, command: null };
  return [paint("title", "What can be done now"), ...nextLines([next], paint, width)];
}

function infoDocument(
  recorder: DiscRecorder,
  medium: Medium,
  disc: Disc | MultisessionError,
  next: readonly NextAction[],
): object {
  const history = MultisessionError.is(disc) ? undefined : disc.history;
  return {
    device: recorder.uri,
    drive: recorder.drive,
    medium,
    freeBlocks: freeBlocks(medium) ?? Math.max(0, medium.capacity - (history?.states.at(-1)?.end ?? 0)),
    condition: history?.condition ?? null,
    findings: history?.findings ?? [],
    sessions: history === undefined ? [] : sessionDocuments(history),
    mechanism: MultisessionError.is(disc) ? null : disc.mechanism.id,
    next,
  };
}

function mediumLines(
  recorder: DiscRecorder,
  medium: Medium,
  disc: Disc | MultisessionError,
  { paint, width }: Output,
): readonly string[] {
  const { vendor, product, revision } = recorder.drive;
  const used = MultisessionError.is(disc) ? 0 : (disc.history.states.at(-1)?.end ?? 0);
  const fact = (name: string, text: string): string =>
    `  ${name.padEnd(FACT_NAME)} ${wrap(printable(text), width - FACT_NAME - 3, " ".repeat(FACT_NAME + 3)).join("\n")}`;
  const lines = [
    paint("title", printable(recorder.uri)),
    fact("Medium", mediumText(medium)),
    fact("Layout", layoutText(medium)),
    fact("Room", roomText(medium, used)),
    fact("Written", statusText(medium)),
    ...limitFacts(medium).map(([name, text]) => fact(name, text)),
    ...formatFacts(medium).map((text, index) => fact(index === 0 ? "Formats" : "", text)),
  ];
  if (medium.identity !== undefined) lines.push(fact("Identity", medium.identity));
  if (medium.resources !== undefined) {
    const { replacements, mapEntries, updates } = medium.resources;
    lines.push(
      fact(
        "Left",
        `${count(replacements, "replacement")}, ${count(mapEntries, "map entry", "map entries")}, ${count(updates, "update")}`,
      ),
    );
  }
  lines.push(fact("Recorder", [vendor, product, revision].filter((part) => part !== "").join(" ")));
  if (MultisessionError.is(disc)) return lines;
  const { condition, findings } = disc.history;
  const mood = condition === "whole" || condition === "empty" ? "good" : condition === "unreadable" ? "bad" : "warning";
  lines.push(fact("Condition", `${condition}: ${conditionText(condition)}`).replace(condition, paint(mood, condition)));
  for (const { at, what } of findings) lines.push(fact("", `block ${numberText(at)}: ${what}`));
  return lines;
}

function nextLines(next: readonly NextAction[], paint: Paint, width: number): readonly string[] {
  return next.flatMap(({ text, command, isPossible }) => {
    const [first = "", ...rest] = wrap(text, width - 4, "    ");
    const lines = [`  ${isPossible ? paint("good", "•") : paint("quiet", "–")} ${first}`, ...rest];
    return command === null ? lines : [...lines, `      ${paint("name", command)}`];
  });
}
