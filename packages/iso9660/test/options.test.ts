import type { BlockReader, Lba } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Iso9660, type Iso9660Options, iso9660 } from "../src/index.ts";
import { treeWithContents } from "./arbitrary-tree.ts";
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

const choices: readonly Iso9660Options[] = [
  { joliet: false },
  { rockRidge: "1.12" },
  { joliet: false, rockRidge: "1.12" },
  { rockRidge: false },
  { joliet: false, rockRidge: false },
  { level: 4 },
];

const sample = treeOf(
  { "read me.txt": "hello", link: { link: "read me.txt" }, folder: { "X.TXT": "x" } },
  "Test Volume",
);

async function typesOfDescriptors(reader: BlockReader, start: Lba): Promise<number[]> {
  const types: number[] = [];
  for (let at = start + 16; types.at(-1) !== 255; at += 1) types.push((await reader.read(at, 1))[0] ?? 255);
  return types;
}

describe.each(choices)("with %j", (options) => {
  const fileSystem = new Iso9660(options);

  it("a layout takes exactly the blocks that it announced, and gives the same bytes each time", async () => {
    await fc.assert(
      fc.asyncProperty(treeWithContents, async ({ tree, contents }) => {
        const space = appendSpace(0);
        const [once, again] = [new MemoryDisc(), new MemoryDisc()];
        const layout = await fileSystem.layout(tree, { space, fixed });
        expect(layout.front).toBeGreaterThanOrEqual(fileSystem.needs(tree).atLeast);
        await burnLayout(once, layout, space, contents);
        await burnLayout(again, await fileSystem.layout(tree, { space, fixed }), space, contents);
        expect(again.digest()).toBe(once.digest());
      }),
      { numRuns: 20 },
    );
  });

  it("a volume has only the descriptors of its hierarchies", async () => {
    const disc = new MemoryDisc();
    await burnTree(fileSystem, disc, sample.tree, appendSpace(0), sample.contents);
    expect(await typesOfDescriptors(disc, 0)).toEqual([
      1,
      ...(options.joliet === false ? [] : [2]),
      ...(options.level === 4 ? [2] : []),
      255,
    ]);
  });

  it("a head-only session takes no more blocks than the file system says", async () => {
    const disc = new MemoryDisc();
    const base = await burnTree(fileSystem, disc, sample.tree, appendSpace(0), sample.contents);
    const space = appendSpace(1000);
    for (const state of [undefined, base]) {
      const layout = await fileSystem.republish(state, { space, base, fixed }, disc);
      expect(layout.front).toBeLessThanOrEqual(fileSystem.needs(undefined).headBlocks);
      await burnLayout(disc, layout, space);
      const again = await stateAt(fileSystem, disc, 1000, 1);
      const listing = await listingOf(await fileSystem.open(disc, again), disc);
      expect(Object.keys(listing)).toHaveLength(state === undefined ? 1 : Object.keys(await listOf(disc)).length);
    }

    async function listOf(disc: MemoryDisc): Promise<object> {
      return listingOf(await fileSystem.open(disc, base), disc);
    }
  });

  it("a cleared disc shows an empty volume", async () => {
    const disc = new MemoryDisc();
    const extents = fileSystem.clear(overwriteSpace(32), { ...fixed, sequence: 0 });
    disc.burn(
      {
        phases: [{ kind: "invalidate", extents, then: "none" }],
        state: { start: 0, end: 32, label: "" },
        imageDigest: "",
      },
      [],
    );
    const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, 0));
    expect(await volume.list(volume.root)).toEqual([]);
  });
});

describe("a tree of any shape is read back as it was laid out", () => {
  it.each(choices.filter(({ rockRidge }) => rockRidge !== false))("with %j", async (options) => {
    await fc.assert(
      fc.asyncProperty(treeWithContents, async ({ tree, contents }) => {
        const disc = new MemoryDisc();
        const fileSystem = new Iso9660(options);
        const volume = await fileSystem.open(disc, await burnTree(fileSystem, disc, tree, appendSpace(0), contents));
        expect(await listingOf(volume, disc)).toEqual(expectedListing(tree, contents));
        expect(volume.findings).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });
});

describe("an option that makes no sense is a TypeError where the plugin is made", () => {
  it.each<[unknown, RegExp]>([
    [{ level: 7 }, /level must be 1, 2, 3 or 4, not 7/],
    [{ level: "3" }, /level must be/],
    [{ sectionBytes: 1000 }, /sectionBytes must be a multiple of 2048/],
    [{ joliet: "yes" }, /joliet must be true or false/],
    [{ jolietUnits: 65 }, /jolietUnits must be 64 or 103/],
    [{ jolietLevel: 4 }, /jolietLevel must be/],
    [{ rockRidge: true }, /rockRidge must be/],
    [{ stamps: "precise" }, /stamps must be/],
    [{ characters: "utf-8" }, /characters must be/],
    [{ deepFolders: "moved" }, /deepFolders must be/],
    [{ deepFolders: "relocated", rockRidge: false }, /deepFolders can be relocated only with rockRidge/],
    [{ profile: "lenient" }, /profile must be/],
    [{ profile: "dicom-cd", level: 2 }, /profile dicom-cd is of level 1/],
    [{ prefer: "joliet" }, /prefer must list some of/],
    [{ prefer: ["udf"] }, /prefer must list some of/],
    [{ texts: "Jane Doe" }, /texts must be an object/],
    [{ texts: { author: "Jane Doe" } }, /no text "author"/],
    [{ texts: { toString: "Jane Doe" } }, /no text "toString"/],
    [{ texts: { publisher: "x".repeat(129) } }, /"publisher" must have 1 to 128 characters/],
    [{ texts: { publisher: 1 }, profile: "strict" }, /"publisher" must have 1 to 128 characters/],
    [{ dates: null }, /dates must be an object/],
    [{ dates: { created: "2001" } }, /date "created" must be a time/],
    [{ dates: { made: 0 } }, /no date "made"/],
    [{ boot: "always" }, /boot must be/],
    [{ boot: { entries: [] } }, /boot.entries must have/],
    [{ sessions: "some" }, /sessions must be/],
    [{ sessions: "delta", rockRidge: false }, /delta sessions take rockRidge/],
    [{ checkpointEvery: 0 }, /checkpointEvery must be/],
    [{ md5: 1 }, /md5 must be true or false/],
    [{ md5: true, rockRidge: false }, /md5 takes rockRidge/],
    [{ applicationUse: "text" }, /applicationUse must be at most 448 bytes/],
    [{ applicationUse: new Uint8Array(449) }, /applicationUse must be at most 448 bytes/],
    [{ rockridge: false }, /no option "rockridge"/],
  ])("%j", (options, reason) => {
    const make = (): unknown => iso9660(options as Iso9660Options);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(reason);
  });
});

describe("without Rock Ridge", () => {
  const listed = async (options: Iso9660Options): Promise<{ paths: string[]; notes: readonly string[] }> => {
    const disc = new MemoryDisc();
    const fileSystem = new Iso9660({ ...options, rockRidge: false });
    const space = appendSpace(0);
    const { notes } = await fileSystem.layout(sample.tree, { space, fixed });
    const volume = await fileSystem.open(disc, await burnTree(fileSystem, disc, sample.tree, space, sample.contents));
    return { paths: Object.keys(await listingOf(volume, disc)), notes };
  };

  it("Joliet's names are seen, and links are left out with a note", async () => {
    const { paths, notes } = await listed({});
    expect(paths).toEqual(["", "/folder", "/folder/X.TXT", "/read me.txt"]);
    expect(notes.join("\n")).toMatch(/Modes and owners are not kept[\s\S]*1 symbolic link left out/);
    expect(notes.join("\n")).not.toMatch(/Rock Ridge keeps/);
  });

  it("and without Joliet names are those of ISO 9660, with a note", async () => {
    const { paths, notes } = await listed({ joliet: false });
    expect(paths).toEqual(["", "/FOLDER", "/FOLDER/X.TXT", "/READ_ME.TXT"]);
    expect(notes.join("\n")).toMatch(/2 names kept only in the capital letters/);
  });
});

it("serial numbers of Rock Ridge 1.12 differ between all nodes, and a folder has one wherever it is named", async () => {
  const disc = new MemoryDisc();
  const fileSystem = new Iso9660({ joliet: false, rockRidge: "1.12" });
  const { tree, contents } = treeOf({ a: "a", b: { c: "c", d: { e: "e" } }, f: "f" });
  await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
  const image = disc.toImage();
  const found = new Map<number, Set<number>>();
  for (let at = image.indexOf("PX"); at >= 0; at = image.indexOf("PX", at + 1)) {
    if (image[at + 2] !== 44) continue;
    const mode = image.readUInt32LE(at + 4);
    const serial = image.readUInt32LE(at + 36);
    expect(image.readUInt32BE(at + 40)).toBe(serial);
    found.set(serial, (found.get(serial) ?? new Set()).add(mode));
  }
  // Three folders and four files.
  expect(found.size).toBe(7);
  for (const modes of found.values()) expect(modes.size).toBe(1);
});

describe("a volume is read by the names that are preferred", () => {
  it.each([
    [["rock-ridge", "joliet", "plain"], "read me.txt", 0o644],
    [["joliet", "rock-ridge"], "read me.txt", 0o444],
    [["plain"], "READ_ME.TXT", 0o444],
  ] as const)("%j", async (prefer, name, mode) => {
    const disc = new MemoryDisc();
    const fileSystem = new Iso9660({ prefer });
    const state = await burnTree(fileSystem, disc, sample.tree, appendSpace(0), sample.contents);
    const volume = await fileSystem.open(disc, state);
    const found = (await volume.list(volume.root)).find((entry) => entry.name === name);
    expect(found?.attributes.mode).toBe(mode);
  });

  it("and refused when it has none of them", async () => {
    const disc = new MemoryDisc();
    const { tree, contents } = sample;
    const state = await burnTree(new Iso9660({ joliet: false }), disc, tree, appendSpace(0), contents);
    await expect(new Iso9660({ prefer: ["joliet"] }).open(disc, state)).rejects.toMatchObject({
      code: "DAMAGED_CONTENT",
    });
  });

  it.each<Iso9660Options>([{ prefer: [] }, { prefer: ["udf" as "plain"] }])("but not by %j", (options) => {
    expect(() => new Iso9660(options)).toThrow(TypeError);
  });
});

describe("Joliet", () => {
  const longName = `${"x".repeat(70)}.txt`;

  it.each([
    [64, `${"x".repeat(60)}.txt`, /1 name longer than 64 characters/],
    [103, longName, undefined],
  ] as const)("takes names of %d units", async (jolietUnits, expected, note) => {
    const fileSystem = new Iso9660({ jolietUnits, rockRidge: false });
    const { tree, contents } = treeOf({ [longName]: "x" });
    const space = appendSpace(0);
    const disc = new MemoryDisc();
    const volume = await fileSystem.open(disc, await burnTree(fileSystem, disc, tree, space, contents));
    expect((await volume.list(volume.root)).map(({ name }) => name)).toEqual([expected]);
    const { notes } = await fileSystem.layout(tree, { space, fixed });
    if (note === undefined) expect(notes.join("\n")).not.toMatch(/longer/);
    else expect(notes.join("\n")).toMatch(note);
  });

  it.each([
    [1, "%/@"],
    [2, "%/C"],
    [3, "%/E"],
  ] as const)("of level %d names %s, and is read", async (jolietLevel, sequence) => {
    const fileSystem = new Iso9660({ jolietLevel, prefer: ["joliet"] });
    const disc = new MemoryDisc();
    const state = await burnTree(fileSystem, disc, sample.tree, appendSpace(0), sample.contents);
    expect(Buffer.from(await disc.read(17, 1)).toString("latin1", 88, 91)).toBe(sequence);
    const volume = await fileSystem.open(disc, state);
    expect((await volume.list(volume.root)).map(({ name }) => name)).toContain("read me.txt");
  });

  it.each([{ jolietUnits: 65 }, { jolietLevel: 4 }])("is refused with %j", (options) => {
    expect(() => new Iso9660(options as Iso9660Options)).toThrow(TypeError);
  });
});
