import { localTree } from "../local-tree.ts";
import { onFlatCopy } from "../on-flat-copy.ts";
import { run } from "../program.ts";
import { JOLIET_UNITS, type ReadEntry, type StrangerReader } from "../reader.ts";
import { withScratch } from "../scratch.ts";

/** 7-Zip: the Joliet tree. */
export const sevenZip: StrangerReader = {
  id: "7-zip",
  programs: ["7z"],
  sees: {
    rockRidge: false,
    joliet: true,
    modes: 0,
    contents: true,
    mtimes: true,
    linkMtimes: false,
    symlinks: "no",
    // Measured (26.02): whole up to here, on discs of ours and of genisoimage.
    maxName: JOLIET_UNITS,
  },
  finds: "head",
  limits: [],
  readSession: (image, session) =>
    onFlatCopy(image, session, async (flat) => {
      const listed = parseListing((await run("7z", ["l", "-slt", "-tIso", flat])).stdout.toString());
      const hashes = await extract(flat);
      if (hashes.size !== listed.length)
        throw new Error(`7z lists ${listed.length} entries and extracts ${hashes.size}.`);
      return listed.map((entry) => {
        const sha256 = hashes.get(entry.path);
        return sha256 === undefined ? entry : { ...entry, sha256 };
      });
    }),
};

/** Boot images are shown in a folder that the volume has not. */
function isOfVolume({ path }: { readonly path: string }): boolean {
  return path !== "/[BOOT]" && !path.startsWith("/[BOOT]/");
}

function parseListing(text: string): ReadEntry[] {
  const [head = "", list = ""] = text.split("\n----------\n");
  if (!head.includes("\nType = Iso\n")) throw new Error(`7z finds no volume: ${text.trim()}`);
  return list.split("\n\n").flatMap(parseEntry).filter(isOfVolume);
}

function parseEntry(text: string): ReadEntry[] {
  const fields = new Map(
    [...text.matchAll(/^([A-Z][A-Za-z ]*) = ?(.*)$/gm)].map(([, key = "", value = ""]) => [key, value]),
  );
  const path = fields.get("Path");
  if (path === undefined) return [];
  const isDirectory = fields.get("Folder") === "+";
  const mtime = Date.parse(`${fields.get("Modified")?.replace(" ", "T")}Z`);
  return [
    {
      path: `/${path}`,
      kind: isDirectory ? "directory" : "file",
      mtime,
      ...(!isDirectory && { bytes: Number(fields.get("Size")) }),
    },
  ];
}

async function extract(flat: string): Promise<Map<string, string | undefined>> {
  return withScratch(async (folder) => {
    await run("7z", ["x", "-y", "-tIso", `-o${folder}`, flat]);
    const extracted = (await localTree(folder)).filter((entry) => entry.path !== "/" && isOfVolume(entry));
    return new Map(extracted.map(({ path, sha256 }) => [path, sha256]));
  });
}
