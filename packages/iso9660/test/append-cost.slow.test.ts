import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { appendOne, appendOneShared, sessionBlocks } from "./append-cost.ts";

describe("appending one file of 19 bytes to 100,000 files with Rock Ridge only", () => {
  it("takes 7,098 blocks", async () => {
    // 18 of system area and descriptors, path tables of 8, the root, 10 folders of 100 folders, 1,000 of 100 files.
    expect(sessionBlocks(await appendOne(100_000))).toBe(18 + 2 * 8 + 1 + 10 * 6 + 7000 + 3);
  });

  it("takes 8,883 blocks with MD5 sums", async () => {
    // 3 tags, 8 blocks instead of 7 for a folder, and the list.
    const blocks = sessionBlocks(await appendOne(100_000, new Iso9660({ joliet: false, md5: true })));
    expect(blocks).toBe(7098 + 3 + 1000 + Math.ceil((100_003 * 16) / 2048));
  });

  it("takes 38 blocks where unchanged folders stay where they lie", async () => {
    const { shape, read } = await appendOneShared(100_000);
    expect(sessionBlocks(shape)).toBe(18 + 2 * 8 + 1 + 3);
    expect(read).toBe(2 + 1 + 8);
  });
});
