import type { Consequence } from "@multisession/core";
import { closeDisc } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import { parseConsequence } from "../consequence.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import { sourceDateOf, sourceDateOption } from "../source-date.ts";

interface CloseOptions {
  /** `false` with `--no-checkpoint` */
  readonly checkpoint?: boolean;
  readonly accept?: readonly Consequence[];
  readonly sourceDate?: number;
}

/** Adds `close`: closes the disc for good. */
export function addClose(program: Command, start: Start): void {
  program
    .command("close")
    .argument("<device>", "disc file, drive, or URI")
    .summary("close a disc for good")
    .description(
      "Closes the disc, so that nothing can be added. That cannot be undone, so it must be accepted by name. Where the newest session shares folders with older ones, one with the whole tree is recorded first, which every reader can read.",
    )
    .option("--accept <consequence>", "close-disc: nothing can be added later", parseConsequence)
    .option("--no-checkpoint", "record no session before, though the newest shares folders with older ones")
    .addOption(sourceDateOption())
    .addHelpText("after", examples("multisession close my.disc --accept close-disc"))
    .action((device: string, options: CloseOptions, command: Command) =>
      start(command, (context) => close(context, device, options)),
    );
}

function close(
  context: Context,
  device: string,
  { accept = [], checkpoint = true, sourceDate }: CloseOptions,
): Promise<ExitCode> {
  const dated = sourceDateOf(sourceDate, context.io.env);
  return context.withRecorder(device, async (recorder, plugins) => {
    const { output, signal, onEvent, progress } = context;
    const { plan, milliseconds } = await closeDisc(recorder, plugins, {
      consent: accept,
      checkpoint,
      signal,
      onEvent,
      ...dated,
    });
    progress.end();
    output.document("close", { device: recorder.uri, plan, milliseconds }, "line");
    output.text(
      `${output.paint("good", "✓")} ${printable(recorder.uri)} is closed for good; what it holds stays readable.`,
    );
    return exitCodes.done;
  });
}
