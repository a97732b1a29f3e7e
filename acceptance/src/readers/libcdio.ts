import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { kindOf, modeOf } from "../listing.ts";
import { onFlatCopy } from "../on-flat-copy.ts";
import { mapLimited, run } from "../program.ts";
import { JOLIET_UNITS, type ReadEntry, type StrangerReader } from "../reader.ts";
import { withScratch } from "../scratch.ts";

/** libcdio told to leave Joliet alone: the Rock Ridge tree. It shows no sticky bits. */
export const libcdio: StrangerReader = {
  id: "libcdio",
  programs: ["iso-info", "iso-read"],
  sees: {
    rockRidge: true,
    joliet: false,
    modes: 0o6777,
    contents: true,
    mtimes: true,
    linkMtimes: true,
    symlinks: "targets",
  },
  finds: "head",
  limits: [
    {
      error: /^iso-info .* ended with SIGSEGV/,
      reason: "libcdio crashes on a disc with a long link target (2.1.0; 127 bytes do it, on a disc of xorriso)",
    },
  ],
  readSession: (image, session) => onFlatCopy(image, session, (flat) => readAll(flat, ["--no-joliet"])),
};

/**
 * libcdio, as media players use it: the Joliet tree. Content is extracted by Rock Ridge names, so a file that the Joliet
 * tree names differently comes without. It cuts a name to as many bytes of UTF-8 as the disc's name has in UCS-2 (2.1.0).
 */
export const libcdioJoliet: StrangerReader = {
  id: "libcdio-joliet",
  programs: ["iso-info", "iso-read"],
  sees: {
    rockRidge: false,
    joliet: true,
    modes: 0,
    contents: true,
    mtimes: true,
    linkMtimes: false,
    symlinks: "no",
    // Measured (2.1.0): whole up to here, on discs of ours and of genisoimage.
    maxName: JOLIET_UNITS,
    showsName: (name) => Buffer.byteLength(name) <= 2 * name.length,
  },
  finds: "head",
  limits: [
    {
      error: /Error getting above directory information/,
      reason: "libcdio lists no Joliet directory in which a name has a character outside UCS-2 (2.1.0)",
    },
  ],
  readSession: (image, session) => onFlatCopy(image, session, (flat) => readAll(flat, ["--no-rock-ridge"])),
};

const GIVES_UP = "Error getting above directory information";

async function readAll(flat: string, options: readonly string[]): Promise<readonly ReadEntry[]> {
  const listed = await list(flat, options);
  return withScratch((folder) =>
    mapLimited([...listed.entries()], 2, ([index, entry]) => withContent(flat, entry, join(folder, String(index)))),
  );
}

async function list(flat: string, options: readonly string[]): Promise<ReadEntry[]> {
  const { stdout, stderr } = await run("iso-info", ["-l", "--no-header", ...options, "-i", flat]);
  // It says so, goes on with the next directory, and ends with 0.
  if (stderr.includes(GIVES_UP)) throw new Error(`iso-info lists only a part: ${GIVES_UP}.`);
  const [, lines = ""] = stdout.toString().split("\nISO-9660 Information\n");
  const entries: ReadEntry[] = [];
  let directory = "/";
  for (const line of lines.split("\n")) {
    if (line.startsWith("/")) directory = line.slice(0, -1);
    else if (line.startsWith("  ")) entries.push(...parseLine(directory, line));
  }
  if (!lines.includes("\n/:\n")) throw new Error(`iso-info lists no root: ${stdout}${stderr}`);
  return entries;
}

/** With Rock Ridge a line begins with the mode, the number of links, owner and group; without, with the type alone. */
const LINE = /^ {2}(.)(?:([rwxsStT-]{9}) +\d+ \d+ \d+)? \[LSN +\d+\] +(\d+) (\w{3} \d\d \d{4} \d\d:\d\d:\d\d) {2}(.*)$/;

function parseLine(directory: string, line: string): ReadEntry[] {
  const parts = LINE.exec(line);
  if (!parts) throw new Error(`iso-info lists what is not understood: ${line}`);
  const [, letter = "", letters, size, time, shown = ""] = parts;
  const kind = kindOf(letter);
  const [name = "", target] = kind === "symlink" ? shown.split(" -> ") : [shown];
  if (name === "." || name === "..") return [];
  return [
    {
      path: `${directory}${name}`,
      kind,
      mtime: Date.parse(`${time} UTC`),
      ...(letters !== undefined && { mode: modeOf(letters) }),
      ...(kind === "file" && { bytes: Number(size) }),
      ...(target !== undefined && { target }),
    },
  ];
}

async function withContent(flat: string, entry: ReadEntry, out: string): Promise<ReadEntry> {
  if (entry.kind !== "file") return entry;
  const hash = createHash("sha256");
  if (entry.bytes !== 0) {
    try {
      await run("iso-read", ["-i", flat, "-e", entry.path, "-o", out]);
    } catch (error) {
      if (`${error}`.includes("Could not get ISO-9660 file information")) return entry;
      throw error;
    }
    hash.update(await readFile(out));
  }
  return { ...entry, sha256: hash.digest("hex") };
}
