import { expect, it } from "vitest";
import { appendOne, sessionBlocks } from "./append-cost.ts";

it("appending one file of 19 bytes to 100,000 files with Rock Ridge only takes 7,102 blocks", async () => {
  // 18 of system area and descriptors, path tables of 10, the root, 10 folders of 100 folders, 1,000 of 100 files.
  expect(sessionBlocks(await appendOne(100_000))).toBe(18 + 2 * 10 + 1 + 10 * 6 + 7000 + 3);
});
