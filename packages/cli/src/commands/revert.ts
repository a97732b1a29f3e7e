import { revertDisc } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { parseSession } from "../session-number.ts";
import { sessionLines } from "../session-text.ts";
import { sourceDateOf, sourceDateOption } from "../source-date.ts";

interface RevertOptions {
  readonly session: number;
  readonly sourceDate?: number;
}

/** Adds `revert`: makes readers see an older session again, where a mechanism can. */
export function addRevert(program: Command, start: Start): void {
  program
    .command("revert")
    .argument("<device>", "disc file, drive, or URI")
    .requiredOption("--session <number>", "the session that readers shall see, as `sessions` counts them", parseSession)
    .summary("make readers see an older session again")
    .description(
      "Makes readers see an older session again, by a new one with nothing but its head. Newer sessions stay on the disc, and can be shown again in the same way.",
    )
    .addOption(sourceDateOption())
    .addHelpText("after", examples("multisession revert my.disc --session 1"))
    .action((device: string, options: RevertOptions, command: Command) =>
      start(command, (context) => revert(context, device, options)),
    );
}

function revert(context: Context, device: string, { session, sourceDate }: RevertOptions): Promise<ExitCode> {
  const dated = sourceDateOf(sourceDate, context.io.env);
  return context.withRecorder(device, async (recorder, plugins) => {
    const { output, signal, onEvent, progress } = context;
    const { history, plan, milliseconds } = await revertDisc(recorder, plugins, session, { signal, onEvent, ...dated });
    progress.end();
    output.document("close", { device: recorder.uri, plan, milliseconds }, "line");
    output.text(`${output.paint("good", "✓")} Readers see session ${session} again.`);
    output.lines(sessionLines(history, output.paint));
    return exitCodes.done;
  });
}
