import { localTree } from "../local-tree.ts";
import { onFlatCopy } from "../on-flat-copy.ts";
import { run } from "../program.ts";
import { JOLIET_UNITS, type ReadEntry, type SessionPlace, type StrangerReader } from "../reader.ts";
import { withScratch } from "../scratch.ts";

/**
 * libarchive, the reader of file managers and of FreeBSD: the Rock Ridge tree with every attribute.
 *
 * It joins the parts of a long link target without the `/` between them (3.6.2, on discs of xorriso).
 */
export const bsdtar: StrangerReader = {
  id: "bsdtar",
  programs: ["bsdtar"],
  sees: {
    rockRidge: true,
    joliet: false,
    modes: 0o7777,
    contents: true,
    mtimes: true,
    linkMtimes: true,
    symlinks: "targets",
    maxTarget: 100,
  },
  finds: "head",
  limits: [
    {
      error: /Invalid parameter in SUSP "CE" extension/,
      reason:
        "libarchive refuses a continuation area that lies behind the content of its file, so no session can be read in which a file of an earlier session needs one for its name (3.6.2, on discs of xorriso and genisoimage too)",
    },
  ],
  readSession: (image, session) => readAll(image, session, []),
};

/** libarchive again, told to leave Rock Ridge alone: the Joliet tree. It composes decomposed names. */
export const bsdtarJoliet: StrangerReader = {
  id: "bsdtar-joliet",
  programs: ["bsdtar"],
  sees: {
    rockRidge: false,
    joliet: true,
    modes: 0,
    contents: true,
    mtimes: true,
    linkMtimes: false,
    symlinks: "no",
    // Measured (3.6.2): whole up to here, on discs of ours and of genisoimage.
    maxName: JOLIET_UNITS,
    showsName: (name) => name === name.normalize("NFC"),
  },
  finds: "head",
  limits: [],
  readSession: (image, session) => readAll(image, session, ["--options", "!rockridge"]),
};

/** The root is left out: bsdtar gives the folder that it extracts into no time. */
async function readAll(
  image: string,
  session: SessionPlace,
  options: readonly string[],
): Promise<readonly ReadEntry[]> {
  return onFlatCopy(image, session, async (flat) => {
    const { stdout } = await run("bsdtar", ["-tf", flat, ...options]);
    const listed = stdout.toString().split("\n").filter(Boolean).length;
    const extracted = await withScratch(async (folder) => {
      await run("bsdtar", ["-xpf", flat, "--no-same-owner", ...options, "-C", folder]);
      return localTree(folder);
    });
    if (listed === 0) throw new Error("bsdtar lists not even the root.");
    if (extracted.length !== listed)
      throw new Error(`bsdtar lists ${listed} entries and extracts ${extracted.length}.`);
    return extracted.filter(({ path }) => path !== "/");
  });
}
