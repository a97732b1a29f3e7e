import { readSync } from "node:fs";
import { BLOCK_BYTES, type Blocks, decodeSessionRecord, type Lba, SESSION_RECORD_BYTES } from "@multisession/core";

/** Block of the primary volume descriptor, from the start of its session (ECMA-119, 6.2.1). */
export const HEAD: Blocks = 16;
/** Where the fields of a primary volume descriptor lie (ECMA-119, 8.4): volume space size, root's record, application use. */
const fields = { volumeBlocks: 80, root: 156, applicationUse: 883 } as const;
/** A root's directory record (ECMA-119, 9.1): its length, and the fields that say where it lies. */
const record = { bytes: 34, attributeBlocks: 1, extent: 2 } as const;
/** Type 1, `CD001`, version 1. */
const mark = Buffer.from("\u0001CD001\u0001", "latin1");
const begin = Buffer.alloc(mark.length);

/** What a head says that matters here. */
export interface Head {
  /** Whether it belongs to a session that starts where it was found. */
  readonly isSession: boolean;
  /** Exclusive end of the session as far as the head knows it: two where the size can be read in two ways, likelier first. */
  readonly ends: readonly Lba[];
  /** Directory record of its root: heads that show the same tree have the same. */
  readonly root: Buffer;
  /** Whether it is one of ours of a disc that is overwritten in place: of a session behind it, or of an empty volume. */
  readonly isOfChain: boolean;
}

/** The head of a session that would start at a block. */
export function readHead(file: number, start: Lba, end: Lba): Head | undefined {
  // Nearly all blocks are no heads, and their first bytes tell.
  readSync(file, begin, 0, begin.length, (start + HEAD) * BLOCK_BYTES);
  if (!begin.equals(mark)) return undefined;
  const block = readBlock(file, start + HEAD);
  const root = block.subarray(fields.root, fields.root + record.bytes);
  const own = decodeSessionRecord(block.subarray(fields.applicationUse, fields.applicationUse + SESSION_RECORD_BYTES));
  if (own !== undefined) {
    const isOfChain = own.start > start ? own.start + HEAD < end : own.sequence === 0;
    return { isSession: own.start === start, ends: [own.end], root, isOfChain };
  }
  const volume = block.readUInt32LE(fields.volumeBlocks);
  // Some programs count from the start of the session, others from the start of the disc.
  const ends = start === 0 || volume <= start ? [start + volume] : [start + volume, volume];
  return { isSession: isRootBehind(file, root, start, end), ends, root, isOfChain: false };
}

/**
 * Whether a root directory lies behind the start of its session. That of an image that is a file of a session does not lie
 * where it says; zeros there may be what was lost.
 */
function isRootBehind(file: number, root: Buffer, start: Lba, end: Lba): boolean {
  const extent = root.readUInt32LE(record.extent);
  if (extent <= start + HEAD || extent >= end) return false;
  if (start === 0) return true;
  const directory = readBlock(file, extent + root.readUInt8(record.attributeBlocks));
  return directory.readUInt32LE(record.extent) === extent || directory.every((byte) => byte === 0);
}

function readBlock(file: number, at: Lba): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  readSync(file, block, 0, BLOCK_BYTES, at * BLOCK_BYTES);
  return block;
}
