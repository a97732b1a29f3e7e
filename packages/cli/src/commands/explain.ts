import { MultisessionError, type Verdict } from "@multisession/core";
import { type DiscExplanation, explainDisc } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { describeError } from "../error-text.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { kindText } from "../medium-text.ts";
import type { Paint } from "../paint.ts";
import { printable } from "../printable.ts";
import { wrap } from "../table.ts";

/** Adds `explain`: what every mechanism says of the disc, and which one is chosen. */
export function addExplain(program: Command, start: Start): void {
  program
    .command("explain")
    .argument("<device>", "disc file, drive, or URI")
    .summary("say which mechanism fits the disc, and why")
    .description(
      "Shows every mechanism with every file system: whether it can write this disc, how well it fits, and why. The best fit is used; --mechanism asks for another one.",
    )
    .addHelpText("after", examples("multisession explain my.disc", "multisession explain my.disc --json"))
    .action((device: string, _options: object, command: Command) =>
      start(command, (context) => explain(context, device)),
    );
}

const purposes = {
  first: "to record a first session",
  append: "to add a session",
  import: "to read it",
  recover: "to recover it",
} as const;

function explain(context: Context, device: string): Promise<ExitCode> {
  return context.withRecorder(device, async (recorder, plugins) => {
    const { output, signal } = context;
    const found = await explainDisc(recorder, plugins, { signal });
    const { medium, purpose, verdicts, unavailable, outcome } = found;
    output.document("explain", {
      device: recorder.uri,
      medium: medium ?? null,
      purpose,
      verdicts: verdicts.map(verdictDocument),
      ties: MultisessionError.is(outcome) ? [] : outcome.ties,
      unavailable: unavailable.map(({ id, cause: { code, message } }) => ({ id, code, message })),
      refusal: MultisessionError.is(outcome) ? describeError(outcome, false) : null,
    });
    output.text(
      `${medium === undefined ? "No disc" : kindText(medium.kind)}: what can be used ${purposes[purpose]}.`,
      "",
    );
    output.text(...explanationLines(found, output.paint, output.width));
    return exitCodes.done;
  });
}

function verdictDocument({ mechanism, fileSystem, assessment, isChosen }: Verdict): object {
  const { verdict, fit, reason, preparation } = assessment;
  return { mechanism, fileSystem, verdict, fit, reason, preparation: preparation ?? null, isChosen };
}

function explanationLines(
  { verdicts, unavailable, outcome }: DiscExplanation,
  paint: Paint,
  width: number,
): readonly string[] {
  const names = verdicts.map(({ mechanism, fileSystem }) => `${mechanism} + ${fileSystem}`);
  const column = Math.max(0, ...names.map((name) => name.length), ...unavailable.map(({ id }) => id.length)) + 2;
  const line = (mark: string, name: string, words: string): string => {
    const indent = " ".repeat(column + 4);
    return `  ${mark} ${name.padEnd(column)}${wrap(words, width - column - 4, indent).join("\n")}`;
  };
  const lines = verdicts.map((verdict, index) =>
    line(markOf(verdict, paint), names[index] ?? "", verdictText(verdict)),
  );
  for (const { id, cause } of unavailable)
    lines.push(line(paint("bad", "✗"), id, `unavailable: ${printable(cause.message)}`));
  if (MultisessionError.is(outcome)) {
    lines.push("", ...wrap(`None is chosen: ${outcome.message.split("\n")[0]} ${outcome.advice}`, width));
  } else {
    const others =
      outcome.ties.length === 0 ? "" : ` ${outcome.ties.join(", ")} would do as well; --mechanism asks for it.`;
    lines.push("", `${paint("good", "→")} ${outcome.mechanism.id} is used.${others}`);
  }
  return lines;
}

function markOf({ assessment, isChosen }: Verdict, paint: Paint): string {
  if (isChosen) return paint("good", "✓");
  return assessment.verdict === "unsupported" ? paint("quiet", "–") : paint("warning", "○");
}

function verdictText({ assessment: { verdict, fit, reason, preparation } }: Verdict): string {
  if (verdict === "unsupported") return `no: ${reason}`;
  if (preparation === undefined) return `${fit}: ${reason}`;
  const asked = preparation.isIrreversible ? " It must be asked for with --mechanism." : "";
  const text = preparation.text.replace(/\.;/g, ";").replace(/\.$/, "");
  return `${fit}, after a preparation: ${reason}. ${text}.${asked}`;
}
