import {
  type BlockReader,
  MultisessionError,
  type RecordedEntry,
  type RecordedVolume,
  type StateRef,
} from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { appendSpace, burnTree, MemoryDisc, stateAt, treeOf } from "./memory-disc.ts";
import { listingOf } from "./read-back.ts";

const fileSystem = new Iso9660({ sectionBytes: 2048 });

async function sampleDisc(): Promise<{ disc: MemoryDisc; state: StateRef }> {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf({
    "big.bin": "x".repeat(5000),
    "link to the end": { link: `../there/${"far/".repeat(80)}away` },
    ["n".repeat(220)]: "long name",
    folder: { inner: { "deep.txt": "deep" }, Ünïcode: "u" },
    many: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`file number ${index}.txt`, ""])),
  });
  return { disc, state: await burnTree(fileSystem, disc, tree, appendSpace(0), contents) };
}

/** A reader that knows the disc's end and refuses what a careful program never asks for. */
function strict(disc: MemoryDisc): { reader: BlockReader; reads: () => number } {
  let reads = 0;
  return {
    reads: () => reads,
    reader: {
      read: (at, blocks) => {
        reads += 1;
        if (!Number.isInteger(at) || at < 0 || at + blocks > 2 ** 32 || blocks < 1 || blocks > 64)
          throw new Error(`A read of ${blocks} blocks at ${at} is not careful`);
        return disc.read(at, blocks);
      },
    },
  };
}

/** Walks everything that is listed; fails when it does not end. */
async function walk(volume: RecordedVolume): Promise<number> {
  const waiting: RecordedEntry[] = [volume.root];
  let count = 0;
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    count += 1;
    if (count > 20_000) throw new Error("The walk does not end");
    expect(entry.name).not.toMatch(/[/\0]/);
    if (entry.kind === "directory") waiting.push(...(await volume.list(entry)));
  }
  return count;
}

describe("a damaged disc", () => {
  it("never crashes, hangs or misleads a reader, whatever bytes are wrong", async () => {
    const { disc, state } = await sampleDisc();
    const metadata = [...disc.blocks.keys()].filter((at) => at >= 16 && at < 40);
    const wrong = fc.record({
      block: fc.constantFrom(...metadata),
      offset: fc.oneof(fc.integer({ min: 0, max: 2047 }), fc.integer({ min: 0, max: 260 })),
      value: fc.integer({ min: 0, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(wrong, { minLength: 1, maxLength: 40 }), async (changes) => {
        const damaged = new MemoryDisc();
        for (const [at, block] of disc.blocks) damaged.blocks.set(at, block);
        for (const { block, offset, value } of changes) {
          const copy = (damaged.blocks.get(block) as Uint8Array).slice();
          copy[offset] = value;
          damaged.blocks.set(block, copy);
        }
        const { reader, reads } = strict(damaged);
        await fileSystem.probe.head(reader, 0);
        try {
          const volume = await fileSystem.open(reader, state);
          await walk(volume);
        } catch (error) {
          if (!MultisessionError.is(error)) throw error;
          expect(error.code).toBe("DAMAGED_CONTENT");
        }
        expect(reads()).toBeLessThan(5000);
      }),
      { numRuns: 400 },
    );
  });

  it("of random bytes has no head and no volume", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 2048, maxLength: 2048 }), async (bytes) => {
        const disc = new MemoryDisc();
        for (let at = 0; at < 40; at += 1) disc.blocks.set(at, bytes);
        expect(await fileSystem.probe.head(disc, 0)).toBeUndefined();
      }),
      { numRuns: 50 },
    );
  });

  it("loses at most the block of a record that makes no sense, and says where", async () => {
    const { disc, state } = await sampleDisc();
    const volume = await fileSystem.open(disc, state);
    const many = (await volume.list(volume.root)).find(({ name }) => name === "many");
    if (many?.kind !== "directory") throw new Error("The folder is missing");
    const block = (disc.blocks.get(many.at + 1) as Uint8Array).slice();
    block[0] = 7;
    disc.blocks.set(many.at + 1, block);
    const entries = await volume.list(many);
    expect(entries.length).toBeGreaterThan(40);
    expect(entries.length).toBeLessThan(60);
    expect(volume.findings).toEqual([{ at: many.at + 1, what: expect.stringMatching(/makes no sense/) }]);
  });

  it("with an unreadable block in a folder gives the rest of it", async () => {
    const { disc, state } = await sampleDisc();
    const volume = await fileSystem.open(disc, state);
    const many = (await volume.list(volume.root)).find(({ name }) => name === "many");
    if (many?.kind !== "directory") throw new Error("The folder is missing");
    disc.blocks.delete(many.at);
    expect((await volume.list(many)).length).toBeGreaterThan(40);
    expect(volume.findings).toEqual([{ at: many.at, what: expect.stringMatching(/cannot be read/) }]);
  });

  it.each([
    ["the first block", [0], "A block of a directory holds only zeros"],
    ["blocks in the middle", [1, 2], "2 blocks of a directory hold only zeros"],
    ["the last block", [-1], "A block of a directory holds only zeros"],
  ] as const)("with zeros in %s of a folder says so, and gives the rest", async (_, places, what) => {
    const { disc, state } = await sampleDisc();
    const { many, blocks } = await manyOf(disc, state);
    const zeroed = places.map((place) => many.at + (place < 0 ? blocks + place : place));
    for (const at of zeroed) disc.blocks.set(at, new Uint8Array(2048));
    const volume = await fileSystem.open(disc, state);
    await volume.list(volume.root);
    const entries = await volume.list(many);
    expect(entries.length).toBeGreaterThan(20);
    expect(entries.length).toBeLessThan(60);
    expect(volume.findings).toEqual([{ at: zeroed[0], what: `${what}; what was recorded there is missing.` }]);
  });

  it("with zeros in place of a whole folder says so", async () => {
    const { disc, state } = await sampleDisc();
    const { many, blocks } = await manyOf(disc, state);
    for (let at = many.at; at < many.at + blocks; at += 1) disc.blocks.set(at, new Uint8Array(2048));
    const volume = await fileSystem.open(disc, state);
    await volume.list(volume.root);
    expect(await volume.list(many)).toEqual([]);
    expect(volume.findings).toEqual([
      { at: many.at, what: expect.stringMatching(/blocks of a directory hold only zeros/) },
    ]);
  });

  it("with zeros in place of a continuation area says what may be lost", async () => {
    const { disc, state } = await sampleDisc();
    const area = [...disc.blocks].find(([, block]) => Buffer.from(block).includes("away"))?.[0] ?? -1;
    disc.blocks.set(area, new Uint8Array(2048));
    const volume = await fileSystem.open(disc, state);
    const names = (await volume.list(volume.root)).map(({ name }) => name);
    expect(names).toContainEqual(expect.stringMatching(/^n{50,200}$/));
    expect(volume.findings).toContainEqual({ at: area, what: expect.stringMatching(/continuation area.*are lost/) });
    expect(volume.findings).toContainEqual({ at: volume.root.at, what: expect.stringMatching(/nothing follows/) });
  });

  it("whose folder leads back to its parent is walked to the end", async () => {
    const { disc, state } = await sampleDisc();
    const volume = await fileSystem.open(disc, state);
    const root = volume.root.at;
    const folder = (await volume.list(volume.root)).find(({ name }) => name === "folder");
    if (folder?.kind !== "directory") throw new Error("The folder is missing");
    const block = Buffer.from(disc.blocks.get(folder.at) as Uint8Array);
    const at = block.indexOf("INNER");
    block.writeUInt32LE(root, at - 33 + 2);
    block.writeUInt32BE(root, at - 33 + 6);
    disc.blocks.set(folder.at, block);
    const again = await fileSystem.open(disc, state);
    expect(await walk(again)).toBeLessThan(100);
    expect(again.findings).toEqual([{ at: folder.at, what: expect.stringMatching(/leads back/) }]);
  });
});

/** The folder with many files, as the disc has it, and its length. */
async function manyOf(
  disc: MemoryDisc,
  state: StateRef,
): Promise<{ many: RecordedEntry & { readonly kind: "directory" }; blocks: number }> {
  const volume = await fileSystem.open(disc, state);
  const many = (await volume.list(volume.root)).find(({ name }) => name === "many");
  if (many?.kind !== "directory") throw new Error("The folder is missing");
  return { many, blocks: Buffer.from(disc.blocks.get(many.at) as Uint8Array).readUInt32LE(10) / 2048 };
}

describe("a folder that claims to be longer than it is", () => {
  it("is read to where nothing more comes, and says so when the rest is empty", async () => {
    const { disc, state } = await sampleDisc();
    const folder = await findFolder(disc, state, "folder");
    for (let at = state.end; at < state.end + 200; at += 1) disc.blocks.set(at, new Uint8Array(2048));
    const moved = Buffer.from(disc.blocks.get(folder) as Uint8Array);
    moved.writeUInt32LE(200 * 2048, 10);
    moved.writeUInt32BE(200 * 2048, 14);
    disc.blocks.set(state.end, moved);
    const volume = await fileSystem.open(disc, state);
    const entries = await volume.list({ ...volume.root, at: state.end });
    expect(entries.map(({ name }) => name)).toEqual(["inner", "Ünïcode"]);
    expect(volume.findings).toEqual([{ at: state.end + 1, what: expect.stringMatching(/16 blocks .* only zeros/) }]);
  });

  it("is bounded, and says so", async () => {
    const { disc, state } = await sampleDisc();
    const folder = await findFolder(disc, state, "folder");
    const block = Buffer.from(disc.blocks.get(folder) as Uint8Array);
    block.writeUInt32LE(0xffff_f800, 10);
    disc.blocks.set(state.end, block);
    const { reader, reads } = strict(disc);
    const volume = await fileSystem.open(reader, state);
    expect(await volume.list({ ...volume.root, at: state.end })).toHaveLength(2);
    expect(reads()).toBeLessThan(50);
    expect(volume.findings.map(({ what }) => what).join()).toMatch(/cannot be true.*cannot be read.*given up/);
  });
});

/** Writes another length into a folder's record in its parent, the root. */
function claim(disc: MemoryDisc, root: number, name: string, blocks: number): void {
  const block = Buffer.from(disc.blocks.get(root) as Uint8Array);
  const at = block.indexOf(name) - 33;
  block.writeUInt32LE(blocks * 2048, at + 10);
  block.writeUInt32BE(blocks * 2048, at + 14);
  disc.blocks.set(root, block);
}

const plainOnly = new Iso9660({ joliet: false, rockRidge: false });

/** A disc of plain names: each folder has a file of its own name, and lies before the next. */
async function neighbours(names: readonly string[]): Promise<{ disc: MemoryDisc; state: StateRef; root: number }> {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf(Object.fromEntries(names.map((name) => [name, { [`IN_${name}`]: "" }])));
  const state = await burnTree(plainOnly, disc, tree, appendSpace(0), contents);
  return { disc, state, root: (await plainOnly.open(disc, state)).root.at };
}

describe("folders whose lengths are wrong", () => {
  it.each([2, 100, 2_000_000])("end where another one begins, also when they claim %d blocks", async (blocks) => {
    const { disc, state, root } = await neighbours(["A", "B", "C"]);
    claim(disc, root, "A", blocks);
    const volume = await plainOnly.open(disc, state);
    expect(Object.keys(await listingOf(volume, disc))).toEqual([
      "",
      ...["A", "B", "C"].flatMap((name) => [`/${name}`, `/${name}/IN_${name}`]),
    ]);
    const at = root + 1;
    expect(volume.findings).toContainEqual({
      at,
      what: expect.stringContaining(`${blocks} blocks, but another one begins at block ${at + 1}`),
    });
  });

  it("use up nothing that the sound ones behind them need", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `FOLDER${index}`);
    const { disc, state, root } = await neighbours(names);
    for (const name of names.slice(0, 6)) claim(disc, root, name, 65_536);
    const volume = await plainOnly.open(disc, state);
    expect(Object.keys(await listingOf(volume, disc))).toHaveLength(1 + 2 * names.length);
  });

  it("lead to no finding at a block that cannot exist", async () => {
    const { disc, state, root } = await neighbours(["A"]);
    claim(disc, root, "A", 32);
    const block = Buffer.from(disc.blocks.get(root) as Uint8Array);
    const at = block.indexOf("A", 68) - 33;
    for (const [place, attributeBlocks, highest] of [
      [2 ** 32 - 4, 0, 2 ** 32 - 1],
      [2 ** 32 - 4, 9, root],
    ] as const) {
      block.writeUInt32LE(place, at + 2);
      block.writeUInt32BE(place, at + 6);
      block[at + 1] = attributeBlocks;
      disc.blocks.set(root, block);
      const volume = await plainOnly.open(disc, state);
      expect(await walk(volume)).toBe(2);
      expect(Math.max(...volume.findings.map((finding) => finding.at))).toBe(highest);
    }
  });
});

async function findFolder(disc: MemoryDisc, state: StateRef, name: string): Promise<number> {
  const volume = await fileSystem.open(disc, state);
  const folder = (await volume.list(volume.root)).find((entry) => entry.name === name);
  if (folder?.kind !== "directory") throw new Error("The folder is missing");
  return folder.at;
}

describe("without Rock Ridge", () => {
  const withoutSusp = async (): Promise<{ disc: MemoryDisc; state: StateRef }> => {
    const { disc, state } = await sampleDisc();
    const root = (await fileSystem.open(disc, state)).root.at;
    const block = Buffer.from(disc.blocks.get(root) as Uint8Array);
    block.write("XX", block.indexOf("SP"));
    disc.blocks.set(root, block);
    return { disc, state };
  };

  it("Joliet's names are read", async () => {
    const { disc, state } = await withoutSusp();
    const paths = Object.keys(await listingOf(await fileSystem.open(disc, state), disc));
    expect(paths).toContain("/folder/Ünïcode");
    expect(paths).toContain("/folder/inner/deep.txt");
    expect(paths).toContain(`/${"n".repeat(103)}`);
  });

  it("and without Joliet the plain ones are", async () => {
    const { disc, state } = await withoutSusp();
    disc.blocks.delete(17);
    const listing = await listingOf(await fileSystem.open(disc, state), disc);
    expect(listing["/FOLDER/INNER/DEEP.TXT"]?.content).toBe(Buffer.from("deep").toString("base64"));
    expect(listing["/BIG.BIN"]?.content).toBe(Buffer.from("x".repeat(5000)).toString("base64"));
  });

  it("Joliet is read when the primary root cannot be", async () => {
    const { disc, state } = await sampleDisc();
    disc.blocks.delete((await fileSystem.open(disc, state)).root.at);
    const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, 0));
    expect(Object.keys(await listingOf(volume, disc))).toContain("/folder/Ünïcode");
    expect(volume.findings).toEqual([{ at: expect.any(Number), what: "The root directory cannot be read." }]);
  });
});

/** A disc of which one file and one folder are looked at, with a way to change the file's record. */
async function withRecord(
  change: (block: Buffer, at: number) => void,
): Promise<{ disc: MemoryDisc; state: StateRef; at: number }> {
  const { disc, state } = await sampleDisc();
  const at = (await fileSystem.open(disc, state)).root.at;
  const block = Buffer.from(disc.blocks.get(at) as Uint8Array);
  change(block, block.indexOf("BIG.BIN;1") - 33);
  disc.blocks.set(at, block);
  return { disc, state, at };
}

describe.each<[string, (block: Buffer, at: number) => void, RegExp, boolean]>([
  ["whose big-endian half differs", (block, at) => block.writeUInt32BE(7, at + 6), /little-endian one counts/, true],
  ["whose big-endian half is zero", (block, at) => block.writeUInt32BE(0, at + 14), /little-endian one counts/, true],
  [
    "whose little-endian half leads behind the volume",
    (block, at) => block.writeUInt32LE(0x0100_0000, at + 2),
    /big-endian one counts/,
    true,
  ],
  [
    "that leads behind the volume",
    (block, at) => {
      block.writeUInt32LE(0x0100_0000, at + 2);
      block.writeUInt32BE(0x0100_0000, at + 6);
    },
    /"big.bin" ends at block 16777216, behind the end of the volume/,
    false,
  ],
  [
    "that leads where no disc is",
    (block, at) => {
      block.writeUInt32LE(0xffff_ffff, at + 2);
      block.writeUInt32BE(0xffff_ffff, at + 6);
      block[at + 1] = 9;
    },
    /"big.bin" lies at block 4294967304, which no disc has/,
    false,
  ],
])("a record %s", (_, change, finding, isReadable) => {
  it("is a finding at its block, and everything else is read", async () => {
    const { disc, state, at } = await withRecord(change);
    const { reader } = strict(disc);
    const volume = await fileSystem.open(reader, state);
    const entries = await volume.list(volume.root);
    expect(entries.map(({ name }) => name).toSorted()).toEqual(
      ["big.bin", "folder", "link to the end", "many", "n".repeat(220)].toSorted(),
    );
    expect(volume.findings[0]).toEqual({ at, what: expect.stringMatching(finding) });
    const file = entries.find(({ name }) => name === "big.bin");
    if (file?.kind !== "file") throw new Error("The file is missing");
    if (isReadable) await reader.read(file.extents[0]?.at ?? -1, 1);
  });
});

describe("what other programs write is no damage:", () => {
  it.each<[string, (block: Buffer, at: number) => void, number]>([
    [
      "a record of an odd length",
      (block, at) => {
        const end = at + (block[at] ?? 0);
        block.copyWithin(end + 1, end, block.length - 1);
        block[end] = 0;
        block[at] = end + 1 - at;
      },
      5000,
    ],
    [
      "a section without bytes at any block",
      (block, at) => {
        block.writeUInt32LE(0xffff_ffff, at + 2);
        block.writeUInt32BE(0xffff_ffff, at + 6);
        block.fill(0, at + 10, at + 18);
      },
      // The file has two more.
      2952,
    ],
  ])("%s", async (_, change, bytes) => {
    const { disc, state } = await withRecord(change);
    const volume = await fileSystem.open(disc, state);
    const entries = await volume.list(volume.root);
    expect(entries).toHaveLength(5);
    expect(entries.find(({ name }) => name === "big.bin")).toMatchObject({ kind: "file", bytes });
    expect(volume.findings).toEqual([]);
  });
});

describe("a file that Rock Ridge says is stored without its holes (SF)", () => {
  it("is shown as it lies on the disc, and that is told", async () => {
    const { disc, state, at } = await withRecord((block, record) => {
      // TF has the length of SF in version 1.10.
      const stamps = block.indexOf("TF\x0c\x01", record, "latin1");
      expect(stamps).toBeLessThan(record + (block[record] ?? 0));
      block.write("SF", stamps, "latin1");
    });
    const volume = await fileSystem.open(disc, state);
    const file = (await volume.list(volume.root)).find(({ name }) => name === "big.bin");
    expect(file).toMatchObject({ bytes: 5000, remark: expect.stringMatching(/^stored 53460c01/) });
    expect(volume.findings).toEqual([{ at, what: expect.stringMatching(/"big.bin" is stored sparse; its bytes/) }]);
  });
});

it("a hidden file is listed like all others", async () => {
  const { disc, state } = await withRecord((block, at) => block.writeUInt8(block.readUInt8(at + 25) | 1, at + 25));
  const volume = await fileSystem.open(disc, state);
  const hidden = (await volume.list(volume.root)).filter(({ attributes }) => attributes.hidden);
  expect(hidden.map(({ name }) => name)).toEqual(["big.bin"]);
  expect(volume.findings).toEqual([]);
});

describe("an image that was cut short", () => {
  it("tells which contents are gone, in a few reads, and reads all folders", async () => {
    const { disc, state } = await sampleDisc();
    const volume = await fileSystem.open(disc, state);
    const big = (await volume.list(volume.root)).find(({ name }) => name === "big.bin");
    if (big?.kind !== "file") throw new Error("The file is missing");
    const end = big.extents[0]?.at ?? 0;
    for (const at of [...disc.blocks.keys()]) if (at > end) disc.blocks.delete(at);
    const { reader, reads } = strict(disc);
    const cut = await fileSystem.open(reader, state);
    expect(await walk(cut)).toBeGreaterThan(60);
    expect(reads()).toBeLessThan(40);
    expect(cut.findings.map(({ what }) => what)).toContain(
      `The content of "big.bin" ends at block ${end + 2}, but nothing can be read from block ${end + 1} on.`,
    );
    expect(cut.findings.some(({ what }) => what.includes("file number"))).toBe(false);
  });

  it.each([
    ["far", 10_000, 1],
    ["a little, as padding that is missing,", 150, 0],
  ])("%s before the end that the volume claims is told once", async (_, blocks, told) => {
    const { disc, state } = await sampleDisc();
    const volume = await fileSystem.open(disc, { ...state, end: state.end + blocks });
    await walk(volume);
    const what = `The volume says that it is longer than what is there: nothing can be read from block ${state.end} on.`;
    expect(volume.findings).toEqual(told === 0 ? [] : [{ at: 16, what }]);
  });
});

it("a thousand equal names in one folder are told apart in no time", async () => {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf(
    Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`name ${String(index).padStart(6, "0")}`, ""])),
  );
  const plain = new Iso9660({ joliet: false, rockRidge: false });
  const state = await burnTree(plain, disc, tree, appendSpace(0), contents);
  for (const [at, block] of disc.blocks) {
    const copy = Buffer.from(block);
    for (let found = copy.indexOf("NAME_"); found >= 0; found = copy.indexOf("NAME_", found + 1))
      copy.fill("A", found, found + 11);
    disc.blocks.set(at, copy);
  }
  const volume = await plain.open(disc, state);
  const names = (await volume.list(volume.root)).map(({ name }) => name);
  expect(new Set(names).size).toBe(1000);
  expect(names).toContain("AAAAAAAAAAA~1000");
});

describe("a whole disc", () => {
  it("is read without reading a block twice, and a folder when it is looked at", async () => {
    const { disc, state } = await sampleDisc();
    const seen: number[] = [];
    const reader: BlockReader = {
      read: (at, blocks) => {
        for (let block = at; block < at + blocks; block += 1) seen.push(block);
        return disc.read(at, blocks);
      },
    };
    const volume = await new Iso9660({ sectionBytes: 2048, joliet: false }).open(reader, state);
    // Both descriptors, the terminator behind them, and the start of the root.
    expect(seen.length).toBeLessThanOrEqual(4);
    await walk(volume);
    expect(seen.length).toBeGreaterThan(10);
    expect(seen.filter((block, index) => seen.indexOf(block) !== index)).toEqual([]);
  });
});

it("a tower of 11,000 folders has an end that is told", async () => {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf({ x: {} });
  const plain = new Iso9660({ joliet: false, rockRidge: false });
  const state = await burnTree(plain, disc, tree, appendSpace(0), contents);
  const volume = await plain.open(disc, state);
  const [first] = await volume.list(volume.root);
  if (first?.kind !== "directory") throw new Error("The folder is missing");
  const rootBlock = Buffer.from(disc.blocks.get(volume.root.at) as Uint8Array);
  for (let level = 0; level < 11_000; level += 1) {
    const block = Buffer.from(rootBlock);
    const at = block.indexOf("X", 68) - 33;
    block.writeUInt32LE(5000 + level + 1, at + 2);
    block.writeUInt32BE(5000 + level + 1, at + 6);
    disc.blocks.set(5000 + level, block);
    if (level === 0) disc.blocks.set(first.at, block);
  }
  const tower = await plain.open(disc, state);
  expect(await walk(tower)).toBe(10_001);
  expect(tower.findings.map(({ what }) => what).join()).toMatch(/10000 levels deep/);
});
