import { join } from "node:path";
import type { Blocks, Lba } from "@multisession/core";
import { kindOf, modeOf, shellWords } from "../listing.ts";
import { localTree } from "../local-tree.ts";
import { run } from "../program.ts";
import type { ReadEntry, SessionPlace, StrangerReader } from "../reader.ts";
import { withScratch } from "../scratch.ts";

/** A session as `xorriso -toc` lists it. */
export interface ListedSession {
  readonly start: Lba;
  readonly size: Blocks;
  readonly volumeName: string;
}

/** libisofs: the Rock Ridge tree of any session, with every attribute. */
export const xorriso: StrangerReader = {
  id: "xorriso",
  programs: ["xorriso"],
  sees: {
    rockRidge: true,
    joliet: false,
    modes: 0o7777,
    contents: true,
    mtimes: true,
    linkMtimes: false,
    symlinks: "targets",
  },
  finds: "any",
  limits: [],
  async readSession(image, session) {
    await proveLoaded(image, session);
    const listed = await list(image, session);
    const extracted = new Map((await extract(image, session)).map((entry) => [entry.path, entry]));
    if (extracted.size !== listed.length) {
      throw new Error(`xorriso lists ${listed.length} entries and extracts ${extracted.size}.`);
    }
    return listed.map((entry) => withContent(entry, extracted.get(entry.path)));
  },
};

/** The sessions that xorriso finds by itself: the emulated table of contents of an overwritable image. */
export async function listSessions(image: string): Promise<readonly ListedSession[]> {
  const { stdout, stderr } = await run("xorriso", ["-no_rc", "-indev", `stdio:${image}`, "-toc"]);
  const lines = `${stdout}\n${stderr}`.matchAll(/^ISO session {2}: *\d+ , *(\d+) , *(\d+)s , (.*)$/gm);
  return [...lines].map(([, start, size, name]) => ({
    start: Number(start),
    size: Number(size),
    volumeName: (name ?? "").trimEnd(),
  }));
}

function load(image: string, { start, isFlat }: SessionPlace): string[] {
  const place = isFlat || start === 0 ? [] : ["-load", "sbsector", String(start)];
  return ["-no_rc", "-report_about", "WARNING", ...place, "-indev", `stdio:${image}`];
}

/** Where there is no volume, xorriso shows an empty tree and ends with 0. */
async function proveLoaded(image: string, session: SessionPlace): Promise<void> {
  const { stdout, stderr } = await run("xorriso", [...load(image, session), "-pvd_info"]);
  if (!/^PVD address {2}: \d+s$/m.test(stdout.toString())) throw new Error(`xorriso finds no volume: ${stderr.trim()}`);
}

async function list(image: string, session: SessionPlace): Promise<ReadEntry[]> {
  const { stdout, stderr } = await run("xorriso", [...load(image, session), "-find", "/", "-exec", "lsdl", "--"]);
  const lines = stdout.toString().split("\n").filter(Boolean);
  if (lines.length === 0) throw new Error(`xorriso lists nothing: ${stderr.trim()}`);
  return lines.map(parseLine);
}

function parseLine(line: string): ReadEntry {
  const parts = /^(.)([rwxsStT-]{9})\+? +\d+ +\S+ +\S+ +(\d+) +\w{3} +\d+ +[\d:]+ (.+)$/.exec(line);
  const [, letter = "", letters = "", size, names = ""] = parts ?? [];
  const [path, arrow, target] = shellWords(names);
  if (path === undefined) throw new Error(`xorriso lists what is not understood: ${line}`);
  const kind = kindOf(letter);
  return {
    path,
    kind,
    mode: modeOf(letters),
    ...(kind === "file" && { bytes: Number(size) }),
    ...(arrow === "->" && { target: target ?? "" }),
  };
}

async function extract(image: string, session: SessionPlace): Promise<readonly ReadEntry[]> {
  return withScratch(async (folder) => {
    const out = join(folder, "out");
    await run("xorriso", ["-osirrox", "on", ...load(image, session), "-extract", "/", out]);
    return localTree(out);
  });
}

function withContent(entry: ReadEntry, copy: ReadEntry | undefined): ReadEntry {
  if (copy?.kind !== entry.kind)
    throw new Error(`xorriso lists ${entry.path} as ${entry.kind} and extracts ${copy?.kind}.`);
  if (entry.kind === "symlink") return entry;
  return {
    ...entry,
    ...(copy.mtime !== undefined && { mtime: copy.mtime }),
    ...(copy.sha256 !== undefined && { sha256: copy.sha256 }),
  };
}
