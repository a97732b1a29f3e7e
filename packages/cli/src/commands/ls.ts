import type { RecordedEntry } from "@multisession/core";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { withDisc } from "../disc.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { modeText } from "../mode-text.ts";
import type { Paint } from "../paint.ts";
import { inPieces } from "../pieces.ts";
import { printable } from "../printable.ts";
import { parseSession } from "../session-number.ts";
import { numberText, timeText } from "../size.ts";
import { TableLayout } from "../table.ts";
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
    const linesOf = lineMaker(options, output.paint);
    const head = { device: disc.recorder.uri, session: state.index + 1, path: `/${base.join("/")}` };
    const tail = (): object => ({
      problems: problems.map(({ path: at, what }) => ({ path: `/${at.join("/")}`, what })),
      findings: volume.findings,
    });
    const make = async (add: (items: Iterable<object>) => void): Promise<void> => {
      const show = (piece: readonly WalkedEntry[]): void => {
        if (output.isJson) add(piece.map(entryDocument));
        else output.lines(linesOf(piece));
      };
      const placed = ({ path: below, entry }: WalkedEntry): WalkedEntry => ({ path: [...base, ...below], entry });
      if (found.kind !== "directory") show([{ path: base, entry: found }]);
      else if (options.recursive) {
        // While it walks: of a large disc the first entries come at once, and not all are held.
        for await (const piece of inPieces(walkVolume(volume, found, problems, signal))) show(piece.map(placed));
      } else show((await volume.list(found, { signal })).map((entry) => ({ path: [...base, entry.name], entry })));
    };
    await output.longDocument("ls", head, "entries", make, tail);
    for (const { path: at, what } of problems) output.remark(`${printable(`/${[...base, ...at].join("/")}`)}: ${what}`);
    for (const { at, what } of volume.findings) output.remark(`Block ${at}: ${printable(what)}`);
    return problems.length > 0 || volume.findings.length > 0 ? exitCodes.damaged : exitCodes.done;
  });
}

/** Makes the lines of one piece of the entries after the other. */
function lineMaker({ long, recursive }: LsOptions, paint: Paint): (piece: readonly WalkedEntry[]) => readonly string[] {
  const nameOf = ({ path, entry }: WalkedEntry): string => {
    const name = printable(recursive ? path.join("/") : entry.name);
    const shown = entry.kind === "directory" ? paint("name", `${name}/`) : name;
    return long && entry.kind === "symlink" ? `${shown} -> ${printable(entry.target)}` : shown;
  };
  if (!long) return (piece) => piece.map(nameOf);
  const columns = [{ title: "" }, { title: "", align: "right" }, { title: "" }, { title: "" }] as const;
  const table = new TableLayout(columns, "");
  return (piece) =>
    table.lines(
      piece.map((item) => [
        modeText(item.entry),
        sizeText(item.entry),
        timeText(item.entry.attributes.modified),
        nameOf(item),
      ]),
    );
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
