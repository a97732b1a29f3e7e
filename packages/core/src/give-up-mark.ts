import { createHash } from "node:crypto";
import type { Fixed } from "./plan.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { tryRead } from "./try-read.ts";
import { BLOCK_BYTES, type Blocks, type Lba } from "./units.ts";

const MAGIC = "MSGIVNUP";

/** Where a mark's own hash lies. */
const HASH_AT = 2016;

/** Last blocks of a session among which a mark is looked for: behind the recording some media have two that cannot be read. */
const SEARCHED: Blocks = 4;

/**
 * The block that says that the session before it was interrupted and is given up. On write-once media recovery writes it
 * behind what the interrupted burn has left, before it closes the session: afterwards nothing else tells an interrupted
 * session from a good one whose trailer or head was scratched.
 * Layout: 0 `MSGIVNUP`, 8 nonce of the recovery (8), 16 time in ms (u64, little-endian), at 2016 the SHA-256 of all before.
 */
export function encodeGiveUpMark({ nonce, time }: Pick<Fixed, "nonce" | "time">): Uint8Array {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  bytes.write(MAGIC, 0, "latin1");
  bytes.write(nonce, 8, 8, "hex");
  bytes.writeBigUInt64LE(BigInt(time), 16);
  bytes.set(hashOf(bytes), HASH_AT);
  return bytes;
}

/** Whether the session whose last block is before `end` was given up. */
export async function isGivenUp(reader: BlockReader, end: Lba, options?: CallOptions): Promise<boolean> {
  for (let at = end - 1; at >= Math.max(0, end - SEARCHED); at--) {
    const block = await tryRead(reader, at, 1, options);
    if (block !== undefined) return isGiveUpMark(block);
  }
  return false;
}

/** Whether a block is a mark. */
export function isGiveUpMark(block: Uint8Array): boolean {
  const view = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  return view.toString("latin1", 0, 8) === MAGIC && view.subarray(HASH_AT).equals(hashOf(view));
}

function hashOf(block: Buffer): Buffer {
  return createHash("sha256").update(block.subarray(0, HASH_AT)).digest();
}
