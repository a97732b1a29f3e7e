import { priceOf, type SessionPlan } from "@multisession/core";
import { recoverDisc } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { conditionText, freeBlocks } from "../medium-text.ts";
import { sessionDocuments, sessionLines } from "../session-text.ts";
import { blocksAsBytes, count } from "../size.ts";
import { sourceDateOf, sourceDateOption } from "../source-date.ts";
import { wrap } from "../table.ts";

interface RecoverOptions {
  readonly sourceDate?: number;
}

/** Adds `recover`: brings an interrupted disc back to a whole state. */
export function addRecover(program: Command, start: Start): void {
  program
    .command("recover")
    .argument("<device>", "disc file, drive, or URI")
    .summary("bring a disc back after an interrupted burn")
    .description(
      "Brings a disc back to a whole state, the old or the new one, from the disc alone: after Ctrl-C, a power cut, or a lost cable. `info` says beforehand what it costs.",
    )
    .addOption(sourceDateOption())
    .addHelpText("after", examples("multisession info my.disc", "multisession recover my.disc"))
    .action((device: string, options: RecoverOptions, command: Command) =>
      start(command, (context) => recover(context, device, options)),
    );
}

function recover(context: Context, device: string, { sourceDate }: RecoverOptions): Promise<ExitCode> {
  const dated = sourceDateOf(sourceDate, context.io.env);
  return context.withRecorder(device, async (recorder, plugins) => {
    const { output, signal, onEvent, progress } = context;
    const tell = (plan: SessionPlan): void => {
      progress.end();
      const blocks = priceOf(plan.cost, "blocks");
      const cost = blocks === 0 ? "costs no room" : `costs ${blocksAsBytes(blocks)} (${count(blocks, "block")})`;
      const text = `The disc is ${plan.condition}: ${conditionText(plan.condition)}. The repair ${cost}.`;
      output.text(...wrap(text, output.width));
    };
    const { conditions, plans, medium, history } = await recoverDisc(recorder, plugins, {
      signal,
      onEvent,
      onPlan: tell,
      ...dated,
    });
    progress.end();
    output.document(
      "recover",
      {
        device: recorder.uri,
        conditions,
        plans,
        sessions: sessionDocuments(history),
        freeBlocks: freeBlocks(medium) ?? Math.max(0, medium.capacity - (history.states.at(-1)?.end ?? 0)),
      },
      "line",
    );
    output.text(`${output.paint("good", "✓")} The disc is ${history.condition}: ${conditionText(history.condition)}.`);
    output.lines(sessionLines(history, output.paint));
    return exitCodes.done;
  });
}
