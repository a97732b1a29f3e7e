import { createHash } from "node:crypto";
import {
  type Attributes,
  BLOCK_BYTES,
  type BlockReader,
  blocksOf,
  type ContentSource,
  type DirectoryNode,
  type FileSystem,
  type NewContent,
  type RecordedEntry,
  type RecordedVolume,
  type StateRef,
  type Tree,
  type TreeNode,
} from "@multisession/core";

/** A tree to burn, with the bytes of its new files. */
export interface SampleImage {
  /** What is rendered. */
  readonly tree: Tree;
  /** The new contents, by their ids. */
  readonly contents: readonly NewContent[];
  /** Gives their bytes. */
  readonly source: ContentSource;
}

/** Every file of a tree by its path, as size and SHA-256: two trees with equal listings show the same bytes. */
export type Listing = ReadonlyMap<string, string>;

const attributes: Attributes = { mode: 0o644, uid: 0, gid: 0, modified: Date.UTC(2026, 0, 2, 3, 4, 6) };

/** Bytes that differ from file to file and from round to round. */
function bytesOf(name: string, length: number): Uint8Array {
  const seed = createHash("sha256").update(name).digest();
  const pattern = Buffer.concat(Array.from({ length: 256 }, (_, round) => seed.map((byte) => byte ^ round)));
  return Buffer.alloc(length, pattern);
}

/**
 * The image of one round: all that the base has, one file that is replaced each time, and new ones beside it.
 * `fillBlocks` adds a file of so many blocks.
 */
export function sampleImage(round: number, base: DirectoryNode | undefined, fillBlocks = 0): SampleImage {
  const added: readonly (readonly [string, number])[] = [
    ["changing.txt", 700 + round],
    [`round-${round}.bin`, 2 * BLOCK_BYTES + 17 * round],
    ...(round === 1 ? ([["empty", 0]] as const) : []),
    ...(fillBlocks > 0 ? ([[`fill-${round}`, fillBlocks * BLOCK_BYTES]] as const) : []),
  ];
  const files = added.map(([name, length]) => ({ name, bytes: bytesOf(`${name} ${round}`, length) }));
  const names = new Set(added.map(([name]) => name));
  const kept = base?.children.filter(({ name }) => !names.has(name)) ?? [];
  const children: readonly TreeNode[] = [
    ...kept,
    ...files.map(
      ({ name, bytes }, id): TreeNode => ({
        kind: "file",
        name,
        attributes,
        content: { kind: "new", bytes: bytes.length, id },
      }),
    ),
    ...(round === 1 ? [folder("folder", [folder("inner", [])])] : []),
  ];
  return {
    tree: {
      volumeName: `ROUND_${round}`,
      root: { ...folder("", children), attributes: base?.attributes ?? folderAttributes },
    },
    contents: files.map(({ name, bytes }) => ({ bytes: bytes.length, label: `/${name}` })),
    source: { check: async () => {}, open: (id) => [files[id]?.bytes ?? new Uint8Array()] },
  };
}

const folderAttributes: Attributes = { ...attributes, mode: 0o755 };

function folder(name: string, children: readonly TreeNode[]): DirectoryNode {
  return { kind: "directory", name, attributes: folderAttributes, children };
}

/** The tree that a state shows, to be appended to. */
export async function treeOnDisc(fileSystem: FileSystem, reader: BlockReader, state: StateRef): Promise<DirectoryNode> {
  const volume = await fileSystem.open(reader, state);
  return directoryOnDisc(volume, volume.root, "");
}

async function directoryOnDisc(
  volume: RecordedVolume,
  directory: RecordedEntry & { readonly kind: "directory" },
  name: string,
): Promise<DirectoryNode> {
  const children: TreeNode[] = [];
  for (const entry of await volume.list(directory)) {
    const { kind, attributes } = entry;
    if (kind === "directory") children.push(await directoryOnDisc(volume, entry, entry.name));
    else if (kind === "symlink") children.push({ kind, name: entry.name, attributes, target: entry.target });
    else if (kind === "special") children.push(entry);
    else {
      const { bytes, extents } = entry;
      children.push({ kind, name: entry.name, attributes, content: { kind: "recorded", bytes, extents } });
    }
  }
  return { kind: "directory", name, attributes: directory.attributes, children };
}

/** Every file that a state shows, read to its last byte. */
export async function listingOnDisc(fileSystem: FileSystem, reader: BlockReader, state: StateRef): Promise<Listing> {
  const volume = await fileSystem.open(reader, state);
  const listing = new Map<string, string>();
  await listInto(listing, volume, volume.root, "", reader);
  return listing;
}

async function listInto(
  listing: Map<string, string>,
  volume: RecordedVolume,
  directory: RecordedEntry & { readonly kind: "directory" },
  path: string,
  reader: BlockReader,
): Promise<void> {
  for (const entry of await volume.list(directory)) {
    const place = `${path}/${entry.name}`;
    if (entry.kind === "directory") {
      listing.set(`${place}/`, "folder");
      await listInto(listing, volume, entry, place, reader);
    } else if (entry.kind === "file") listing.set(place, await digestOnDisc(entry, reader));
    else listing.set(place, entry.kind === "symlink" ? `link to ${entry.target}` : entry.type);
  }
}

async function digestOnDisc(file: RecordedEntry & { readonly kind: "file" }, reader: BlockReader): Promise<string> {
  const hash = createHash("sha256");
  for (const { at, bytes } of file.extents)
    if (bytes > 0) hash.update((await reader.read(at, blocksOf(bytes))).subarray(0, bytes));
  return `${file.bytes} bytes, ${hash.digest("hex")}`;
}

/** What a disc must show once an image is burned over a tree of which `base` is the listing. */
export async function listingAfter(image: SampleImage, base: Listing | undefined): Promise<Listing> {
  const listing = new Map(base);
  const visit = async (node: TreeNode, path: string): Promise<void> => {
    if (node.kind === "directory") {
      if (path !== "") listing.set(`${path}/`, "folder");
      for (const child of node.children) await visit(child, `${path}/${child.name}`);
    } else if (node.kind === "file" && node.content.kind === "new") {
      const hash = createHash("sha256");
      for await (const piece of image.source.open(node.content.id)) hash.update(piece);
      listing.set(path, `${node.content.bytes} bytes, ${hash.digest("hex")}`);
    }
  };
  await visit(image.tree.root, "");
  return listing;
}
