import { createHash } from "node:crypto";
import type { Progress } from "./progress.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { tryRead } from "./try-read.ts";
import { BLOCK_BYTES, type Blocks, type Lba } from "./units.ts";

/** Blocks of one read: 64 KiB. */
const READ_BLOCKS = 32;

/** Consecutive blocks. */
export interface BlockRange {
  readonly at: Lba;
  readonly blocks: Blocks;
}

/** What blocks are read with. */
export interface Reading extends CallOptions {
  readonly reader: BlockReader;
  readonly progress: Progress;
}

/** Hash of some ranges, or of the first `bytes` bytes of them; nothing when a block cannot be read. */
export async function hashBlocks(
  algorithm: "sha256" | "md5",
  { reader, progress, signal }: Reading,
  ranges: readonly BlockRange[],
  bytes: number = Number.POSITIVE_INFINITY,
): Promise<Buffer | undefined> {
  const hash = createHash(algorithm);
  let left = bytes;
  for (const { at, blocks } of ranges) {
    for (let done = 0; done < blocks; ) {
      signal?.throwIfAborted();
      const count = Math.min(READ_BLOCKS, blocks - done);
      const piece = await tryRead(reader, at + done, count, signal && { signal });
      if (piece === undefined) return undefined;
      hash.update(left < count * BLOCK_BYTES ? piece.subarray(0, left) : piece);
      left -= Math.min(left, count * BLOCK_BYTES);
      done += count;
      progress.advance(count, "verify");
    }
  }
  return hash.digest();
}
