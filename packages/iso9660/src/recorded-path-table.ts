import {
  type BlockReader,
  type Blocks,
  blocksOf,
  type CallOptions,
  type DirectorySpan,
  type Lba,
  tryRead,
} from "@multisession/core";
import { NO_BLOCK, u32 } from "./both-endian.ts";
import type { Findings } from "./findings.ts";
import { pathRecordBytes } from "./hierarchy.ts";
import { MAX_PARENTS } from "./path-table.ts";
import type { HierarchyPointers } from "./volume-descriptor.ts";

/** Blocks that are read at once. */
const READ_BLOCKS: Blocks = 32;

/** Longest path table that makes sense: each folder that can be a parent with the longest identifier. */
const MAX_TABLE_BYTES = MAX_PARENTS * 264;

/** A directory by its place in the table, from 0: the root. */
export type DirectoryNumber = number;

/** A hierarchy's path table as it was recorded: every directory with its parent, without one of them being read. */
export class RecordedPathTable {
  readonly #bytes: Buffer;
  /** Where each record starts. */
  readonly #offsets: readonly number[];
  readonly #numbers: ReadonlyMap<Lba, DirectoryNumber>;
  /** First child of each directory, and behind the last the count: children of one directory lie side by side. */
  readonly #firstChild: Uint32Array;

  private constructor(bytes: Buffer, offsets: readonly number[], numbers: ReadonlyMap<Lba, DirectoryNumber>) {
    this.#bytes = bytes;
    this.#offsets = offsets;
    this.#numbers = numbers;
    const count = offsets.length;
    this.#firstChild = new Uint32Array(count + 1).fill(count);
    for (let number = count - 1; number > 0; number -= 1) this.#firstChild[this.parentOf(number)] = number;
    for (let number = count - 1; number >= 0; number -= 1)
      this.#firstChild[number] = Math.min(this.#firstChild[number] as number, this.#firstChild[number + 1] as number);
  }

  /** Reads the table of type L. Nothing when it cannot be read, or is not in the order of ECMA-119 6.9.1. */
  static async read(
    reader: BlockReader,
    { pathTableL, pathTableBytes, rootAt }: HierarchyPointers,
    options?: CallOptions,
    findings?: Findings,
  ): Promise<RecordedPathTable | undefined> {
    const pieces: Uint8Array[] = [];
    const blocks = blocksOf(pathTableBytes);
    if (pathTableBytes > MAX_TABLE_BYTES || pathTableL + blocks > NO_BLOCK) return undefined;
    for (let done = 0; done < blocks; done += READ_BLOCKS) {
      const piece = await tryRead(reader, pathTableL + done, Math.min(READ_BLOCKS, blocks - done), options);
      if (piece === undefined) {
        findings?.add(pathTableL, "The path table cannot be read.");
        return undefined;
      }
      pieces.push(piece);
    }
    const bytes = Buffer.concat(pieces).subarray(0, pathTableBytes);
    // One that is only too long for the numbers of parents is no damage.
    if (blocks > 0 && (bytes[0] !== 1 || u32(bytes, 2) !== rootAt))
      findings?.add(pathTableL, "The path table does not begin with the root directory.");
    return RecordedPathTable.#parse(bytes, rootAt);
  }

  static #parse(bytes: Buffer, rootAt: Lba): RecordedPathTable | undefined {
    const offsets: number[] = [];
    const numbers = new Map<Lba, DirectoryNumber>();
    let lastParent = 0;
    for (let at = 0; at < bytes.length; ) {
      const identifierBytes = bytes[at] as number;
      const next = at + pathRecordBytes(identifierBytes);
      if (identifierBytes === 0 || next > bytes.length) return undefined;
      const parent = bytes.readUInt16LE(at + 6) - 1;
      const number = offsets.length;
      if (parent < lastParent || (number > 0 && parent >= number) || (number === 0 && parent !== 0)) return undefined;
      lastParent = parent;
      numbers.set(bytes.readUInt32LE(at + 2), number);
      offsets.push(at);
      at = next;
    }
    // Behind the last number that has room in 16 bits nobody can tell whose child a directory is.
    const isWhole = offsets.length > 0 && offsets.length <= MAX_PARENTS && numbers.size === offsets.length;
    return isWhole && numbers.get(rootAt) === 0 ? new RecordedPathTable(bytes, offsets, numbers) : undefined;
  }

  /** Where the directories lie. */
  get span(): DirectorySpan {
    let [oldest, newest] = [this.addressOf(0), this.addressOf(0)];
    for (const at of this.#numbers.keys()) {
      oldest = Math.min(oldest, at);
      newest = Math.max(newest, at);
    }
    return { oldest, newest };
  }

  /** The directory that begins at a block. */
  numberAt(at: Lba): DirectoryNumber | undefined {
    return this.#numbers.get(at);
  }

  addressOf(directory: DirectoryNumber): Lba {
    return this.#bytes.readUInt32LE((this.#offsets[directory] as number) + 2);
  }

  parentOf(directory: DirectoryNumber): DirectoryNumber {
    return this.#bytes.readUInt16LE((this.#offsets[directory] as number) + 6) - 1;
  }

  /** The identifier as it was recorded. */
  identifierOf(directory: DirectoryNumber): Uint8Array {
    const at = this.#offsets[directory] as number;
    return this.#bytes.subarray(at + 8, at + 8 + (this.#bytes[at] as number));
  }

  /** The subdirectories, in the order of the table: the first, and one behind the last. */
  childrenOf(directory: DirectoryNumber): { readonly first: DirectoryNumber; readonly end: DirectoryNumber } {
    // The root is its own parent, and no child.
    const first = directory === 0 ? 1 : (this.#firstChild[directory] as number);
    const end = this.#firstChild[directory + 1] as number;
    return { first, end: Math.max(first, end) };
  }
}
