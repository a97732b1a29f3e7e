import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { withDisc } from "../disc.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { conditionText, isRecoverable } from "../medium-text.ts";
import { shellWord } from "../printable.ts";
import { sessionDocuments, sessionLines } from "../session-text.ts";

/** Adds `sessions`: every state of the disc, oldest first. */
export function addSessions(program: Command, start: Start): void {
  program
    .command("sessions")
    .argument("<device>", "disc file, drive, or URI")
    .summary("list the sessions of a disc")
    .description("Lists the sessions of a disc, oldest first. Each one can be listed and extracted with --session.")
    .addHelpText("after", examples("multisession sessions my.disc", "multisession ls my.disc --session 1"))
    .action((device: string, _options: object, command: Command) =>
      start(command, (context) => listSessions(context, device)),
    );
}

function listSessions(context: Context, device: string): Promise<ExitCode> {
  return withDisc(context, device, async ({ recorder, history }) => {
    const { output } = context;
    const { condition } = history;
    output.document("sessions", { device: recorder.uri, condition, sessions: sessionDocuments(history) });
    if (history.states.length === 0) output.text(`No sessions: ${conditionText(condition)}.`);
    else output.lines(sessionLines(history, output.paint));
    if (condition !== "whole" && condition !== "empty") {
      const way = isRecoverable(condition) ? ` Bring it back with: multisession recover ${shellWord(device)}` : "";
      output.text("", `${output.paint("warning", "!")} The disc is ${condition}: ${conditionText(condition)}.${way}`);
    }
    return exitCodes.done;
  });
}
