import { resolve } from "node:path";
import type { DiscRecorder, Plugins, SessionPlan } from "@multisession/core";
import type { ImageChanges, ImagePlan, ImageReport } from "@multisession/file-system-image";
import type { Command } from "commander";
import { examples, optionName, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import type { CommandIo } from "../io.ts";
import { freeBlocks } from "../medium-text.ts";
import { consequenceLines, costLines } from "../plan-text.ts";
import { printable, shellWord } from "../printable.ts";
import { changeLines } from "../recording/change-text.ts";
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
import { readRecording } from "../recording/saved-recording.ts";
import { blocksAsBytes, count, durationText } from "../size.ts";
import { UsageError } from "../usage-error.ts";
import { readBackLines, verificationDocument } from "../verification-text.ts";

interface BurnOptions extends RecordingOptions {
  readonly plan?: string;
}

/** What is to be burned: a request, and the plan that was approved for it. */
interface Job {
  readonly request: RecordingRequest;
  readonly approved?: SessionPlan;
}

/** Adds `burn`: records a session. */
export function addBurn(program: Command, start: Start): void {
  const command = program
    .command("burn")
    .argument("<device>", "disc file, drive, or URI")
    .argument("[paths...]", "files and folders; of a folder, what is in it")
    .summary("record a session")
    .description(
      "Records files as a new session and reads them back. A file that is on the disc already, unchanged, is not recorded again. What a burn would do is shown by `plan`. Ctrl-C stops it after the current write and says what that costs.",
    );
  addRecordingOptions(command)
    .option("--plan <file>", "burn a plan that `plan -o` saved, if it still fits; it remembers paths and options")
    .addHelpText(
      "after",
      examples(
        "multisession burn my.disc photos/",
        "multisession burn my.disc photos/ --into /photos --rename old.txt=new.txt --remove '**/*.tmp'",
        "multisession burn my.disc --plan plan.json",
        "multisession burn my.disc photos/ --close disc --accept close-disc",
      ),
    )
    .action((device: string, paths: readonly string[], options: BurnOptions, self: Command) =>
      start(self, (context) => burn(context, device, paths, options)),
    );
}

async function burn(
  context: Context,
  device: string,
  paths: readonly string[],
  options: BurnOptions,
): Promise<ExitCode> {
  const job = await jobOf(paths, options, context.io);
  return context.withRecorder(device, (recorder, plugins) => record(context, recorder, plugins, job, device));
}

async function jobOf(paths: readonly string[], options: BurnOptions, io: CommandIo): Promise<Job> {
  if (options.plan === undefined) return { request: requestOf(paths, options, io) };
  const { plan: file, deduplicate, ...others } = options;
  const given = Object.keys(others).filter((name) => name !== "verify");
  if (deduplicate === false) given.push("noDeduplicate");
  if (given[0] !== undefined)
    throw new UsageError(
      `A saved plan holds its options, so ${optionName(given[0])} cannot be added.`,
      "Make a new plan with these options.",
    );
  const { request, plan } = await readRecording(resolve(io.cwd, file));
  const named = paths.length === 0 ? request.paths : paths.map((path) => resolve(io.cwd, path));
  return { request: { ...request, paths: named, verify: request.verify && options.verify !== false }, approved: plan };
}

async function record(
  context: Context,
  recorder: DiscRecorder,
  plugins: Plugins,
  job: Job,
  device: string,
): Promise<ExitCode> {
  const prepared = await prepareImage(recorder, plugins, job.request, { signal: context.signal });
  try {
    return await recordImage(context, recorder, prepared, job, device);
  } finally {
    await prepared.image.close();
  }
}

async function recordImage(
  context: Context,
  recorder: DiscRecorder,
  prepared: PreparedImage,
  { request, approved }: Job,
  device: string,
): Promise<ExitCode> {
  const { output, signal, onEvent, progress } = context;
  const { image } = prepared;
  const plan =
    approved === undefined
      ? await image.plan({ ...planOptionsOf(request), readAhead: true, signal })
      : await image.matchPlan(approved, { deduplicate: request.deduplicate, readAhead: true, signal });
  // Every path, only for who wants them: those of 100,000 files take memory through the whole burn.
  const changes = output.isJson ? await plan.changes({ signal }) : undefined;
  if (isNothingToDo(prepared, plan, request)) {
    output.document(
      "burn",
      {
        ...reportBody(recorder, plan, changes),
        outcome: "nothing-to-do",
        session: image.base === undefined ? null : image.base.index + 1,
        freeBlocks: freeOf(image),
      },
      "line",
    );
    output.text(`${NOTHING_TO_DO} Nothing was written.`);
    return exitCodes.done;
  }
  output.lines(summaryLines(context, prepared, plan));
  const report = await image.burn(plan, { verify: request.verify, signal, onEvent });
  progress.end();
  output.document("burn", { ...reportBody(recorder, plan, changes, report), freeBlocks: freeOf(image) }, "line");
  output.lines(reportLines(context, report, device));
  return report.outcome === "done" ? exitCodes.done : exitCodes.damaged;
}

function freeOf({ medium, history }: PreparedImage["image"]): number {
  return freeBlocks(medium) ?? Math.max(0, medium.capacity - (history.states.at(-1)?.end ?? 0));
}

function reportBody(
  { uri }: DiscRecorder,
  { plan }: ImagePlan,
  changes: ImageChanges | undefined,
  report?: ImageReport,
): object {
  const { verification } = report ?? {};
  return {
    device: uri,
    outcome: report?.outcome ?? "done",
    session: report?.history.current === undefined ? null : report.history.current + 1,
    writtenBlocks: report?.writtenBlocks ?? 0,
    milliseconds: report?.milliseconds ?? 0,
    damaged: report?.damaged ?? [],
    changes,
    plan,
    verification:
      verification === undefined
        ? null
        : verificationDocument({ reload: verification.reload, reports: [verification.report] }),
  };
}

function summaryLines(
  { output: { paint, width } }: Context,
  { image, skipped }: PreparedImage,
  { plan, summary, notes }: ImagePlan,
): readonly string[] {
  return [
    ...recordingTitle(image, plan, paint, width),
    ...changeLines(summary, paint),
    ...skippedLines(skipped, notes, paint, width),
    ...costLines(plan, image.medium, width),
    ...consequenceLines(plan, paint, width),
  ];
}

function reportLines({ output: { paint } }: Context, report: ImageReport, device: string): readonly string[] {
  const { outcome, damaged, writtenBlocks, milliseconds, history, verification } = report;
  const session = (history.current ?? 0) + 1;
  const mark = outcome === "done" ? paint("good", "✓") : paint("warning", "!");
  const lines = [
    `${mark} Session ${session} is recorded: ${blocksAsBytes(writtenBlocks)} in ${durationText(milliseconds)}.`,
  ];
  if (damaged.length > 0)
    lines.push(
      `  ${count(damaged.length, "file")} changed while being read and ${damaged.length === 1 ? "is" : "are"} damaged on the disc:`,
    );
  for (const { label, what } of damaged) lines.push(`    ${printable(label)}: ${printable(what)}`);
  if (verification === undefined)
    lines.push(`  It was not read back; \`multisession verify ${shellWord(device)}\` does that.`);
  else lines.push(...readBackLines(verification, paint));
  return lines;
}
