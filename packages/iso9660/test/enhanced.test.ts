import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameForEnhanced } from "../src/enhanced-names.ts";
import { Iso9660 } from "../src/index.ts";
import { file, name, symlink, treeWithContents } from "./arbitrary-tree.ts";
import {
  appendSpace,
  burnLayout,
  burnTree,
  fixed,
  MemoryDisc,
  overwriteSpace,
  stateAt,
  treeOf,
} from "./memory-disc.ts";
import { expectedListing, listingOf } from "./read-back.ts";
import { strangerTest } from "./stranger.ts";

const level4 = new Iso9660({ level: 4 });
const byEnhanced = new Iso9660({ level: 4, prefer: ["enhanced"] });

const sample = treeOf(
  {
    "read me.txt": "hello",
    "Grüße und 漢字.txt": "unicode",
    [`${"long".repeat(50)}.txt`]: "204 bytes",
    [`${"long".repeat(55)}.txt`]: "224 bytes",
    "semi;1": "semicolon",
    link: { link: "read me.txt" },
    folder: { "X.TXT": "x", deeper: { "y.tar.gz": "y" } },
  },
  "Test Volume",
);

const namesOf = (nodes: readonly TreeNode[]): string[] =>
  nameForEnhanced(nodes, { mapped: 0, links: 0, specials: 0 }).map(({ key }) =>
    Buffer.from(key, "latin1").toString("utf8"),
  );

/** What of the descriptors tests look at. */
async function descriptors(
  disc: MemoryDisc,
  start: number,
): Promise<{ type: number; version: number; structureVersion: number; record: string }[]> {
  const found = [];
  for (let at = start + 16; found.at(-1)?.type !== 255; at += 1) {
    const block = Buffer.from(await disc.read(at, 1));
    found.push({
      type: block[0] as number,
      version: block[6] as number,
      structureVersion: block[881] as number,
      record: block.subarray(883, 947).toString("hex"),
    });
  }
  return found;
}

describe("names of ISO 9660:1999", () => {
  it.each([
    ["read me.txt", "read me.txt"],
    ["Grüße und 漢字.txt", "Grüße und 漢字.txt"],
    ["archive.tar.gz", "archive.tar.gz"],
    ["x".repeat(207), "x".repeat(207)],
    ["💿", "💿"],
  ])("%s stays as it is", (given, expected) => {
    expect(namesOf([file(given)])).toEqual([expected]);
  });

  it.each([
    ["semi;1", /^semi_1~[0-9a-f]{12}$/],
    ["final dot.", /^final dot\.~[0-9a-f]{12}$/],
    [`${"x".repeat(220)}.jpeg`, /^x{189}~[0-9a-f]{12}\.jpeg$/],
    ["漢".repeat(80), /^漢{64}~[0-9a-f]{12}$/],
  ])("%s gets a mark made from the whole name", (given, expected) => {
    expect(namesOf([file(given)])[0]).toMatch(expected);
  });

  it("are unique, legal, sorted by bytes, and do not depend on the order of the children", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name), (names) => {
        const nodes = names.map((text) => file(text));
        const named = nameForEnhanced(nodes, { mapped: 0, links: 0, specials: 0 });
        const keys = named.map(({ key }) => key);
        expect(new Set(keys).size).toBe(names.length);
        expect(keys).toEqual(
          keys.toSorted((a, b) => Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"))),
        );
        for (const key of keys) {
          expect(key.length).toBeLessThanOrEqual(207);
          expect(key).not.toMatch(/;|\.$/);
        }
        expect(nameForEnhanced(nodes.toReversed(), { mapped: 0, links: 0, specials: 0 })).toEqual(named);
      }),
      { numRuns: 200 },
    );
  });

  it("stay when other files arrive", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2 }), (names) => {
        const [first, ...others] = names.map((text) => file(text));
        const keyIn = (nodes: readonly TreeNode[]): string | undefined =>
          nameForEnhanced(nodes, { mapped: 0, links: 0, specials: 0 }).find(({ node }) => node === first)?.key;
        expect(keyIn([first as TreeNode, ...others])).toBe(keyIn([first as TreeNode]));
      }),
    );
  });

  it.each([
    ["semi;1", ""],
    [`${"x".repeat(220)}.jpeg`, ""],
    ["final dot.", ".txt"],
  ])("of %s are never those of another file, not even one that is literally called so", (changed, end) => {
    const [marked] = namesOf([file(changed)]) as [string];
    const other = file(`${marked}${end}`);
    const named = new Map(
      nameForEnhanced([file(changed), other], { mapped: 0, links: 0, specials: 0 }).map(({ key, node }) => [
        node.name,
        key,
      ]),
    );
    expect(named.get(changed)).toBe(marked);
    expect(named.get(other.name)).toBe(namesOf([other])[0]);
    expect(named.get(other.name)).not.toBe(other.name);
    expect(named.get(other.name)).toMatch(/~[0-9a-f]{12}(\.\w+)?$/);
  });

  it("leave symbolic links out and count them", () => {
    const changes = { mapped: 0, links: 0, specials: 0 };
    nameForEnhanced([symlink("link", "target"), file("a;b")], changes);
    expect(changes).toEqual({ mapped: 1, links: 1, specials: 0 });
  });
});

describe("level 4", () => {
  it("adds the enhanced descriptor behind Joliet's, and every descriptor carries the session's record", async () => {
    const disc = new MemoryDisc();
    await burnTree(level4, disc, sample.tree, overwriteSpace(32), sample.contents);
    for (const start of [0, 32]) {
      const found = await descriptors(disc, start);
      expect(found.map(({ type, version }) => [type, version])).toEqual([
        [1, 1],
        [2, 1],
        [2, 2],
        [255, 1],
      ]);
      const records = found.slice(0, 3).map(({ record }) => record);
      expect(new Set(records).size).toBe(1);
      expect(records[0]).not.toMatch(/^0*$/);
    }
  });

  it("the enhanced descriptor alone says version 2 of itself and of its directories (ISO 9660:1999 8.5.3, 8.5.31)", async () => {
    const disc = new MemoryDisc();
    await burnTree(level4, disc, sample.tree, appendSpace(0), sample.contents);
    const found = await descriptors(disc, 0);
    expect(found.map(({ type, version, structureVersion }) => [type, version, structureVersion])).toEqual([
      [1, 1, 1],
      [2, 1, 1],
      [2, 2, 2],
      [255, 1, 0],
    ]);
  });

  it("a head whose enhanced descriptor is of another session counts as torn", async () => {
    const disc = new MemoryDisc();
    const state = await burnTree(level4, disc, sample.tree, overwriteSpace(32), sample.contents);
    const old = await disc.read(18, 1);
    await burnTree(level4, disc, sample.tree, overwriteSpace(640), sample.contents, state);
    expect((await level4.probe.head(disc, 0))?.isTorn).toBeUndefined();
    disc.write(18, old);
    expect((await level4.probe.head(disc, 0))?.isTorn).toBe(true);
  });

  it("is kept where a session shows an older state again", async () => {
    const disc = new MemoryDisc();
    const base = await burnTree(level4, disc, sample.tree, appendSpace(0), sample.contents);
    const space = appendSpace(1000);
    await burnLayout(disc, await level4.republish(base, { space, base, fixed }, disc), space);
    const volume = await byEnhanced.open(disc, await stateAt(level4, disc, 1000, 1));
    expect(Object.keys(await listingOf(volume, disc))).toContain("/folder/deeper/y.tar.gz");
  });

  it("is read by its own names when they are preferred", async () => {
    const disc = new MemoryDisc();
    const volume = await byEnhanced.open(
      disc,
      await burnTree(level4, disc, sample.tree, appendSpace(0), sample.contents),
    );
    const paths = Object.keys(await listingOf(volume, disc));
    expect(paths).toContain("/Grüße und 漢字.txt");
    expect(paths).toContain(`/${"long".repeat(50)}.txt`);
    expect(paths.find((path) => path.startsWith("/semi"))).toMatch(/^\/semi_1~/);
    expect(paths).not.toContain("/link");
    expect(volume.findings).toEqual([]);
  });

  it.each([
    ["as they are, Rock Ridge's names", [], ["/a:b", "/link"], undefined],
    ["without the primary root, Joliet's", ["primary"], ["/a_b"], undefined],
    ["without Joliet's too, the enhanced ones", ["primary", "joliet"], ["/a:b"], undefined],
    ["without Joliet, where the enhanced ones are preferred to it", ["primary"], ["/a:b"], ["enhanced", "joliet"]],
  ] as const)("its roots %s are read", async (_, lost, expected, prefer) => {
    const disc = new MemoryDisc();
    const { tree, contents } = treeOf({ "a:b": "1", link: { link: "a:b" } });
    const writer = new Iso9660({ level: 4 });
    await burnTree(writer, disc, tree, appendSpace(0), contents);
    const rootOf = { primary: 16, joliet: 17 } as const;
    for (const hierarchy of lost)
      disc.blocks.delete(Buffer.from(await disc.read(rootOf[hierarchy], 1)).readUInt32LE(158));
    const reader = new Iso9660(prefer === undefined ? {} : { prefer });
    const listing = await listingOf(await reader.open(disc, await stateAt(writer, disc, 0)), disc);
    expect(Object.keys(listing).toSorted()).toEqual(["", ...expected]);
  });

  it("says which names it changed", async () => {
    const { notes } = await level4.layout(sample.tree, { space: appendSpace(0), fixed });
    expect(notes.join("\n")).toMatch(/2 names too long or with a semicolon changed for readers of ISO 9660:1999/);
  });

  it("changes nothing for those who read by Rock Ridge, and takes the blocks that it announced", async () => {
    await fc.assert(
      fc.asyncProperty(treeWithContents, async ({ tree, contents }) => {
        const disc = new MemoryDisc();
        const layout = await level4.layout(tree, { space: appendSpace(0), fixed });
        expect(layout.front).toBeGreaterThanOrEqual(level4.needs(tree).atLeast);
        const volume = await level4.open(disc, await burnTree(level4, disc, tree, appendSpace(0), contents));
        expect(await listingOf(volume, disc)).toEqual(expectedListing(tree, contents));
      }),
      { numRuns: 20 },
    );
  });
});

/** An image in which the enhanced hierarchy takes the place of the primary one: its directories before readers that know no other. */
async function enhancedAsPrimary(): Promise<Buffer> {
  const disc = new MemoryDisc();
  await burnTree(
    new Iso9660({ level: 4, joliet: false, rockRidge: false }),
    disc,
    sample.tree,
    appendSpace(0),
    sample.contents,
  );
  const image = disc.toImage();
  const enhanced = Buffer.from(image.subarray(17 * 2048, 18 * 2048));
  enhanced[0] = 1;
  enhanced[6] = 1;
  enhanced[881] = 1;
  enhanced.copy(image, 16 * 2048);
  return image;
}

strangerTest("isoinfo finds the enhanced descriptor", ["isoinfo"], async ({ folder, run }) => {
  const disc = new MemoryDisc();
  await burnTree(level4, disc, sample.tree, appendSpace(0), sample.contents);
  writeFileSync(join(folder, "image.iso"), disc.toImage());
  expect(run("isoinfo", "-d", "-i", "image.iso")).toMatch(/ISO 9660:1999/);
});

strangerTest("bsdtar reads the enhanced hierarchy where it stands for the primary one", ["bsdtar"], async (bench) => {
  writeFileSync(join(bench.folder, "image.iso"), await enhancedAsPrimary());
  mkdirSync(join(bench.folder, "out"));
  bench.run("bsdtar", "-xf", "image.iso", "-C", "out");
  const found = readdirSync(join(bench.folder, "out"), { recursive: true }).map(String).toSorted();
  expect(found.filter((path) => !path.startsWith("semi_1~") && !/longlo~/.test(path))).toEqual(
    [
      "Grüße und 漢字.txt",
      "folder",
      "folder/X.TXT",
      "folder/deeper",
      "folder/deeper/y.tar.gz",
      `${"long".repeat(50)}.txt`,
      "read me.txt",
    ].toSorted(),
  );
  expect(found).toHaveLength(9);
  expect(readFileSync(join(bench.folder, "out", "Grüße und 漢字.txt"), "utf8")).toBe("unicode");
});

strangerTest(
  "isoinfo reads the enhanced path tables where they stand for the primary ones",
  ["isoinfo"],
  async (bench) => {
    writeFileSync(join(bench.folder, "image.iso"), await enhancedAsPrimary());
    expect(bench.run("isoinfo", "-p", "-i", "image.iso")).toMatch(/folder[\s\S]*deeper/);
    expect(bench.run("isoinfo", "-f", "-i", "image.iso")).toMatch(/\/folder\/deeper\/y\.tar\.gz/);
  },
);

strangerTest("a disc of level 4 that genisoimage made shows its own names", ["genisoimage"], async (bench) => {
  bench.write("tree/A Folder/a long name with small letters, and more than 30.text", "long");
  bench.write("tree/read me.txt", "hello");
  bench.run("genisoimage", "-quiet", "-iso-level", "4", "-o", "image.iso", "tree");
  const disc = new MemoryDisc();
  disc.write(0, readFileSync(join(bench.folder, "image.iso")));
  const volume = await new Iso9660().open(disc, await stateAt(new Iso9660(), disc, 0));
  expect(Object.keys(await listingOf(volume, disc)).toSorted()).toEqual([
    "",
    "/A Folder",
    "/A Folder/a long name with small letters, and more than 30.text",
    "/read me.txt",
  ]);
});
