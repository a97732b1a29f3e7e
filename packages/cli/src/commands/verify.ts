import { verifyDisc } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { faultPlaces } from "../fault-places.ts";
import { parseSession } from "../session-number.ts";
import { isGood, verificationDocument, verificationLines } from "../verification-text.ts";

interface VerifyOptions {
  readonly session?: number;
}

/** Adds `verify`: reads sessions back and compares them with the hashes on the disc. */
export function addVerify(program: Command, start: Start): void {
  program
    .command("verify")
    .argument("<device>", "disc file, drive, or URI")
    .summary("read sessions back and compare them with their hashes")
    .description(
      "Reads every session back, or one, and compares it with the hashes that were taken when it was recorded. Sessions of other programs are compared with their MD5 sums, if they have any; of those without only the directories are read.",
    )
    .option("--session <number>", "only this one, as `sessions` counts them", parseSession)
    .addHelpText("after", examples("multisession verify my.disc", "multisession verify my.disc --session 2 --json"))
    .action((device: string, options: VerifyOptions, command: Command) =>
      start(command, (context) => verify(context, device, options)),
    );
}

function verify(context: Context, device: string, { session }: VerifyOptions): Promise<ExitCode> {
  return context.withRecorder(device, async (recorder, plugins) => {
    const { output, signal, onEvent, progress } = context;
    const found = await verifyDisc(recorder, plugins, {
      signal,
      onEvent,
      ...(session === undefined ? {} : { session }),
    });
    progress.end();
    const places = await faultPlaces(recorder, plugins, found.reports, signal);
    const { condition, findings } = found.history;
    const verification = verificationDocument(found, places);
    output.document("verify", { device: recorder.uri, condition, findings, verification }, "line");
    output.lines(verificationLines(found, places, output.paint));
    return isGood(found) ? exitCodes.done : exitCodes.damaged;
  });
}
