import { kindOf, modeOf } from "../listing.ts";
import { digestOutput, mapLimited, run } from "../program.ts";
import type { ReadEntry, SessionPlace, StrangerReader } from "../reader.ts";

/** cdrkit's reader: the Rock Ridge tree of any session. It shows dates without times, and no set-user, set-group and sticky bits. */
export const isoinfo: StrangerReader = {
  id: "isoinfo",
  programs: ["isoinfo"],
  sees: {
    rockRidge: true,
    joliet: false,
    modes: 0o777,
    contents: true,
    mtimes: false,
    linkMtimes: false,
    symlinks: "targets",
  },
  finds: "any",
  limits: [],
  async readSession(image, session) {
    const listed = parseListing((await isoinfoRun(image, session, "-l")).toString());
    const found = (await isoinfoRun(image, session, "-f")).toString().split("\n").filter(Boolean);
    if (found.length !== listed.length) {
      throw new Error(`isoinfo -l lists ${listed.length} entries, isoinfo -f ${found.length}.`);
    }
    return mapLimited(listed, 2, (entry) => withContent(image, session, entry));
  },
};

function place(image: string, { start, isFlat }: SessionPlace): string[] {
  return ["-R", ...(isFlat ? [] : ["-T", String(start)]), "-i", image];
}

async function isoinfoRun(image: string, session: SessionPlace, option: string): Promise<Buffer> {
  return (await run("isoinfo", [option, ...place(image, session)])).stdout;
}

function parseListing(text: string): ReadEntry[] {
  const entries: ReadEntry[] = [];
  let directory = "/";
  for (const line of text.split("\n")) {
    const heading = /^Directory listing of (.*)$/.exec(line);
    if (heading) directory = heading[1] ?? "/";
    else if (line !== "") entries.push(...parseLine(directory, line));
  }
  if (!/^Directory listing of \/$/m.test(text)) throw new Error(`isoinfo lists no root: ${text.trim()}`);
  return entries;
}

function parseLine(directory: string, line: string): ReadEntry[] {
  const parts = /^(.)([rwxsStT-]{9}) +\d+ +\d+ +\d+ +(\d+) \w{3} +\d+ +\d+ \[ *\d+ [0-9a-f]{2}\] {2}(.*)$/.exec(line);
  if (!parts) throw new Error(`isoinfo lists what is not understood: ${line}`);
  const [, letter = "", letters = "", size, shown = ""] = parts;
  const kind = kindOf(letter);
  const [name = "", target] = kind === "symlink" ? shown.split(" -> ") : [shown.replace(/ $/, "")];
  if (name === "." || name === "..") return [];
  return [
    {
      path: `${directory}${name}`,
      kind,
      mode: modeOf(letters),
      ...(kind === "file" && { bytes: Number(size) }),
      ...(target !== undefined && { target }),
    },
  ];
}

async function withContent(image: string, session: SessionPlace, entry: ReadEntry): Promise<ReadEntry> {
  if (entry.kind !== "file") return entry;
  const { sha256 } = await digestOutput("isoinfo", ["-x", entry.path, ...place(image, session)]);
  return { ...entry, sha256 };
}
