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

  it("whose folder leads back to its parent is walked to the end", async () => {
    const { disc, state } = await sampleDisc();
    const volume = await fileSystem.open(disc, state);
    const root = volume.root.at;
    const folder = (await volume.list(volume.root)).find(({ name }) => name === "folder");
    if (folder?.kind !== "directory") throw new Error("The folder is missing");
    const block = Buffer.from(disc.blocks.get(folder.at) as Uint8Array);
    const at = block.indexOf("INNER");
    block.writeUInt32LE(root, at - 33 + 2);
    disc.blocks.set(folder.at, block);
    const again = await fileSystem.open(disc, state);
    expect(await walk(again)).toBeLessThan(100);
    expect(again.findings).toEqual([{ at: folder.at, what: expect.stringMatching(/leads back/) }]);
  });
});

describe("a folder that claims to be longer than it is", () => {
  it("is read to where nothing more comes, without a finding when the rest is empty", async () => {
    const { disc, state } = await sampleDisc();
    const folder = await findFolder(disc, state, "folder");
    for (let at = state.end; at < state.end + 200; at += 1) disc.blocks.set(at, new Uint8Array(2048));
    const moved = Buffer.from(disc.blocks.get(folder) as Uint8Array);
    moved.writeUInt32LE(200 * 2048, 10);
    disc.blocks.set(state.end, moved);
    const volume = await fileSystem.open(disc, state);
    const entries = await volume.list({ ...volume.root, at: state.end });
    expect(entries.map(({ name }) => name)).toEqual(["inner", "Ünïcode"]);
    expect(volume.findings).toEqual([]);
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
