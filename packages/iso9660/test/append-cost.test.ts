import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { appendOne, appendOneShared, sessionBlocks } from "./append-cost.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { appendSpace, burnTree, MemoryDisc } from "./memory-disc.ts";

describe("appending one file of 19 bytes, with Rock Ridge only,", () => {
  it.each([
    // 18 of system area and descriptors, 2 path tables, the root, the folder of folders, 10 folders of 7, content, manifest,
    // trailer.
    [1000, 18 + 2 + 1 + 1 + 70 + 3],
    [10_000, 18 + 2 + 1 + 6 + 700 + 3],
  ])("to %d files takes %d blocks", async (files, blocks) => {
    expect(sessionBlocks(await appendOne(files))).toBe(blocks);
  });

  it.each([1000, 10_000])("to %d files takes 24 blocks where unchanged folders stay where they lie", async (files) => {
    const { shape, read } = await appendOneShared(files);
    expect(sessionBlocks(shape)).toBe(18 + 2 + 1 + 3);
    // Descriptors and their terminator, the root, one path table.
    expect(read).toBe(2 + 1 + 1);
  });

  it.each([
    ["Joliet too", {}, 24 + 3 + 1, 4 + 3],
    ["all three hierarchies", { level: 4 }, 24 + 3 + 3 + 2, 4 + 2 * 3],
  ] as const)("shares folders with %s", async (_, options, blocks, read) => {
    const appended = await appendOneShared(1000, new Iso9660(options));
    expect(sessionBlocks(appended.shape)).toBe(blocks);
    expect(appended.read).toBe(read);
  });

  it.each([
    // 3 tags more, the list of sums, and 8 blocks instead of 7 for a folder.
    [1000, 95 + 3 + 8 + 10],
    [10_000, 730 + 3 + 79 + 100],
  ])("to %d files takes %d blocks with MD5 sums, as many as xorriso writes with them", async (files, blocks) => {
    const fileSystem = new Iso9660({ joliet: false, md5: true });
    expect(sessionBlocks(await appendOne(files, fileSystem))).toBe(blocks);
  });

  it("to 10,000 files takes 27 with MD5 sums where unchanged folders stay where they lie", async () => {
    const { shape } = await appendOneShared(10_000, new Iso9660({ joliet: false, md5: true }));
    expect(sessionBlocks(shape)).toBe(24 + 3);
  });

  it("to 10,000 files takes 730 with Rock Ridge 1.12, which is no block more for a folder", async () => {
    const blocks = sessionBlocks(await appendOne(10_000, new Iso9660({ joliet: false, rockRidge: "1.12" })));
    expect(blocks).toBe(730);
  });
});

it.each([
  ["1.10", 126],
  ["1.12", 134],
  [false, 54],
] as const)("the record of document_000123.txt with Rock Ridge %s takes %d bytes", async (rockRidge, bytes) => {
  const disc = new MemoryDisc();
  const fileSystem = new Iso9660({ joliet: false, rockRidge });
  const tree = { volumeName: "V", root: directory("", file("document_000123.txt")) };
  const volume = await fileSystem.open(disc, await burnTree(fileSystem, disc, tree, appendSpace(0), [Buffer.alloc(0)]));
  const block = Buffer.from(await disc.read(volume.root.kind === "directory" ? volume.root.at : 0, 1));
  const at = block.indexOf("DOCUMENT_000123.TXT;1") - 33;
  expect(block[at]).toBe(bytes);
});
