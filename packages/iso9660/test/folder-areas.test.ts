import { BLOCK_BYTES, type BlockReader, type DirectoryNode } from "@multisession/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, MemoryDisc, stateAt } from "./memory-disc.ts";

interface FoundFolder {
  readonly at: number;
  readonly parentEnd: number;
  /** Block of the area that its record goes on in. */
  readonly area: number | undefined;
}

/** All folders in the root's tree as the primary hierarchy has them, read without the package's own code. */
async function foldersOf(reader: BlockReader): Promise<readonly FoundFolder[]> {
  const found: FoundFolder[] = [];
  const visit = async (at: number, bytes: number): Promise<void> => {
    const data = Buffer.from(await reader.read(at, bytes / BLOCK_BYTES));
    for (let offset = 0; offset < data.length; ) {
      const length = data.readUInt8(offset);
      if (length === 0) {
        offset = (Math.floor(offset / BLOCK_BYTES) + 1) * BLOCK_BYTES;
        continue;
      }
      const record = data.subarray(offset, offset + length);
      offset += length;
      const isDot = record.readUInt8(32) === 1 && record.readUInt8(33) < 2;
      if (isDot || (record.readUInt8(25) & 2) === 0) continue;
      const entry = record.indexOf(Buffer.from([0x43, 0x45, 28, 1]), 33);
      const area = entry < 0 ? undefined : record.readUInt32LE(entry + 4);
      found.push({ at: record.readUInt32LE(2), parentEnd: at + bytes / BLOCK_BYTES, area });
      await visit(record.readUInt32LE(2), record.readUInt32LE(10));
    }
  };
  const primary = Buffer.from(await reader.read(16, 1));
  await visit(primary.readUInt32LE(158), primary.readUInt32LE(166));
  return found;
}

const folderName = fc
  .tuple(fc.constantFrom("a", "漢", "b"), fc.integer({ min: 1, max: 80 }), fc.constantFrom("", "1", "2"))
  .map(([text, count, end]) => `${text.repeat(Math.min(3, 4 - Buffer.byteLength(text)) * count)}${end}`);

const { folder } = fc.letrec<{ folder: DirectoryNode; folders: DirectoryNode[] }>((tie) => ({
  folder: fc
    .tuple(folderName, tie("folders"))
    .map(([name, folders]) => directory(name, ...folders, file(`${"f".repeat(200)}.txt`))),
  folders: fc.oneof(
    { maxDepth: 3 },
    fc.constant<DirectoryNode[]>([]),
    fc.uniqueArray(tie("folder"), { selector: ({ name }) => name, maxLength: 4 }),
  ),
}));

it.each([
  ["where they are", "allowed"],
  ["some of them moved", "relocated"],
] as const)(
  "what a folder's record says outside lies behind its parent and before itself, %s",
  async (_, deepFolders) => {
    const fileSystem = new Iso9660({ deepFolders });
    let areas = 0;
    await fc.assert(
      fc.asyncProperty(folder, fc.integer({ min: 0, max: 9 }), async (inner, depth) => {
        const deep = Array.from({ length: depth }).reduce<DirectoryNode>(
          (below, __, index) => directory(`d${index}`, below),
          inner,
        );
        const disc = new MemoryDisc();
        await burnTree(fileSystem, disc, { volumeName: "V", root: directory("", deep) }, appendSpace(0), [
          Buffer.alloc(0),
        ]);
        const folders = await foldersOf(disc);
        for (const { at, parentEnd, area } of folders) {
          if (area === undefined) continue;
          areas += 1;
          expect(area).toBeGreaterThanOrEqual(parentEnd);
          expect(area).toBeLessThan(at);
        }
        const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, 0));
        expect(namesOf(await importTree(volume))).toEqual(namesOf(directory("", deep)));
        expect(volume.findings).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(areas).toBeGreaterThan(50);
  },
);

/** Names of a tree, sorted. */
function namesOf(node: DirectoryNode): unknown {
  return node.children
    .map((child): unknown => (child.kind === "directory" ? [child.name, namesOf(child)] : child.name))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
