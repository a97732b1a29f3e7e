import {
  type Attributes,
  BLOCK_BYTES,
  type BlockReader,
  blocksOf,
  type RecordedEntry,
  type RecordedVolume,
  type Tree,
  type TreeNode,
} from "@multisession/core";

/** A tree in a form that two sources of it can be compared in: path to what is there. */
export type Listing = Readonly<
  Record<
    string,
    {
      readonly kind: TreeNode["kind"];
      readonly attributes: Attributes;
      readonly target?: string;
      readonly content?: string;
    }
  >
>;

/** What a volume shows. */
export async function listingOf(volume: RecordedVolume, reader: BlockReader): Promise<Listing> {
  const listing: Record<string, Listing[string]> = {};
  const visit = async (entry: RecordedEntry, path: string): Promise<void> => {
    const { kind, attributes } = entry;
    if (kind === "file") listing[path] = { kind, attributes, content: await contentOf(entry, reader) };
    else if (kind === "symlink") listing[path] = { kind, attributes, target: entry.target };
    else if (kind === "special") listing[path] = { kind, attributes };
    else {
      listing[path] = { kind, attributes };
      for (const child of await volume.list(entry)) await visit(child, `${path}/${child.name}`);
    }
  };
  await visit(volume.root, "");
  return listing;
}

async function contentOf(entry: RecordedEntry & { kind: "file" }, reader: BlockReader): Promise<string> {
  const pieces: Uint8Array[] = [];
  for (const { at, bytes } of entry.extents) pieces.push((await reader.read(at, blocksOf(bytes))).subarray(0, bytes));
  const content = Buffer.concat(pieces);
  if (content.length !== entry.bytes)
    throw new Error(`${entry.name}: ${content.length} bytes instead of ${entry.bytes}`);
  return content.toString("base64");
}

/** What a tree should show. */
export function expectedListing({ root }: Tree, contents: readonly Uint8Array[]): Listing {
  const listing: Record<string, Listing[string]> = {};
  const visit = (node: TreeNode, path: string): void => {
    const { kind, attributes } = node;
    if (kind === "file") {
      const id = node.content.kind === "new" ? node.content.id : -1;
      listing[path] = { kind, attributes, content: Buffer.from(contents[id] ?? []).toString("base64") };
    } else if (kind === "symlink") listing[path] = { kind, attributes, target: node.target };
    else if (kind === "special") listing[path] = { kind, attributes };
    else {
      listing[path] = { kind, attributes };
      for (const child of node.children) visit(child, `${path}/${child.name}`);
    }
  };
  visit(root, "");
  return listing;
}

/** A directory record, read without the package's own code. */
export interface RawRecord {
  readonly name: string;
  readonly extent: number;
  readonly bytes: number;
  readonly flags: number;
}

/** The records of a directory as ECMA-119 9.1 lays them out; fails on everything that the standard forbids. */
export async function rawRecords(
  reader: BlockReader,
  at: number,
  bytes: number,
  encoding: "latin1" | "utf-8" | "utf-16be",
): Promise<RawRecord[]> {
  const records: RawRecord[] = [];
  const data = Buffer.from(await reader.read(at, bytes / BLOCK_BYTES));
  for (let block = 0; block < data.length; block += BLOCK_BYTES) {
    let offset = block;
    while (offset < block + BLOCK_BYTES && data[offset] !== 0) {
      const length = data.readUInt8(offset);
      if (offset + length > block + BLOCK_BYTES) throw new Error("A record crosses the end of a block");
      if (length % 2 !== 0) throw new Error("A record has an odd length");
      for (const field of [2, 10])
        if (data.readUInt32LE(offset + field) !== data.readUInt32BE(offset + field + 4))
          throw new Error("The halves of a number differ");
      const nameBytes = data.subarray(offset + 33, offset + 33 + data.readUInt8(offset + 32));
      const name =
        nameBytes.length === 1 || encoding === "latin1"
          ? nameBytes.toString("latin1")
          : new TextDecoder(encoding).decode(nameBytes);
      records.push({
        name,
        extent: data.readUInt32LE(offset + 2),
        bytes: data.readUInt32LE(offset + 10),
        flags: data.readUInt8(offset + 25),
      });
      offset += length;
    }
    if (data.subarray(offset, block + BLOCK_BYTES).some((byte) => byte !== 0))
      throw new Error("The rest of a block is not zero");
  }
  return records;
}
