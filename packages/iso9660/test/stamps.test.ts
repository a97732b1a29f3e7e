import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc } from "./memory-disc.ts";
import { listingOf } from "./read-back.ts";
import { strangerTest } from "./stranger.ts";

/** Names and the times of files that are called so. */
const times = {
  ancient: Date.parse("0476-09-04T00:00:00Z"),
  "before 1900": Date.UTC(1815, 5, 18, 11, 35),
  hundredths: Date.UTC(2020, 1, 3, 4, 5, 6, 780),
  "far away": Date.UTC(3000, 0, 1, 0, 0, 1),
};

const root = directory(
  "",
  ...Object.entries(times).map(([name, modified]) => {
    const node = file(name, 0, 0);
    return { ...node, attributes: { ...node.attributes, modified } };
  }),
);
const tree = { volumeName: "Times", root };

async function modifiedOn(fileSystem: Iso9660, disc: MemoryDisc): Promise<Record<string, number>> {
  const state = await burnTree(fileSystem, disc, tree, appendSpace(0), [Buffer.alloc(0)]);
  const listing = await listingOf(await fileSystem.open(disc, state), disc);
  return Object.fromEntries(Object.keys(times).map((name) => [name, listing[`/${name}`]?.attributes.modified ?? 0]));
}

describe("time stamps", () => {
  it.each(["1.10", "1.12"] as const)(
    "in long form are kept to hundredths, in the years 1 to 9999 (%s)",
    async (rockRidge) => {
      const fileSystem = new Iso9660({ rockRidge, stamps: "long" });
      expect(await modifiedOn(fileSystem, new MemoryDisc())).toEqual(times);
      expect((await fileSystem.layout(tree, { space: appendSpace(0), fixed })).notes).toEqual([]);
    },
  );

  it("in short form are kept to seconds, in the years 1900 to 2155, and a note says where that is not enough", async () => {
    const fileSystem = new Iso9660();
    expect(await modifiedOn(fileSystem, new MemoryDisc())).toEqual({
      ancient: Date.UTC(1900, 0, 1),
      "before 1900": Date.UTC(1900, 0, 1),
      hundredths: Date.UTC(2020, 1, 3, 4, 5, 6),
      "far away": Date.UTC(2155, 11, 31, 23, 59, 59),
    });
    expect((await fileSystem.layout(tree, { space: appendSpace(0), fixed })).notes.join()).toMatch(
      /3 times outside the years 1900 to 2155/,
    );
  });

  strangerTest("in long form are read by xorriso", ["xorriso"], async (bench) => {
    const disc = new MemoryDisc();
    await modifiedOn(new Iso9660({ stamps: "long" }), disc);
    bench.write("image.iso", disc.toImage());
    bench.run("xorriso", "-no_rc", "-osirrox", "on", "-indev", "image.iso", "-extract", "/", "out");
    // The other times are more than the host's file system holds.
    expect(statSync(join(bench.folder, "out/hundredths")).mtimeMs).toBe(Math.floor(times.hundredths / 1000) * 1000);
  });

  strangerTest("in long form are read a month late by bsdtar, from all years", ["bsdtar"], async (bench) => {
    const disc = new MemoryDisc();
    await modifiedOn(new Iso9660({ stamps: "long" }), disc);
    bench.write("image.iso", disc.toImage());
    const listed = bench.run("bsdtar", "-tvf", "image.iso");
    expect(listed).toMatch(/Oct +4 +476 ancient/);
    expect(listed).toMatch(/Jul 18 +1815 before 1900/);
    expect(listed).toMatch(/Mar +3 +2020 hundredths/);
  });
});
