import { BLOCK_BYTES, type BlockReader, type Blocks, blocksOf, type CallOptions, type Lba } from "@multisession/core";
import { readBlock } from "./descriptor-set.ts";
import { type FoundRecord, readRecord } from "./directory-record.ts";
import type { Findings } from "./findings.ts";

/** A record and the block that it lies in. */
export interface PlacedRecord extends FoundRecord {
  readonly block: Lba;
}

/** Blocks that are read at once. */
const READ_BLOCKS: Blocks = 32;

/** Longest directory that is read, about two million entries: a bound against lengths that cannot be true. */
const MAX_DIRECTORY_BLOCKS: Blocks = 131_072;

/** Damaged blocks in a row after which the rest of a directory is given up. */
const MAX_BAD_BLOCKS = 16;

/**
 * The records of a directory in the order of the disc. What cannot be read, or makes no sense, is a finding; the next block
 * starts with a record again, so one bad record costs at most its block.
 */
export async function* readRecords(
  reader: BlockReader,
  at: Lba,
  bytes: number,
  findings: Findings,
  options?: CallOptions,
): AsyncGenerator<PlacedRecord> {
  const blocks = Math.min(blocksOf(bytes), MAX_DIRECTORY_BLOCKS);
  if (blocks < blocksOf(bytes))
    findings.add(at, `The directory says that it is ${bytes} bytes long; only its start is read.`);
  let bad = 0;
  for (let done = 0; done < blocks && bad < MAX_BAD_BLOCKS; done += READ_BLOCKS) {
    const count = Math.min(READ_BLOCKS, blocks - done);
    for (const [index, block] of (await readBlocks(reader, at + done, count, options)).entries()) {
      const place = at + done + index;
      const isGood = block !== undefined && (yield* recordsIn(block, place, findings));
      if (block === undefined) findings.add(place, "A block of a directory cannot be read.");
      bad = isGood ? 0 : bad + 1;
    }
  }
  if (bad >= MAX_BAD_BLOCKS) findings.add(at, "Too much of a directory is damaged; the rest of it was given up.");
}

/** Yields a block's records; says whether there was at least one and none was bad. */
function* recordsIn(block: Uint8Array, place: Lba, findings: Findings): Generator<PlacedRecord, boolean> {
  let offset = 0;
  while (offset < BLOCK_BYTES && block[offset] !== 0) {
    const record = readRecord(block, offset);
    if (record === undefined) {
      findings.add(place, `The directory record at byte ${offset} makes no sense.`);
      return false;
    }
    yield { ...record, block: place };
    offset += record.length;
  }
  return offset > 0;
}

async function readBlocks(
  reader: BlockReader,
  at: Lba,
  count: Blocks,
  options?: CallOptions,
): Promise<(Uint8Array | undefined)[]> {
  const all = at + count > 2 ** 32 ? undefined : await reader.read(at, count, options).catch(() => undefined);
  options?.signal?.throwIfAborted();
  if (all !== undefined && all.length === count * BLOCK_BYTES)
    return Array.from({ length: count }, (_, index) => all.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES));
  const blocks: (Uint8Array | undefined)[] = [];
  for (let index = 0; index < count; index += 1) {
    const isHopeless =
      blocks.length >= MAX_BAD_BLOCKS && blocks.slice(-MAX_BAD_BLOCKS).every((block) => block === undefined);
    blocks.push(isHopeless ? undefined : await readBlock(reader, at + index, options));
  }
  return blocks;
}
