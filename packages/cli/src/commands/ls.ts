import type { RecordedEntry } from "@multisession/core";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { withDisc } from "../disc.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { modeText } from "../mode-text.ts";
import type { Paint } from "../paint.ts";
import { printable } from "../printable.ts";
import { parseSession } from "../session-number.ts";
import { numberText, timeText } from "../size.ts";
import { tableLines } from "../table.ts";
import { findEntry, type WalkedEntry, type WalkProblem, walkVolume } from "../volume-walk.ts";

interface LsOptions {
  readonly session?: number;
  readonly long?: true;
  readonly recursive?: true;
}

/** Adds `ls`: what a session holds. */
export function addLs(program: Command, start: Start): void {
  program
    .command("ls")
    .argument("<device>", "disc file, drive, or URI")
    .argument("[path]", "file or folder on the disc", "/")
    .summary("list the files of a session")
    .description("Lists a folder of a session: of the one that readers see, or of an older one.")
    .option("--session <number>", "an older session, as `sessions` counts them", parseSession)
    .option("-l, --long", "with mode, size and time; h behind the mode: hidden")
    .option("-R, --recursive", "with everything below")
    .addHelpText(
      "after",
      examples(
        "multisession ls my.disc",
        "multisession ls my.disc photos -l",
        "multisession ls my.disc --session 1 -R",
      ),
    )
    .action((device: string, path: string, options: LsOptions, command: Command) =>
      start(command, (context) => list(context, device, path, options)),
    );
}

function list(context: Context, device: string, path: string, options: LsOptions): Promise<ExitCode> {
  return withDisc(context, device, async (disc) => {
    const { output, signal } = context;
    const state = disc.state(options.session);
    const volume = await disc.volume(state.index + 1, { signal });
    const found = await findEntry(volume, path, signal);
    const base = path.split("/").filter((name) => name !== "" && name !== ".");
    const problems: WalkProblem[] = [];
    const entries: WalkedEntry[] = [];
    if (found.kind !== "directory") entries.push({ path: base, entry: found });
    else if (options.recursive) {
      for await (const { path: below, entry } of walkVolume(volume, found, problems, signal))
        entries.push({ path: [...base, ...below], entry });
    } else {
      for (const entry of await volume.list(found, { signal })) entries.push({ path: [...base, entry.name], entry });
    }
    output.document("ls", {
      device: disc.recorder.uri,
      session: state.index + 1,
      path: `/${base.join("/")}`,
      entries: entries.map(entryDocument),
      problems: problems.map(({ path: at, what }) => ({ path: `/${at.join("/")}`, what })),
      findings: volume.findings,
    });
    output.text(...listLines(entries, options, output.paint));
    for (const { path: at, what } of problems) output.remark(`${printable(`/${[...base, ...at].join("/")}`)}: ${what}`);
    for (const { at, what } of volume.findings) output.remark(`Block ${at}: ${printable(what)}`);
    return problems.length > 0 || volume.findings.length > 0 ? exitCodes.damaged : exitCodes.done;
  });
}

function listLines(entries: readonly WalkedEntry[], { long, recursive }: LsOptions, paint: Paint): readonly string[] {
  const nameOf = ({ path, entry }: WalkedEntry): string => {
    const name = printable(recursive ? path.join("/") : entry.name);
    const shown = entry.kind === "directory" ? paint("name", `${name}/`) : name;
    return long && entry.kind === "symlink" ? `${shown} -> ${printable(entry.target)}` : shown;
  };
  if (!long) return entries.map(nameOf);
  const columns = [{ title: "" }, { title: "", align: "right" }, { title: "" }, { title: "" }] as const;
  const rows = entries.map((item) => [
    modeText(item.entry),
    sizeText(item.entry),
    timeText(item.entry.attributes.modified),
    nameOf(item),
  ]);
  return tableLines(columns, rows, "");
}

/** Of a device its number, as `ls -l` shows it. */
function sizeText(entry: RecordedEntry): string {
  if (entry.kind === "special") return entry.device === undefined ? "" : `${entry.device.major}, ${entry.device.minor}`;
  return entry.kind === "file" ? numberText(entry.bytes) : "";
}

function entryDocument({ path, entry }: WalkedEntry): object {
  const { mode, uid, gid, modified, hidden } = entry.attributes;
  return {
    path: `/${path.join("/")}`,
    kind: entry.kind,
    bytes: bytesOf(entry),
    mode,
    uid,
    gid,
    modified,
    ...(hidden === true ? { hidden } : {}),
    ...(entry.kind === "symlink" ? { target: entry.target } : {}),
    ...(entry.kind === "special" ? { special: { type: entry.type, ...entry.device } } : {}),
    ...(entry.kind === "file" ? { extents: entry.extents.map(({ at, bytes }) => ({ at, bytes })) } : {}),
  };
}

function bytesOf(entry: RecordedEntry): number {
  return entry.kind === "file" ? entry.bytes : 0;
}
