import type { DirectoryNode, FileNode } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, MemoryDisc, stateAt, treeOf } from "./memory-disc.ts";

const fileSystem = new Iso9660();

/** What lies on the disc in the place of the file's bytes. */
const stored = Buffer.alloc(70_000, "as it lies ");

const entries = [
  ["SF of version 1.12", "534615010000000000000000000000010000000001".padEnd(42, "0")],
  ["SF of version 1.10", "53460c010000000100000001"],
  ["ZF of another algorithm", "5a4610016c7a040f0000000100000001"],
] as const;

/** A disc on which the second of three sessions says of the only file how it is stored; each names it where it lies. */
async function discWith(remark: string): Promise<MemoryDisc> {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf({ file: stored });
  const base = await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
  const imported = await importTree(await fileSystem.open(disc, base));
  const children = (imported.children as FileNode[]).map((node) => ({
    ...node,
    content: { ...node.content, remark },
  }));
  const root = { ...imported, children } as DirectoryNode;
  const second = await burnTree(fileSystem, disc, { ...tree, root }, appendSpace(4096), [], base);
  const again = await importTree(await fileSystem.open(disc, second));
  await burnTree(fileSystem, disc, { ...tree, root: again }, appendSpace(8192), [], second);
  return disc;
}

async function fileOn(disc: MemoryDisc, at: number) {
  const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, at));
  const [file] = await volume.list(volume.root);
  return { volume, file };
}

describe.each(entries)("a file with %s", (_, hex) => {
  it("is shown as it lies on the disc, and keeps its entry in later sessions", async () => {
    const disc = await discWith(`stored ${hex}`);
    const [first, second, third] = [await fileOn(disc, 0), await fileOn(disc, 4096), await fileOn(disc, 8192)];
    for (const { file, volume } of [second, third]) {
      expect(file).toEqual({ ...first.file, remark: `stored ${hex}` });
      expect(volume.findings).toEqual([{ at: volume.root.at, what: expect.stringMatching(/"file" is stored/) }]);
    }
    const directory = Buffer.from(disc.blocks.get(third.volume.root.at) as Uint8Array);
    expect(directory.toString("hex").split(hex)).toHaveLength(2);
  });
});

it("an entry that is too long for a record is not written", async () => {
  const { volume, file } = await fileOn(await discWith(`stored 5346ff01${"00".repeat(251)}`), 8192);
  expect(file).not.toHaveProperty("remark");
  expect(volume.findings).toEqual([]);
});
