import type { Finding, StateRef } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { appendSpace, burnTree, MemoryDisc, stateAt, treeOf } from "./memory-disc.ts";
import { listingOf } from "./read-back.ts";

const START = 4096;
const PRIMARY = START + 16;
const JOLIET = START + 17;
const ROOT = START + 23;

const fileSystem = new Iso9660();

/** A session behind others, with a descriptor changed; `change` gets its bytes. */
async function changedDisc(
  block: number,
  change: (descriptor: Buffer) => void,
): Promise<{ disc: MemoryDisc; state: StateRef }> {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf({ folder: { "long file name.txt": "deep" } });
  await burnTree(fileSystem, disc, tree, appendSpace(START), contents);
  const descriptor = Buffer.from(disc.blocks.get(block) as Uint8Array);
  change(descriptor);
  disc.blocks.set(block, descriptor);
  return { disc, state: await stateAt(fileSystem, disc, START) };
}

/** All that is listed, which must be everything, and the findings. */
async function findingsOf(disc: MemoryDisc, reader = fileSystem): Promise<readonly Finding[]> {
  expect(await reader.probe.head(disc, START)).toMatchObject({ isTreeReadable: true });
  const volume = await reader.open(disc, await stateAt(reader, disc, START));
  expect(Object.keys(await listingOf(volume, disc))).toEqual(["", "/folder", "/folder/long file name.txt"]);
  return volume.findings;
}

const differ = (field: string): string => `The two halves of a number in a volume descriptor differ: ${field}.`;
const otherCounts = "The big-endian half of the root directory's place counts: the other is wrong.";
const rootPlace = "the root directory's place";

describe.each<[string, (descriptor: Buffer) => void, readonly string[]]>([
  ["whose volume size is zero in its big-endian half", (bytes) => bytes.fill(0, 84, 88), [differ("the volume's size")]],
  [
    "whose volume size is zero in its little-endian half",
    (bytes) => bytes.fill(0, 80, 84),
    [differ("the volume's size")],
  ],
  ["whose volume size is zero", (bytes) => bytes.fill(0, 80, 88), ["The volume says that it has no blocks."]],
  ["whose path table size differs", (bytes) => bytes.writeUInt32BE(77, 136), [differ("the path table's size")]],
  [
    "without any big-endian half",
    (bytes) => {
      for (const at of [84, 136, 162, 170]) bytes.fill(0, at, at + 4);
    },
    [differ(`the volume's size, the path table's size, ${rootPlace}`)],
  ],
  ["that gives the root's big-endian address wrong", (bytes) => bytes.writeUInt32BE(7, 162), [differ(rootPlace)]],
  [
    "that gives the root's little-endian address wrong",
    (bytes) => bytes.writeUInt32LE(7, 158),
    [differ(rootPlace), otherCounts],
  ],
  [
    "that gives the root's little-endian address where no disc is",
    (bytes) => bytes.writeUInt32LE(0xffff_ffff, 158),
    [differ(rootPlace), otherCounts],
  ],
  ["that gives the root's big-endian length wrong", (bytes) => bytes.writeUInt32BE(7, 170), [differ(rootPlace)]],
  [
    "that gives the root's little-endian length wrong",
    (bytes) => bytes.writeUInt32LE(0, 166),
    [differ(rootPlace), otherCounts],
  ],
  [
    "that names no path table",
    (bytes) => bytes.fill(0, 132, 156),
    ["A volume descriptor names no path table; it is not needed to read the disc here."],
  ],
  [
    "whose path table lies behind the volume",
    (bytes) => bytes.writeUInt32BE(0x0100_0000, 148),
    ["A path table ends at block 16777216, behind the end of the volume."],
  ],
])("a primary descriptor %s", (_, change, expected) => {
  it("is told with its block, and the disc is read as it is", async () => {
    const { disc } = await changedDisc(PRIMARY, change);
    expect(await findingsOf(disc)).toEqual(expected.map((what) => ({ at: PRIMARY, what })));
  });
});

it("Joliet's root is found by either half too", async () => {
  const { disc } = await changedDisc(JOLIET, (bytes) => bytes.writeUInt32LE(7, 158));
  expect(await findingsOf(disc, new Iso9660({ prefer: ["joliet"] }))).toEqual(
    [differ(rootPlace), otherCounts].map((what) => ({ at: JOLIET, what })),
  );
});

it.each([
  ["zeros", new Uint8Array(2048)],
  ["what cannot be read", undefined],
])("descriptors that end in %s instead of a terminator are told", async (_, block) => {
  const { disc } = await changedDisc(PRIMARY, () => undefined);
  if (block === undefined) disc.blocks.delete(JOLIET + 1);
  else disc.blocks.set(JOLIET + 1, block);
  expect(await findingsOf(disc)).toEqual([
    { at: JOLIET + 1, what: "The volume descriptors end here without a terminator." },
  ]);
});

it("a path table that is not there is told when it is asked for", async () => {
  const { disc, state } = await changedDisc(PRIMARY, () => undefined);
  disc.blocks.delete(ROOT - 4);
  const volume = await fileSystem.open(disc, state);
  expect(await volume.directories?.()).toBeUndefined();
  expect(volume.findings).toEqual([{ at: ROOT - 4, what: "The path table cannot be read." }]);
  disc.blocks.set(ROOT - 4, new Uint8Array(2048));
  const again = await fileSystem.open(disc, state);
  expect(await again.directories?.()).toBeUndefined();
  expect(again.findings).toEqual([{ at: ROOT - 4, what: "The path table does not begin with the root directory." }]);
});
