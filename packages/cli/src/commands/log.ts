import { resolve } from "node:path";
import { type LogLine, logLineText, type Replay, replayLog } from "@multisession/driver-virtual";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { readLog } from "../log-file.ts";
import { printable } from "../printable.ts";
import { count, numberText } from "../size.ts";

interface LogOptions {
  readonly replay?: true;
}

/** Adds `log`: shows a log of commands, and replays it. */
export function addLog(program: Command, start: Start): void {
  program
    .command("log")
    .argument("<file>", "a log that --log has written")
    .summary("show a log of the commands to a virtual recorder, or replay it")
    .description(
      "Shows every command that a virtual recorder was sent, when it came, and what was answered, in words. Any command writes such a log with --log. --replay sends all of them to a fresh recorder with the same disc, drive, seed and faults, and compares every answer; it takes a log with contents, of a disc that was blank.",
    )
    .option("--replay", "send it all to a fresh recorder, and compare the answers")
    .addHelpText(
      "after",
      examples(
        "multisession burn my.disc photos/ --log burn.log",
        "multisession log burn.log",
        "multisession log burn.log --replay",
      ),
    )
    .action((file: string, options: LogOptions, command: Command) =>
      start(command, (context) => log(context, file, options)),
    );
}

async function log({ io, output }: Context, name: string, { replay: isReplay }: LogOptions): Promise<ExitCode> {
  const file = resolve(io.cwd, name);
  const lines = await readLog(file);
  if (!isReplay) {
    output.document("log", { file, lines });
    output.lines(shown(lines));
    return exitCodes.done;
  }
  const replay = replayLog(lines);
  const { commands, difference } = replay;
  output.document("log", { file, commands, ...(difference && { difference }) });
  output.text(...replayLines(replay, lines));
  return difference === undefined ? exitCodes.done : exitCodes.damaged;
}

function* shown(lines: readonly LogLine[]): Generator<string> {
  for (const line of lines) yield printable(logLineText(line));
}

function replayLines({ commands, difference }: Replay, lines: readonly LogLine[]): readonly string[] {
  if (difference === undefined) return [`${count(commands, "command")}: every answer is the same.`];
  const { line, logged, what } = difference;
  return [
    `Line ${numberText(line)} of ${numberText(lines.length)} cannot be replayed: ${printable(what)}.`,
    printable(logLineText(logged)),
  ];
}
