import { BLOCK_BYTES } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { treeWithContents } from "./arbitrary-tree.ts";
import { appendSpace, burnLayout, burnTree, fixed, MemoryDisc } from "./memory-disc.ts";
import { expectedListing, listingOf, rawRecords } from "./read-back.ts";

const starts = fc.constantFrom(0, 32, 12_010, 2_237_440);
const sectionBytes = fc.constantFrom(BLOCK_BYTES, 2 * BLOCK_BYTES, 2 ** 32 - BLOCK_BYTES);

describe("a tree of any shape", () => {
  it("is read back as it was laid out", async () => {
    await fc.assert(
      fc.asyncProperty(treeWithContents, starts, sectionBytes, async ({ tree, contents }, start, sectionBytes) => {
        const disc = new MemoryDisc();
        const fileSystem = new Iso9660({ sectionBytes });
        const state = await burnTree(fileSystem, disc, tree, appendSpace(start), contents);
        const volume = await fileSystem.open(disc, state);
        expect(await listingOf(volume, disc)).toEqual(expectedListing(tree, contents));
        expect(volume.volumeName).toBe(tree.volumeName);
        expect(volume.findings).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("takes exactly the blocks that the layout announced, and gives the same bytes each time", async () => {
    await fc.assert(
      fc.asyncProperty(treeWithContents, starts, async ({ tree, contents }, start) => {
        const fileSystem = new Iso9660();
        const space = appendSpace(start);
        const [once, again] = [new MemoryDisc(), new MemoryDisc()];
        const layout = await fileSystem.layout(tree, { space, fixed });
        expect(layout.front).toBeGreaterThanOrEqual(fileSystem.needs(tree).atLeast);
        // `burn` fails when an extent's bytes are not its blocks; the second time the same rendering is taken again.
        await burnLayout(once, layout, space, contents);
        await burnLayout(again, await fileSystem.layout(tree, { space, fixed }), space, contents);
        expect(again.digest()).toBe(once.digest());
      }),
      { numRuns: 30 },
    );
  });

  it("has directories as ECMA-119 demands: sorted, complete, with parents and path tables that agree", async () => {
    await fc.assert(
      fc.asyncProperty(treeWithContents, sectionBytes, async ({ tree, contents }, sectionBytes) => {
        const disc = new MemoryDisc();
        await burnTree(new Iso9660({ sectionBytes }), disc, tree, appendSpace(0), contents);
        for (const [descriptor, encoding] of [
          [16, "latin1"],
          [17, "utf-16be"],
        ] as const) {
          const directories = await walkRaw(disc, descriptor, encoding);
          for (const { names } of directories)
            expect(names).toEqual(names.toSorted(encoding === "latin1" ? byStandard : byUnits));
          const table = directories.map(({ at, parent, name }) => ({ at, parent: parent + 1, name }));
          for (const type of ["L", "M"] as const)
            expect(await pathTable(disc, descriptor, type, encoding)).toEqual(table);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** ECMA-119 9.3: name and extension padded with spaces, without the version. */
function byStandard(a: string, b: string): number {
  const split = (identifier: string): string[] =>
    [identifier, ""]
      .join(".")
      .replace(/;1\.?$/, "")
      .split(".");
  const [nameA = "", extensionA = ""] = split(a.replace(/;1$/, ""));
  const [nameB = "", extensionB = ""] = split(b.replace(/;1$/, ""));
  const padded = (name: string, extension: string): string => name.padEnd(32) + extension.padEnd(32);
  return padded(nameA, extensionA) < padded(nameB, extensionB)
    ? -1
    : padded(nameA, extensionA) > padded(nameB, extensionB)
      ? 1
      : 0;
}

function byUnits(a: string, b: string): number {
  const [first, second] = [a.replace(/;1$/, ""), b.replace(/;1$/, "")];
  return first < second ? -1 : first > second ? 1 : 0;
}

interface RawDirectory {
  readonly at: number;
  readonly parent: number;
  readonly name: string;
  readonly names: readonly string[];
}

/** All directories in the order of a path table: by depth, parent, and name. */
async function walkRaw(
  disc: MemoryDisc,
  descriptor: number,
  encoding: "latin1" | "utf-16be",
): Promise<readonly RawDirectory[]> {
  const block = Buffer.from(await disc.read(descriptor, 1));
  const found = [{ at: block.readUInt32LE(158), bytes: block.readUInt32LE(166), parent: 0, name: "\0" }];
  const directories: RawDirectory[] = [];
  for (const [index, { at, bytes, parent, name }] of found.entries()) {
    const [self, up, ...records] = await rawRecords(disc, at, bytes, encoding);
    expect(self).toEqual({ name: "\0", extent: at, bytes, flags: 2 });
    expect(up).toEqual({ name: "\x01", extent: found[parent]?.at, bytes: found[parent]?.bytes, flags: 2 });
    directories.push({ at, parent, name, names: records.map((record) => record.name) });
    for (const record of records)
      if (record.flags === 2) found.push({ at: record.extent, bytes: record.bytes, parent: index, name: record.name });
  }
  return directories;
}

async function pathTable(
  disc: MemoryDisc,
  descriptor: number,
  type: "L" | "M",
  encoding: "latin1" | "utf-16be",
): Promise<unknown> {
  const block = Buffer.from(await disc.read(descriptor, 1));
  const bytes = block.readUInt32LE(132);
  const at = type === "L" ? block.readUInt32LE(140) : block.readUInt32BE(148);
  const table = Buffer.from(await disc.read(at, Math.ceil(bytes / BLOCK_BYTES))).subarray(0, bytes);
  const records: unknown[] = [];
  for (let offset = 0; offset < bytes; ) {
    const length = table.readUInt8(offset);
    const name = table.subarray(offset + 8, offset + 8 + length);
    records.push({
      at: type === "L" ? table.readUInt32LE(offset + 2) : table.readUInt32BE(offset + 2),
      parent: type === "L" ? table.readUInt16LE(offset + 6) : table.readUInt16BE(offset + 6),
      name: length === 1 || encoding === "latin1" ? name.toString("latin1") : new TextDecoder("utf-16be").decode(name),
    });
    offset += 8 + length + (length % 2);
  }
  return records;
}
