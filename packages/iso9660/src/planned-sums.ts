import { createHash } from "node:crypto";
import {
  BLOCK_BYTES,
  type Blocks,
  type Content,
  type DirectoryNode,
  type Lba,
  type Md5Sums,
  type Written,
} from "@multisession/core";
import { closeList, type ListPlace, listBlocks, OTHER_SUMS, SUM_BYTES, SUMS_PER_BLOCK } from "./checksum-list.ts";
import type { Turns } from "./turns.ts";

/** What records of a session say of MD5 sums, and what it adds to the disc for that. */
export interface PlannedSums {
  /** Blocks behind the contents that hold sums. */
  readonly blocks: Blocks;
  /** Whether a file's record names a sum. */
  has(content: Content): boolean;
  /** The same, once it is known where the session begins and where those blocks lie. */
  placed(from: Lba, at: Lba): PlacedSums;
}

/** Sums of a session that has its place. */
export interface PlacedSums {
  /** What the root names; nothing where there is no list at all. */
  readonly list: ListPlace | undefined;
  /** Of a content that has a sum: its place in the list. */
  indexOf(content: Content): number;
  /** The blocks. */
  produce(written: Written): Uint8Array;
}

/** Sums of a session that begins at `from`, with its blocks of sums at `at`. */
export function placeSums(sums: PlannedSums, from: Lba, at: Lba): PlannedSums & PlacedSums {
  return { ...sums, ...sums.placed(from, at) };
}

type RecordedContent = Extract<Content, { readonly kind: "recorded" }>;

/** MD5 of nothing. */
const EMPTY_SUM = createHash("md5").digest();

/**
 * The list of a session with the whole tree: first the sum of the session, then those of new contents, then those that are
 * known of older ones, each once, and at the end that of the list itself.
 */
export async function planWholeList(
  root: DirectoryNode,
  known: Md5Sums | undefined,
  turns: Turns,
): Promise<PlannedSums> {
  const sums = new ListedSums(known);
  await eachContent(root, turns, (content) => sums.note(content));
  sums.close();
  const count = sums.count + OTHER_SUMS;
  return {
    blocks: listBlocks(count),
    has: (content) => sums.placeOf(content) !== undefined,
    placed: (from, at) => ({
      list: { from, at, count },
      indexOf: (content) => 1 + (sums.placeOf(content) ?? -1),
      produce: (written) => {
        const list = Buffer.alloc(listBlocks(count) * BLOCK_BYTES);
        list.set(written.phaseMd5() ?? []);
        sums.put(list.subarray(SUM_BYTES), written);
        closeList(list, count);
        return list;
      },
    }),
  };
}

/**
 * What a session says that shares directories: old files keep their places in the list of the session that is built on,
 * because directories that are not written again name those. New ones have none until the next whole list; the manifest
 * has their sums.
 */
export function keepList(list: ListPlace | undefined): PlannedSums {
  const indexOf = (content: Content): number => {
    const index = content.kind === "recorded" ? (content.md5At ?? 0) - (list?.at ?? 0) * SUMS_PER_BLOCK : 0;
    return list !== undefined && index > 0 && index <= list.count - OTHER_SUMS ? index : 0;
  };
  return {
    blocks: 0,
    has: (content) => indexOf(content) > 0,
    placed: () => ({ list, indexOf, produce: () => Buffer.alloc(0) }),
  };
}

/**
 * The sums of a list: of new contents in the order of their ids, of older ones in the order of their places in the list
 * before, and of those that other places tell of.
 */
class ListedSums {
  readonly #known: Md5Sums;
  #new = 0;
  /** New contents without a byte: they are not written, and nobody has their sums. */
  readonly #empty = new Set<number>();
  /** Where the list before has sums: 8 bytes for a file. */
  #listed = new Float64Array(0);
  readonly #found: number[] = [];
  readonly #others = new Map<string, number>();

  constructor(known: Md5Sums = () => undefined) {
    this.#known = known;
  }

  get count(): number {
    return this.#new + this.#listed.length + this.#others.size;
  }

  note(content: Content): void {
    if (content.kind === "new") {
      this.#new = Math.max(this.#new, content.id + 1);
      if (content.bytes === 0) this.#empty.add(content.id);
      return;
    }
    const { md5At } = content;
    if (this.#isListed(md5At)) this.#found.push(md5At);
    else {
      const sum = this.#otherSum(content);
      if (sum !== undefined && !this.#others.has(sum)) this.#others.set(sum, this.#others.size);
    }
  }

  /** All contents were noted. */
  close(): void {
    const sorted = Float64Array.from(this.#found.splice(0)).sort();
    this.#listed = sorted.filter((md5At, index) => md5At !== sorted[index - 1]);
  }

  /** Counted from 0; nothing for a content whose sum is not known. */
  placeOf(content: Content): number | undefined {
    if (content.kind === "new") return content.id;
    if (this.#isListed(content.md5At)) return this.#new + placeIn(this.#listed, content.md5At);
    const place = this.#others.get(this.#otherSum(content) ?? "");
    return place === undefined ? undefined : this.#new + this.#listed.length + place;
  }

  #isListed(md5At: number | undefined): md5At is number {
    return md5At !== undefined && this.#inList(md5At) !== undefined;
  }

  #inList(md5At: number): Uint8Array | undefined {
    return this.#known({ bytes: 0, extents: [], md5At });
  }

  /** In hexadecimal digits. */
  #otherSum(content: RecordedContent): string | undefined {
    const sum = content.md5 ?? this.#known(content);
    return sum && Buffer.from(sum).toString("hex");
  }

  /** Puts all sums one behind the other. */
  put(list: Buffer, written: Written): void {
    let at = 0;
    const add = (sum: Uint8Array): void => {
      list.set(sum, at);
      at += SUM_BYTES;
    };
    for (let id = 0; id < this.#new; id += 1)
      add(this.#empty.has(id) ? EMPTY_SUM : (written.content(id).md5 as Uint8Array));
    for (const md5At of this.#listed) add(this.#inList(md5At) as Uint8Array);
    for (const sum of this.#others.keys()) add(Buffer.from(sum, "hex"));
  }
}

async function eachContent(root: DirectoryNode, turns: Turns, visit: (content: Content) => void): Promise<void> {
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const node of folder.children) {
      if (node.kind === "directory") waiting.push(node);
      if (node.kind === "file") visit(node.content);
    }
    await turns.after(folder.children.length + 1);
  }
}

/** Where a value stands in a list in ascending order that has it. */
function placeIn(values: Float64Array, value: number): number {
  let low = 0;
  for (let high = values.length - 1; low < high; ) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
