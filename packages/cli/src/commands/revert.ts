import { burn, MultisessionError } from "@multisession/core";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { withDisc } from "../disc.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { shellWord } from "../printable.ts";
import { parseSession } from "../session-number.ts";
import { sessionLines } from "../session-text.ts";

interface RevertOptions {
  readonly session: number;
}

/** Adds `revert`: makes readers see an older session again, where a mechanism can. */
export function addRevert(program: Command, start: Start): void {
  program
    .command("revert")
    .argument("<device>", "disc file, drive, or URI")
    .requiredOption("--session <number>", "the session that readers shall see, as `sessions` counts them", parseSession)
    .summary("make readers see an older session again")
    .description(
      "Makes readers see an older session again, where the mechanism of the disc can do that. Newer sessions stay on the disc.",
    )
    .addHelpText("after", examples("multisession revert my.disc --session 1"))
    .action((device: string, options: RevertOptions, command: Command) =>
      start(command, (context) => revert(context, device, options)),
    );
}

function revert(context: Context, device: string, { session }: RevertOptions): Promise<ExitCode> {
  return withDisc(context, device, async (disc) => {
    const { output, signal, onEvent, progress } = context;
    const { recorder, mechanism } = disc;
    const planned = await disc
      .plan({ kind: "revert", to: disc.state(session).index }, { signal })
      .catch((error: unknown) => {
        throw withOtherWay(error, device, session);
      });
    const probes = (await context.plugins()).fileSystems().available.map(({ probe }) => probe);
    const { history, milliseconds } = await burn({ planned, recorder, mechanism, probes, signal, onEvent });
    progress.end();
    output.document("close", { device: recorder.uri, plan: planned.plan, milliseconds }, "line");
    output.text(
      `${output.paint("good", "✓")} Readers see session ${session} again.`,
      ...sessionLines(history, output.paint),
    );
    return exitCodes.done;
  });
}

/** Where the mechanism cannot go back, a new session can show the old tree again. */
function withOtherWay(error: unknown, device: string, session: number): unknown {
  if (!MultisessionError.is(error) || error.code !== "UNSUPPORTED_INTENT") return error;
  return new MultisessionError(error.code, error.message, {
    subject: error.subject,
    advice: `A new session can show the old tree again: multisession burn ${shellWord(device)} --session ${session}`,
    cause: error.cause,
  });
}
