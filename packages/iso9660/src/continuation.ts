import { BLOCK_BYTES, type Blocks, type Lba, type TreeNode } from "@multisession/core";
import { attributeEntries } from "./aaip.ts";
import type { NamedNode } from "./hierarchy.ts";
import { CE_BYTES, linkEntries, nameEntries, putContinuation } from "./rock-ridge.ts";

/** Entries of one continuation area, and where it lies. */
interface Area {
  readonly entries: readonly Buffer[];
  /** Counted from the first block of continuation areas. */
  readonly block: Blocks;
  readonly offset: number;
  /** Its pointer to the next area included. */
  readonly length: number;
}

/** Name and target of a node, as far as they lie in its record, and the areas that hold the rest. */
export interface SystemUse {
  readonly inside: readonly Buffer[];
  /** Bytes inside the record, the pointer to the first area included. */
  readonly insideBytes: number;
  readonly areas: readonly Area[];
}

/**
 * The continuation areas of a session, in blocks of their own behind the directories: libarchive reads a disc in one pass
 * and takes such an area only behind its directory and before the file. Each area lies within one block (SUSP 5.1).
 */
export class Continuations {
  readonly #uses = new Map<TreeNode, SystemUse>();
  #blocks = 0;
  #used = BLOCK_BYTES;

  /** Blocks of all areas so far. */
  get blocks(): Blocks {
    return this.#blocks;
  }

  /** What of a node fits into `room` bytes of its record. The first call for a node places its areas. */
  systemUse(named: NamedNode, room: number): SystemUse {
    const known = this.#uses.get(named.node);
    if (known !== undefined) return known;
    const { node } = named;
    const rest = [
      ...(node.kind === "symlink" ? linkEntries(node.target) : []),
      ...attributeEntries(node.attributes.extended ?? []),
    ];
    const whole = [...nameEntries(node.name, BLOCK_BYTES), ...rest];
    if (lengthOf(whole) <= room) return { inside: whole, insideBytes: lengthOf(whole), areas: [] };
    const entries = [...nameEntries(node.name, room - CE_BYTES), ...rest];
    const inside: Buffer[] = [];
    let insideBytes = CE_BYTES;
    while (insideBytes + (entries[0] as Buffer).length <= room) {
      const entry = entries.shift() as Buffer;
      inside.push(entry);
      insideBytes += entry.length;
    }
    const use = {
      inside,
      insideBytes,
      areas: splitIntoAreas(entries).map((area, index, all) => this.#place(area, index < all.length - 1)),
    };
    this.#uses.set(node, use);
    return use;
  }

  /** The blocks of all areas, the first at `base`. */
  *bytes(base: Lba): Generator<Uint8Array> {
    let block = Buffer.alloc(BLOCK_BYTES);
    let at = 0;
    for (const { areas } of this.#uses.values()) {
      for (const [index, area] of areas.entries()) {
        for (; at < area.block; at += 1) {
          yield block;
          block = Buffer.alloc(BLOCK_BYTES);
        }
        let offset = area.offset;
        for (const entry of area.entries) offset += entry.copy(block, offset);
        const next = areas[index + 1];
        if (next !== undefined) putContinuation(block, offset, base + next.block, next.offset, next.length);
      }
    }
    if (this.#blocks > 0) yield block;
  }

  #place(entries: readonly Buffer[], goesOn: boolean): Area {
    const length = lengthOf(entries) + (goesOn ? CE_BYTES : 0);
    if (this.#used + length > BLOCK_BYTES) {
      this.#blocks += 1;
      this.#used = 0;
    }
    const offset = this.#used;
    this.#used += length;
    return { entries, block: this.#blocks - 1, offset, length };
  }
}

function splitIntoAreas(entries: readonly Buffer[]): Buffer[][] {
  const areas: Buffer[][] = [[]];
  for (const entry of entries) {
    if (lengthOf(areas.at(-1) ?? []) + entry.length + CE_BYTES > BLOCK_BYTES) areas.push([]);
    areas.at(-1)?.push(entry);
  }
  return areas;
}

function lengthOf(entries: readonly Buffer[]): number {
  return entries.reduce((sum, { length }) => sum + length, 0);
}
