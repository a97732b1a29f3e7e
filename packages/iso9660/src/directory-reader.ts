import {
  BLOCK_BYTES,
  type BlockReader,
  type Blocks,
  blocksOf,
  type CallOptions,
  type Lba,
  tryRead,
} from "@multisession/core";
import { NO_BLOCK } from "./both-endian.ts";
import { readBlock } from "./descriptor-set.ts";
import { type FoundRecord, readRecord } from "./directory-record.ts";
import type { Findings } from "./findings.ts";

/** A record and the block that it lies in. */
export interface PlacedRecord extends FoundRecord {
  readonly block: Lba;
}

/** Blocks that are read at once. */
const READ_BLOCKS: Blocks = 32;

/** Longest directory that is read, 128 MiB: about a million files. A bound against lengths that cannot be true. */
const MAX_DIRECTORY_BLOCKS: Blocks = 65_536;

/** Most blocks of directories that one volume has, 512 MiB: a bound against directories that lie over each other. */
const MAX_VOLUME_BLOCKS: Blocks = 262_144;

/** Blocks in a row without a usable record after which the rest of a directory is given up. */
const MAX_IDLE_BLOCKS = 16;

/** Blocks that are remembered at most: of directories whose first block was read before they are listed. */
const MAX_REMEMBERED = 16;

/** Blocks in a row that hold no record. */
interface EmptyRun {
  readonly at: Lba;
  readonly blocks: Blocks;
}

/** Reads directories of one volume. Damage is a finding; what is read, and how often it is tried, is bounded. */
export class DirectoryReader {
  readonly #reader: BlockReader;
  readonly #findings: Findings;
  /** Blocks of each directory that were read: they count once, however often it is listed. */
  readonly #charged = new Map<Lba, Blocks>();
  readonly #end: Lba;
  readonly #remembered = new Map<Lba, Uint8Array>();
  #left = MAX_VOLUME_BLOCKS;

  /** `end`: where the volume ends; of two halves of a number that differ, one that leads behind it is not taken. */
  constructor(reader: BlockReader, findings: Findings, end: Lba = NO_BLOCK) {
    this.#end = end;
    this.#reader = reader;
    this.#findings = findings;
  }

  /** Gives the first block of a directory that was read already, so that it is not read again when the directory is. */
  remember(at: Lba, block: Uint8Array): void {
    if (this.#remembered.size < MAX_REMEMBERED) this.#remembered.set(at, block);
  }

  /**
   * The records of a directory in the order of the disc. What cannot be read, or makes no sense, is a finding; the next
   * block starts with a record again, so one bad record costs at most its block.
   */
  async *records(at: Lba, bytes: number, options?: CallOptions): AsyncGenerator<PlacedRecord> {
    if (at >= NO_BLOCK) return;
    const blocks = this.#believed(at, blocksOf(bytes));
    let idle = 0;
    let isDamaged = false;
    let empty: EmptyRun | undefined;
    for (let done = 0; done < blocks && idle < MAX_IDLE_BLOCKS; done += READ_BLOCKS) {
      const count = Math.min(READ_BLOCKS, blocks - done);
      if (!this.#charge(at, done + count)) break;
      for (const [index, block] of (await this.#read(at + done, count, options)).entries()) {
        const place = at + done + index;
        if (place !== at && block !== undefined && beginsDirectory(block, place)) {
          this.#findings.add(
            at,
            `The directory says that it has ${blocksOf(bytes)} blocks, but another one begins at block ${place}; it was read up to there.`,
          );
          this.#noteEmpty(empty);
          return;
        }
        if (block === undefined && place < NO_BLOCK)
          this.#findings.add(place, "A block of a directory cannot be read.");
        const content = block === undefined ? "damaged" : yield* this.#recordsIn(block, place);
        if (content === "empty") empty = { at: empty?.at ?? place, blocks: (empty?.blocks ?? 0) + 1 };
        else {
          this.#noteEmpty(empty);
          empty = undefined;
        }
        idle = content === "sound" ? 0 : idle + 1;
        isDamaged = content === "damaged" || (isDamaged && idle > 0);
        if (idle >= MAX_IDLE_BLOCKS) break;
      }
    }
    this.#noteEmpty(empty);
    if (idle >= MAX_IDLE_BLOCKS && isDamaged)
      this.#findings.add(at, "Too much of a directory is damaged; the rest of it was given up.");
  }

  /** A directory is as long as its records, and its first block has its own: zeros are what a copy has in place of blocks. */
  #noteEmpty(run: EmptyRun | undefined): void {
    if (run === undefined) return;
    const which = run.blocks === 1 ? "A block" : `${run.blocks} blocks`;
    this.#findings.add(
      run.at,
      `${which} of a directory ${run.blocks === 1 ? "holds" : "hold"} only zeros; what was recorded there is missing.`,
    );
  }

  async #read(at: Lba, count: Blocks, options?: CallOptions): Promise<(Uint8Array | undefined)[]> {
    const first = this.#remembered.get(at);
    if (first === undefined) return readBlocks(this.#reader, at, count, options);
    this.#remembered.delete(at);
    return count === 1 ? [first] : [first, ...(await readBlocks(this.#reader, at + 1, count - 1, options))];
  }

  /** Yields a block's records. */
  *#recordsIn(block: Uint8Array, place: Lba): Generator<PlacedRecord, "sound" | "empty" | "damaged"> {
    let offset = 0;
    while (offset < BLOCK_BYTES && block[offset] !== 0) {
      const record = readRecord(block, offset);
      if (record === undefined) {
        this.#findings.add(place, `The directory record at byte ${offset} makes no sense.`);
        return "damaged";
      }
      yield record.otherHalf === undefined
        ? { ...record, block: place }
        : this.#oneHalf(record, record.otherHalf, place);
      offset += record.length;
    }
    return offset > 0 ? "sound" : "empty";
  }

  #oneHalf(record: FoundRecord, other: NonNullable<FoundRecord["otherHalf"]>, block: Lba): PlacedRecord {
    const isInside = ({ extent, dataLength }: typeof other): boolean => extent + blocksOf(dataLength) <= this.#end;
    if (isInside(record) || !isInside(other)) {
      this.#findings.add(
        block,
        "The two halves of a number in a directory record differ; the little-endian one counts.",
      );
      return { ...record, block };
    }
    this.#findings.add(
      block,
      "The two halves of a number in a directory record differ; the big-endian one counts, because the other leads behind the volume.",
    );
    return { ...record, ...other, dataAt: other.extent + record.dataAt - record.extent, block };
  }

  /** Blocks of a directory that can be true. */
  #believed(at: Lba, blocks: Blocks): Blocks {
    const believed = Math.min(blocks, MAX_DIRECTORY_BLOCKS);
    if (believed < blocks)
      this.#findings.add(
        at,
        `The directory says that it has ${blocks} blocks, which cannot be true; at most ${believed} of them are read.`,
      );
    return believed;
  }

  /** Takes what is read of a directory from what is read of all; false where that is used up. */
  #charge(at: Lba, blocks: Blocks): boolean {
    const charged = this.#charged.get(at) ?? 0;
    const more = Math.max(0, blocks - charged);
    if (more > this.#left) {
      this.#findings.add(
        at,
        `More than ${MAX_VOLUME_BLOCKS} blocks of directories cannot be true; the rest of this directory was not read.`,
      );
      return false;
    }
    this.#left -= more;
    this.#charged.set(at, charged + more);
    return true;
  }
}

/** Whether the own record of a directory that lies here starts a block (ECMA-119 6.8.2.2): none has one further in. */
function beginsDirectory(block: Uint8Array, place: Lba): boolean {
  const record = readRecord(block, 0);
  if (record === undefined || record.nameLength !== 1 || record.name[0] !== 0) return false;
  return record.extent === place || record.dataAt === place || record.otherHalf?.extent === place;
}

async function readBlocks(
  reader: BlockReader,
  at: Lba,
  count: Blocks,
  options?: CallOptions,
): Promise<(Uint8Array | undefined)[]> {
  const all = at + count > NO_BLOCK ? undefined : await tryRead(reader, at, count, options);
  if (all !== undefined && all.length === count * BLOCK_BYTES)
    return Array.from({ length: count }, (_, index) => all.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));
  const blocks: (Uint8Array | undefined)[] = [];
  for (let index = 0; index < count; index += 1) {
    const isHopeless =
      blocks.length >= MAX_IDLE_BLOCKS && blocks.slice(-MAX_IDLE_BLOCKS).every((block) => block === undefined);
    blocks.push(isHopeless ? undefined : await readBlock(reader, at + index, options));
  }
  return blocks;
}
