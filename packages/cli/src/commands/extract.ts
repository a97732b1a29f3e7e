import { resolve } from "node:path";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { withDisc } from "../disc.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { type ExtractionReport, extract } from "../extract/extraction.ts";
import { OutputFolder } from "../extract/output-folder.ts";
import { recordedHashes } from "../extract/recorded-hashes.ts";
import { printable } from "../printable.ts";
import { parseSession } from "../session-number.ts";
import { bytesText, count } from "../size.ts";
import { findEntry } from "../volume-walk.ts";

interface ExtractOptions {
  readonly output: string;
  readonly session?: number;
  readonly overwrite?: true;
}

/** Adds `extract`: restores files from a session. */
export function addExtract(program: Command, start: Start): void {
  program
    .command("extract")
    .argument("<device>", "disc file, drive, or URI")
    .argument("<path>", "file or folder on the disc; / is everything")
    .requiredOption("-o, --output <folder>", "folder to put it in; it is made when it is missing")
    .summary("restore files from a session")
    .description(
      "Restores a file, or a folder with everything below, with permissions, times and symbolic links. Each file is compared with the hash that was taken when it was recorded. Nothing outside the folder is written.",
    )
    .option("--session <number>", "an older session, as `sessions` counts them", parseSession)
    .option("--overwrite", "replace files that are there already")
    .addHelpText(
      "after",
      examples(
        "multisession extract my.disc / -o restored",
        "multisession extract my.disc report.txt --session 1 -o old",
      ),
    )
    .action((device: string, path: string, options: ExtractOptions, command: Command) =>
      start(command, (context) => extractFrom(context, device, path, options)),
    );
}

function extractFrom(context: Context, device: string, path: string, options: ExtractOptions): Promise<ExitCode> {
  return withDisc(context, device, async (disc) => {
    const { signal, progress, io, output } = context;
    const { recorder, reader, history } = disc;
    const state = disc.state(options.session);
    const volume = await disc.volume(state.index + 1, { signal });
    const entry = await findEntry(volume, path, signal);
    const folder = resolve(io.cwd, options.output);
    const speed = speedometer();
    const report = await extract({
      volume,
      reader,
      entry,
      output: new OutputFolder(folder, options.overwrite ?? false),
      hashes: await recordedHashes(reader, history.states.slice(0, state.index + 1), { signal }),
      signal,
      onProgress: (doneBlocks, totalBlocks) => {
        const measured = speed(doneBlocks, totalBlocks);
        if (measured !== undefined) progress.progress({ activity: "extract", doneBlocks, totalBlocks, ...measured });
      },
    });
    progress.end();
    const { findings } = volume;
    output.document(
      "extract",
      { device: recorder.uri, session: state.index + 1, path, output: folder, ...report, findings },
      "line",
    );
    output.text(summary(report, folder, state.index + 1));
    for (const problem of report.problems) output.remark(`${printable(problem.path)}: ${printable(problem.what)}`);
    for (const { at, what } of findings) output.remark(`Block ${at}: ${printable(what)}`);
    return report.problems.length > 0 || findings.length > 0 ? exitCodes.damaged : exitCodes.done;
  });
}

function summary(
  { files, folders, links, bytes, verified }: ExtractionReport,
  folder: string,
  session: number,
): string {
  const parts = [count(files, "file"), count(folders, "folder"), count(links, "link")].filter(
    (part) => !part.startsWith("0 "),
  );
  const checked =
    files > 0 && verified === files
      ? "; every file equals its hash"
      : verified > 0
        ? `; ${verified} of ${files} files equal their hash, the others differ or have none`
        : "";
  return `Extracted ${parts.join(", ") || "nothing"} (${bytesText(bytes)}) of session ${session} to ${printable(folder)}${checked}.`;
}

/** Tells speed and time left, at most ten times a second and at the end; nothing in between. */
function speedometer(): (
  done: number,
  total: number,
) => { readonly blocksPerSecond?: number; readonly secondsLeft?: number } | undefined {
  const started = performance.now();
  let last = Number.NEGATIVE_INFINITY;
  return (done, total) => {
    const now = performance.now();
    if (now - last < 100 && done < total) return undefined;
    last = now;
    const seconds = (now - started) / 1000;
    if (seconds < 0.5) return {};
    const blocksPerSecond = done / seconds;
    return { blocksPerSecond, secondsLeft: (total - done) / blocksPerSecond };
  };
}
