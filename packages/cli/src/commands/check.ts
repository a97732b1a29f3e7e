import { resolve } from "node:path";
import { checkDisc, type DiscCheck, type DiscCheckName } from "@multisession/driver-virtual";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { deviceError, mustBeFile } from "../device-error.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import type { Paint } from "../paint.ts";
import { printable } from "../printable.ts";
import { count } from "../size.ts";
import { wrap } from "../table.ts";

/** Adds `check`: proves that a disc file is what a disc file must be. */
export function addCheck(program: Command, start: Start): void {
  program
    .command("check")
    .argument("<disc>", "disc file")
    .summary("prove that a disc file is sound")
    .description(
      "Checks the files of a virtual disc themselves: state file, tracks, sessions, replaced clusters, length. Nothing is changed. Whether what was recorded can be read back as it was is another question; `verify` answers it.",
    )
    .addHelpText("after", examples("multisession check my.disc", "multisession check my.disc --json"))
    .action((disc: string, _options: object, command: Command) => start(command, (context) => check(context, disc)));
}

async function check(context: Context, disc: string): Promise<ExitCode> {
  const { io, output } = context;
  const file = resolve(io.cwd, disc.replace(/^virtual:/, ""));
  mustBeFile(file);
  const { isSound, checks } = await checkDisc(file).catch((error: unknown) => {
    throw deviceError(error, file);
  });
  output.document("check", { file, isSound, checks });
  output.text(output.paint("title", printable(file)), ...checkLines(checks, output.paint, output.width), "");
  const faults = checks.filter(({ outcome }) => outcome === "bad").length;
  output.text(
    isSound
      ? `${output.paint("good", "✓")} The disc file is sound.`
      : `${output.paint("bad", "✗")} ${count(faults, "fault")}: the disc file is damaged. Keep it as it is, and take a copy of both files.`,
  );
  return isSound ? exitCodes.done : exitCodes.damaged;
}

const names: Readonly<Record<DiscCheckName, string>> = {
  lock: "Lock",
  format: "Format",
  journal: "Journal",
  numbers: "Medium",
  tracks: "Tracks",
  "next-addresses": "Next address",
  sessions: "Sessions",
  replacements: "Replacements",
  recorded: "Places",
  unreadable: "Torn blocks",
  data: "Blocks",
};

/** Characters that the longest name takes up. */
const NAME = Math.max(...Object.values(names).map((name) => name.length));

function checkLines(checks: readonly DiscCheck[], paint: Paint, width: number): readonly string[] {
  const marks = { good: paint("good", "✓"), note: paint("warning", "!"), bad: paint("bad", "✗") };
  const indent = " ".repeat(NAME + 6);
  return checks.map(({ check, outcome, what }) => {
    const text = wrap(printable(what), width - NAME - 6, indent).join("\n");
    return `  ${marks[outcome]} ${names[check].padEnd(NAME + 2)}${text}`;
  });
}
