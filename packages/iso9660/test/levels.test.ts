import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { Iso9660, type Iso9660Options } from "../src/index.ts";
import { appendSpace, burnTree, MemoryDisc, treeOf } from "./memory-disc.ts";
import { strangerTest } from "./stranger.ts";

const files = {
  "Quarterly Report 2024.html": "report",
  "Quarterly Report 2025.html": "another report",
  "two.dots.txt": "dots",
  Grüße: "greetings",
  "no extension at all, and longer than any level": "long",
};
const sample = treeOf({ ...files, "A folder with a long name.d": files });

/** What a file and a folder may be called: ECMA-119 7.5, 7.6 and 10. */
const levels: readonly (readonly [Iso9660Options, RegExp, RegExp])[] = [
  [{ level: 1 }, /^[A-Z0-9_]{0,8}\.[A-Z0-9_]{0,3};1$/, /^[A-Z0-9_]{1,8}$/],
  [{ level: 2 }, /^(?!.{34})[A-Z0-9_]*\.[A-Z0-9_]*;1$/, /^[A-Z0-9_]{1,31}$/],
  [{ level: 3 }, /^(?!.{34})[A-Z0-9_]*\.[A-Z0-9_]*;1$/, /^[A-Z0-9_]{1,31}$/],
  [{ level: 1, characters: "a" }, /^[ -_]{0,8}\.[ -_]{0,3};1$/, /^[ -_]{1,8}$/],
  [{ characters: "relaxed" }, /^(?!.{34})[ -~]*;1$/, /^[ -~]{1,31}$/],
];

/** Contents of the files below a folder, sorted. */
function contentsIn(folder: string): readonly string[] {
  const texts = readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? contentsIn(path) : [readFileSync(path, "utf8")];
  });
  return texts.toSorted();
}

describe.each(levels)("a disc with %j and nothing but the primary hierarchy", (options, fileName, folderName) => {
  strangerTest(
    "before isoinfo and isovfy has names of the level, and before bsdtar every byte",
    ["isoinfo", "isovfy", "bsdtar"],
    async ({ folder, run, write }) => {
      const disc = new MemoryDisc();
      const writer = new Iso9660({ ...options, rockRidge: false, joliet: false });
      await burnTree(writer, disc, sample.tree, appendSpace(0), sample.contents);
      writeFileSync(join(folder, "image.iso"), disc.toImage());
      expect(run("isovfy", "image.iso")).toMatch(/No errors found/);
      const paths = run("isoinfo", "-f", "-i", "image.iso").trimEnd().split("\n");
      expect(paths).toHaveLength(11);
      expect(new Set(paths).size).toBe(11);
      for (const path of paths) {
        const names = path.slice(1).split("/");
        const isFolder = names.length === 1 && paths.some((other) => other.startsWith(`${path}/`));
        expect(names.at(-1)).toMatch(isFolder ? folderName : fileName);
        if (names.length > 1) expect(names[0]).toMatch(folderName);
      }
      write("seen/none", "");
      run("bsdtar", "-x", "-f", "image.iso", "-C", "seen");
      expect(contentsIn(join(folder, "seen"))).toEqual(
        ["", ...Object.values(files), ...Object.values(files)].toSorted(),
      );
    },
  );
});
