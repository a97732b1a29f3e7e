import { describe, expect, it } from "vitest";
import { Iso9660, type Iso9660Options } from "../src/index.ts";
import { appendSpace, burnTree, MemoryDisc, stateAt, treeOf } from "./memory-disc.ts";

const { probe } = new Iso9660();

/** A volume as another program would leave it: no record of ours, and the size that the test asks for. */
async function foreignDisc(
  start: number,
  size: (end: number) => number,
  written: (end: number) => number,
): Promise<{ disc: MemoryDisc; end: number }> {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf({ "a.txt": "a" });
  const { end } = await burnTree(new Iso9660(), disc, tree, appendSpace(start), contents);
  const descriptor = disc.blocks.get(start + 16) as Uint8Array;
  for (const at of [start + 16, start + 17]) disc.blocks.get(at)?.fill(0, 883, 1395);
  const view = Buffer.from(descriptor.buffer);
  view.writeUInt32LE(size(end), 80);
  view.writeUInt32BE(size(end), 84);
  for (let at = end; at < written(end); at += 1) disc.blocks.set(at, new Uint8Array(2048));
  return { disc, end };
}

describe("the end of a head without our record", () => {
  it.each([
    ["at the start of the disc is its size", 0, (end: number) => end, (end: number) => end, (end: number) => end],
    [
      "is its own size behind its start, when that is smaller than where it lies",
      5000,
      (end: number) => end - 5000,
      (end: number) => end,
      (end: number) => end,
    ],
    [
      "is an absolute size, when the own size would lie behind what can be read",
      5000,
      (end: number) => end,
      (end: number) => end,
      (end: number) => end,
    ],
    ["is its own size, when both can be read", 100, () => 500, () => 700, () => 600],
    ["is its own size, when neither can be read", 100, () => 500, (end: number) => end, () => 600],
  ] as const)("%s", async (_, start, size, written, expected) => {
    const { disc, end } = await foreignDisc(start, size, written);
    expect(await probe.head(disc, start)).toMatchObject({ start, end: expected(end), label: "Test Volume" });
    expect((await probe.head(disc, start))?.record).toBeUndefined();
  });
});

describe("a head", () => {
  it.each<[string, Iso9660Options, readonly number[], boolean]>([
    ["a tree that can be read", {}, [], true],
    ["one that can be read by Joliet alone", {}, [23], true],
    ["none where no root can be read", {}, [23, 24], false],
    ["none where what is left is never read", { prefer: ["rock-ridge", "plain"] }, [23], false],
    ["none without the primary root and Joliet", { joliet: false }, [20], false],
    ["one by Rock Ridge alone", { prefer: ["rock-ridge"] }, [24], true],
    ["none by Rock Ridge alone where there is none", { prefer: ["rock-ridge"], rockRidge: false }, [], false],
    ["one by the enhanced names alone", { level: 4, prefer: ["enhanced"] }, [], true],
  ])("says that it leads to %s, as opening it does", async (_, options, unreadable, isTreeReadable) => {
    for (const damage of ["unreadable", "zero"]) {
      const disc = new MemoryDisc();
      const fileSystem = new Iso9660(options);
      const { tree, contents } = treeOf({});
      await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
      for (const at of unreadable)
        if (damage === "zero") disc.blocks.set(at, new Uint8Array(2048));
        else disc.blocks.delete(at);
      expect(await fileSystem.probe.head(disc, 0)).toMatchObject({ isTreeReadable });
      const opened = fileSystem.open(disc, await stateAt(fileSystem, disc, 0));
      if (isTreeReadable) expect((await opened).root.name).toBe("");
      else await expect(opened).rejects.toMatchObject({ code: "DAMAGED_CONTENT" });
    }
  });

  it.each([
    ["there is nothing", 0],
    ["the address is outside the disc", 0xffff_ffff],
  ])("is not found where %s", async (_, start) => {
    expect(await probe.head(new MemoryDisc(), start)).toBeUndefined();
  });

  it("is not found in zeros, nor in a descriptor of other blocks than 2048 bytes", async () => {
    const disc = new MemoryDisc();
    disc.write(0, new Uint8Array(32 * 2048));
    expect(await probe.head(disc, 0)).toBeUndefined();
    const { tree, contents } = treeOf({});
    await burnTree(new Iso9660(), disc, tree, appendSpace(0), contents);
    (disc.blocks.get(16) as Uint8Array)[129] = 2;
    expect(await probe.head(disc, 0)).toBeUndefined();
  });
});
