import {
  assembleSession,
  type BlockReader,
  type DirectoryNode,
  type FileNode,
  type ImageShape,
  type Sharing,
  type StateRef,
  type Tree,
  type TreeNode,
} from "@multisession/core";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { appendSpace, burnLayout, fixed, MemoryDisc, stateAt } from "./memory-disc.ts";

/** Files of a folder, and folders of the folder above them. */
const PER_FOLDER = 100;

const BASE = 200_000;
const START = 400_000;

/** `count` recorded files of 300 bytes in folders of 100, and these in folders of 100, as in a tree that grew day by day. */
function recordedTree(count: number): DirectoryNode[] {
  const leaves = Array.from({ length: count / PER_FOLDER }, (_, leaf) =>
    directory(
      `dir_${String(leaf).padStart(4, "0")}`,
      ...Array.from({ length: PER_FOLDER }, (_, index): FileNode => {
        const number = leaf * PER_FOLDER + index;
        return {
          ...file(`document_${String(number).padStart(6, "0")}.txt`),
          content: { kind: "recorded", bytes: 300, extents: [{ at: 10_000 + number, bytes: 300 }], md5At: number },
        };
      }),
    ),
  );
  return Array.from({ length: Math.ceil(leaves.length / PER_FOLDER) }, (_, top) =>
    directory(`part_${top}`, ...leaves.slice(top * PER_FOLDER, (top + 1) * PER_FOLDER)),
  );
}

/** The session that appends one file of 19 bytes to `count` files, with the whole tree. */
export async function appendOne(count: number, fileSystem = new Iso9660({ joliet: false })): Promise<ImageShape> {
  return appendTo(recordedTree(count), fileSystem);
}

async function appendTo(
  children: readonly TreeNode[],
  fileSystem: Iso9660,
  shared?: { readonly base: StateRef; readonly sharing: Sharing },
): Promise<ImageShape> {
  const tree: Tree = { volumeName: "Documents", root: directory("", ...children, file("new.txt", 19, 0)) };
  const space = { ...appendSpace(START), sessionUnit: 1 };
  // As if the disc had a sum of each file.
  const md5Sums = (): Uint8Array => new Uint8Array(16);
  const layout = await fileSystem.layout(tree, { space, fixed, md5Sums, ...shared });
  if (fileSystem.needs(tree).atLeast > layout.front) throw new Error("More is said to be needed than is written");
  return assembleSession({
    space,
    fixed,
    layouts: [layout],
    contents: [{ bytes: 19, label: "new.txt" }],
    label: "",
    imageDigest: "",
  });
}

/** Counts the blocks that are read of a disc. */
class CountingReader implements BlockReader {
  readonly #reader: BlockReader;
  blocks = 0;

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  read(...[at, blocks, options]: Parameters<BlockReader["read"]>): Promise<Uint8Array> {
    this.blocks += blocks;
    return this.#reader.read(at, blocks, options);
  }
}

/** The session that appends one file of 19 bytes to `count` files and shares what can be, and the blocks read for that. */
export async function appendOneShared(
  count: number,
  fileSystem = new Iso9660({ joliet: false }),
): Promise<{ readonly shape: ImageShape; readonly read: number }> {
  const disc = new MemoryDisc();
  const recorded: Tree = { volumeName: "Documents", root: directory("", ...recordedTree(count)) };
  await burnLayout(disc, await fileSystem.layout(recorded, { space: appendSpace(BASE), fixed }), appendSpace(BASE));
  const base = await stateAt(fileSystem, disc, BASE);
  const reader = new CountingReader(disc);
  const volume = await fileSystem.open(reader, base);
  const parts: DirectoryNode[] = [];
  for (const entry of await volume.list(volume.root))
    if (entry.kind === "directory") parts.push({ ...entry, children: [], sharedAt: entry.at });
  const sharing = await volume.share?.();
  if (sharing === undefined || "reason" in sharing) throw new Error(`Nothing is shared: ${sharing?.reason}`);
  for (const { sharedAt } of parts)
    if (!(await sharing.canShare(sharedAt ?? 0))) throw new Error(`The folder at ${sharedAt} is not shared`);
  const shape = await appendTo(parts, fileSystem, { base, sharing });
  disc.burn(shape, [Buffer.alloc(19)]);
  return { shape, read: reader.blocks };
}

/** All blocks of a session, manifest and trailer included. */
export function sessionBlocks({ phases }: ImageShape): number {
  return phases.flatMap(({ extents }) => extents).reduce((sum, { blocks }) => sum + blocks, 0);
}
