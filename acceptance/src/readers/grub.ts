import { resolve } from "node:path";
import { onFlatCopy } from "../on-flat-copy.ts";
import { digestOutput, mapLimited, run } from "../program.ts";
import type { ReadEntry, StrangerReader } from "../reader.ts";

/** GRUB's own file system driver: the Rock Ridge tree, through links. */
export const grub: StrangerReader = {
  id: "grub",
  programs: ["grub-fstest"],
  sees: {
    rockRidge: true,
    joliet: false,
    modes: 0,
    contents: true,
    mtimes: true,
    linkMtimes: false,
    symlinks: "followed",
  },
  finds: "head",
  limits: [],
  readSession: (image, session) =>
    onFlatCopy(resolve(image), session, async (flat) => {
      const listed = await list(flat, "/");
      return mapLimited(listed, 2, (entry) => withContent(flat, entry));
    }),
};

async function list(flat: string, directory: string): Promise<ReadEntry[]> {
  const { stdout } = await run("grub-fstest", [flat, "ls", "--", "-a", "-l", directory]);
  const lines = stdout.toString().split("\n").filter(Boolean);
  if (lines.length === 0) throw new Error(`grub-fstest lists nothing in ${directory}.`);
  const entries: ReadEntry[] = [];
  for (const entry of lines.flatMap((line) => parseLine(directory, line))) {
    entries.push(entry);
    if (entry.kind === "directory") entries.push(...(await list(flat, `${entry.path}/`)));
  }
  return entries;
}

function parseLine(directory: string, line: string): ReadEntry[] {
  const parts = /^(DIR|\d+) +(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d) (.*)$/.exec(line);
  if (!parts) throw new Error(`grub-fstest lists what is not understood: ${line}`);
  const [, size, year, month, day, hour, minute, second, shown = ""] = parts;
  const mtime = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (shown === "./" || shown === "../") return [];
  if (size === "DIR") return [{ path: `${directory}${shown.replace(/\/$/, "")}`, kind: "directory", mtime }];
  return [{ path: `${directory}${shown}`, kind: "file", bytes: Number(size), mtime }];
}

async function withContent(flat: string, entry: ReadEntry): Promise<ReadEntry> {
  if (entry.kind !== "file") return entry;
  const { sha256 } = await digestOutput("grub-fstest", [flat, "cat", entry.path]);
  return { ...entry, sha256 };
}
