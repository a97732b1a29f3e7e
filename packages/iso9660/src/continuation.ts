import { BLOCK_BYTES, type Blocks, type DirectoryNode, type Lba, type TreeNode } from "@multisession/core";
import { attributeEntries } from "./aaip.ts";
import type { FolderAreas, NamedNode } from "./hierarchy.ts";
import { CE_BYTES, linkEntries, nameEntries, putContinuation } from "./rock-ridge.ts";

/** Entries of one continuation area, and where it lies. */
interface Area {
  readonly entries: readonly Buffer[];
  /** Its pointer to the next area included. */
  readonly length: number;
  /** The next area of the same record. */
  readonly next: Area | undefined;
  /** Of folders that are written counted from the first directory, of all others from the first block behind the directories. */
  block: Blocks;
  offset: number;
}

/** Name and target of a node, as far as they lie in its record, and the area that holds the rest. */
export interface SystemUse {
  readonly inside: readonly Buffer[];
  /** Bytes inside the record, the pointer to the area included. */
  readonly insideBytes: number;
  readonly area?: Pick<Area, "block" | "offset" | "length">;
}

/** A node whose record goes on in areas. */
interface LongUse extends SystemUse {
  readonly area: Area;
}

/**
 * The continuation areas of a session. libarchive reads a disc in one pass, and takes such an area only behind the directory
 * with the record and before what the record leads to: those of folders lie in front of the folders, all others in blocks of
 * their own behind the directories. Each lies within one block (SUSP 5.1).
 */
export class Continuations implements FolderAreas {
  readonly #uses = new Map<TreeNode, LongUse>();
  readonly #behind: Area[][] = [];
  readonly #between = new Map<Blocks, readonly Area[]>();

  /** Blocks behind the directories so far. */
  get blocks(): Blocks {
    return this.#behind.length;
  }

  /**
   * What of a node fits into `room` bytes of its record. The first call for a node places its areas behind the directories;
   * with `isBetween` they wait for {@link place}.
   */
  systemUse({ node }: NamedNode, room: number, isBetween: boolean): SystemUse {
    const known = this.#uses.get(node);
    if (known !== undefined) return known;
    const rest = [
      ...(node.kind === "symlink" ? linkEntries(node.target) : []),
      ...attributeEntries(node.attributes.extended ?? []),
    ];
    const whole = [...nameEntries(node.name, BLOCK_BYTES), ...rest];
    if (lengthOf(whole) <= room) return { inside: whole, insideBytes: lengthOf(whole) };
    const entries = [...nameEntries(node.name, room - CE_BYTES), ...rest];
    const inside: Buffer[] = [];
    let insideBytes = CE_BYTES;
    while (insideBytes + (entries[0] as Buffer).length <= room) {
      const entry = entries.shift() as Buffer;
      inside.push(entry);
      insideBytes += entry.length;
    }
    const area = areaOf(entries);
    if (!isBetween) placeAll(area, this.#behind);
    const use = { inside, insideBytes, area };
    this.#uses.set(node, use);
    return use;
  }

  has(folder: DirectoryNode): boolean {
    return this.#uses.has(folder);
  }

  place(folders: Iterable<DirectoryNode>, at: Blocks): Blocks {
    const blocks: Area[][] = [];
    for (const folder of folders) placeAll((this.#uses.get(folder) as LongUse).area, blocks, at);
    for (const [index, areas] of blocks.entries()) this.#between.set(at + index, areas);
    return blocks.length;
  }

  put(bytes: Buffer, at: number, block: Blocks, base: Lba): void {
    putAreas(bytes, at, this.#between.get(block) ?? [], base);
  }

  /** The blocks behind the directories, the first at `base`. */
  *bytes(base: Lba): Generator<Uint8Array> {
    for (const areas of this.#behind) {
      const block = Buffer.alloc(BLOCK_BYTES);
      putAreas(block, 0, areas, base);
      yield block;
    }
  }
}

/** The areas of one record, as many as its entries take; without a place yet. */
function areaOf(entries: readonly Buffer[]): Area {
  const areas: Buffer[][] = [[]];
  for (const entry of entries) {
    if (lengthOf(areas.at(-1) ?? []) + entry.length + CE_BYTES > BLOCK_BYTES) areas.push([]);
    areas.at(-1)?.push(entry);
  }
  let next: Area | undefined;
  for (const area of areas.toReversed()) {
    const length = lengthOf(area) + (next === undefined ? 0 : CE_BYTES);
    next = { entries: area, length, next, block: 0, offset: 0 };
  }
  return next as Area;
}

/** Places an area and those that follow it in the last of some blocks, or in new ones; `first`: number of the first block. */
function placeAll(area: Area, blocks: Area[][], first: Blocks = 0): void {
  for (let next: Area | undefined = area; next !== undefined; next = next.next) {
    const last = blocks.at(-1)?.at(-1);
    const used = last === undefined ? BLOCK_BYTES : last.offset + last.length;
    const isFull = used + next.length > BLOCK_BYTES;
    if (isFull) blocks.push([]);
    next.block = first + blocks.length - 1;
    next.offset = isFull ? 0 : used;
    blocks.at(-1)?.push(next);
  }
}

function putAreas(bytes: Buffer, at: number, areas: readonly Area[], base: Lba): void {
  for (const { entries, next, offset } of areas) {
    let end = at + offset;
    for (const entry of entries) end += entry.copy(bytes, end);
    if (next !== undefined) putContinuation(bytes, end, base + next.block, next.offset, next.length);
  }
}

function lengthOf(entries: readonly Buffer[]): number {
  return entries.reduce((sum, { length }) => sum + length, 0);
}
