import { BLOCK_BYTES, blocksOf } from "@multisession/core";
import { PIECE } from "./batches.ts";

/** Bytes of a slot: a piece, and the byte by which a file shows that it has grown. */
const BYTES = PIECE + 1;

/** Memory for one batch, which the reader's thread sees too. */
export class Slot {
  readonly #memory = new SharedArrayBuffer(BYTES);
  readonly bytes: Buffer = Buffer.from(this.#memory);
  /** Of each block, how many bytes from its beginning on may be no zeros. Fresh memory has only zeros. */
  readonly #used = new Int32Array(blocksOf(BYTES));

  /** Its memory, for whoever fills it: it may hold anything afterwards. */
  lend(): SharedArrayBuffer {
    this.#used.fill(BLOCK_BYTES);
    return this.#memory;
  }

  /**
   * Puts a file at the first byte of a block, with zeros up to the end of its last one. Small files leave most of a slot as it was, so what is
   * zero already is not written again: that took as long as all else that is done with kept files (measured).
   */
  put(content: Uint8Array, at: number): void {
    if (content.length === 0) return;
    this.bytes.set(content, at);
    let block = at / BLOCK_BYTES;
    let left = content.length;
    for (; left > BLOCK_BYTES; left -= BLOCK_BYTES) this.#used[block++] = BLOCK_BYTES;
    const used = this.#used[block] as number;
    if (used > left) this.bytes.fill(0, block * BLOCK_BYTES + left, block * BLOCK_BYTES + used);
    this.#used[block] = left;
  }
}
