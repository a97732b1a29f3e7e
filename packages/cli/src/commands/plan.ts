import { resolve } from "node:path";
import type { ImageChanges, ImagePlan } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { jsonDocument } from "../documents.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { freeBlocks } from "../medium-text.ts";
import { consequenceLines, costLines, freeAfterwards, stepLines } from "../plan-text.ts";
import { shellWord } from "../printable.ts";
import { changeLines, isUnchanged } from "../recording/change-text.ts";
import { isNothingToDo, NOTHING_TO_DO } from "../recording/nothing-to-do.ts";
import { type PreparedImage, prepareImage } from "../recording/prepared-image.ts";
import { addRecordingOptions } from "../recording/recording-options.ts";
import {
  planOptionsOf,
  type RecordingOptions,
  type RecordingRequest,
  requestOf,
} from "../recording/recording-request.ts";
import { recordingTitle, skippedLines } from "../recording/recording-text.ts";
import { saveRecording } from "../recording/saved-recording.ts";

interface PlanOptions extends RecordingOptions {
  readonly output?: string;
}

/** Adds `plan`: a dry run. */
export function addPlan(program: Command, start: Start): void {
  const command = program
    .command("plan")
    .argument("<device>", "disc file, drive, or URI")
    .argument("[paths...]", "files and folders; of a folder, what is in it")
    .summary("show what a burn would do and what it would cost; writes nothing")
    .description(
      "A dry run: what would be added, replaced, removed, renamed, what it costs, what cannot be undone, and every step. Nothing is written. `burn` does exactly this; with -o the plan can be burned later, if it still fits.",
    );
  addRecordingOptions(command)
    .option("-o, --output <file>", "save the plan for `burn --plan`")
    .addHelpText(
      "after",
      examples(
        "multisession plan my.disc photos/",
        "multisession plan my.disc photos/ --into /photos --remove '**/*.tmp' -o plan.json",
        "multisession plan my.disc documents/ --mirror --into /documents",
      ),
    )
    .action((device: string, paths: readonly string[], options: PlanOptions, self: Command) =>
      start(self, (context) => plan(context, device, paths, options)),
    );
}

function plan(context: Context, device: string, paths: readonly string[], options: PlanOptions): Promise<ExitCode> {
  const request = requestOf(paths, options, context.io);
  return context.withRecorder(device, async (recorder, plugins) => {
    const { output, signal, io } = context;
    const prepared = await prepareImage(recorder, plugins, request, { signal });
    const { image } = prepared;
    const made = await image.plan({ ...planOptionsOf(request), signal });
    const changes = await made.changes({ signal });
    const body = planBody(recorder.uri, request, prepared, made, changes);
    if (options.output !== undefined) await saveRecording(resolve(io.cwd, options.output), jsonDocument("plan", body));
    output.document("plan", body);
    const isNeeded = !isNothingToDo(prepared, made, request);
    output.lines((isNeeded ? planLines : unchangedLines)(context, prepared, made, changes));
    const command =
      options.output === undefined || !isNeeded
        ? ""
        : ` Burn it with: multisession burn ${shellWord(device)} --plan ${shellWord(options.output)}`;
    output.text("", `${output.paint("good", "Nothing was written.")}${command}`);
    await image.close();
    return exitCodes.done;
  });
}

function planBody(
  device: string,
  request: RecordingRequest,
  prepared: PreparedImage,
  made: ImagePlan,
  changes: ImageChanges,
): object {
  const { image, skipped } = prepared;
  const { plan, notes } = made;
  const outcome = isNothingToDo(prepared, made, request) ? "nothing-to-do" : "session";
  const { medium, history } = image;
  const free = freeBlocks(medium) ?? Math.max(0, medium.capacity - (history.states.at(-1)?.end ?? 0));
  return {
    device,
    outcome,
    request,
    changes,
    notes,
    skipped,
    freeBlocks: free,
    freeBlocksAfterwards: freeAfterwards(plan, medium) ?? null,
    plan,
  };
}

/** Where a burn would write nothing there are no cost and no steps. */
function unchangedLines(
  { output: { paint, width } }: Context,
  { skipped }: PreparedImage,
  { summary, notes }: ImagePlan,
  changes: ImageChanges,
): readonly string[] {
  return [
    `${NOTHING_TO_DO} A burn would write nothing.`,
    ...changeLines(summary, paint, changes),
    ...skippedLines(skipped, notes, paint, width),
  ];
}

function shownAgain({ base, history }: PreparedImage["image"]): string {
  return base === undefined || base.index === history.states.length - 1
    ? "what is there already"
    : `what session ${base.index + 1} shows`;
}

function planLines(
  { output: { paint, width } }: Context,
  prepared: PreparedImage,
  { plan, summary, notes }: ImagePlan,
  changes: ImageChanges,
): readonly string[] {
  const { image, skipped } = prepared;
  const title = (text: string): readonly string[] => ["", paint("title", text)];
  return [
    ...recordingTitle(image, plan, paint, width),
    ...title("Changes"),
    ...(isUnchanged(summary) ? [`  None: the session would show ${shownAgain(image)}.`] : []),
    ...changeLines(summary, paint, changes),
    ...skippedLines(skipped, notes, paint, width),
    ...title("Cost"),
    ...costLines(plan, image.medium, width),
    ...(plan.consequences.length > 0 ? [...title("Mind"), ...consequenceLines(plan, paint, width)] : []),
    ...title("Steps"),
    ...stepLines(plan.steps, width),
  ];
}
