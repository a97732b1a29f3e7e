import { BLOCK_BYTES, type Blocks, roundUp } from "@multisession/core";

/** Counts the blocks of a directory: a record never crosses the end of a block (ECMA-119 6.8.1.1). */
export class BlockPacker {
  #blocks = 0;
  #room = 0;

  /** Adds one record. */
  add(bytes: number): void {
    if (bytes > this.#room) {
      this.#blocks += 1;
      this.#room = BLOCK_BYTES;
    }
    this.#room -= bytes;
  }

  /** Blocks so far. */
  get blocks(): Blocks {
    return this.#blocks;
  }
}

/** Bytes handed out at once: large enough to be cheap, small enough for 100,000 files in little memory. */
const CHUNK_BLOCKS = 32;

/** Writes records into blocks by the rule of {@link BlockPacker}, and hands out chunks of whole blocks. */
export class BlockWriter {
  /** The chunk that is being filled; where to write in it, {@link place} says. */
  bytes: Buffer = Buffer.alloc(CHUNK_BLOCKS * BLOCK_BYTES);
  #used = 0;
  #handedOut = 0;
  #full: Uint8Array[] = [];

  /** Place for a record in {@link bytes}. */
  place(bytes: number): number {
    if (bytes > this.#roomInBlock()) this.endBlock();
    if (this.#used === this.bytes.length) this.#begin();
    const at = this.#used;
    this.#used += bytes;
    return at;
  }

  /** Bytes in front of where a record of `bytes` bytes would be placed, from the first chunk on. */
  next(bytes: number): number {
    const at = this.#handedOut + this.#used;
    return bytes > this.#roomInBlock() ? roundUp(at, BLOCK_BYTES) : at;
  }

  /** Fills the block that was begun: what comes next starts in a new one. */
  endBlock(): void {
    this.#used = roundUp(this.#used, BLOCK_BYTES);
  }

  /** Whether there are chunks to take. */
  get isFull(): boolean {
    return this.#full.length > 0;
  }

  /** The chunks that have been filled since the last time. */
  takeFull(): readonly Uint8Array[] {
    const full = this.#full;
    if (full.length > 0) this.#full = [];
    return full;
  }

  /** All that is left when the last record is placed. */
  takeRest(): readonly Uint8Array[] {
    return [...this.takeFull(), this.bytes.subarray(0, this.#used)];
  }

  #begin(): void {
    this.#full.push(this.bytes);
    this.#handedOut += this.#used;
    this.bytes = Buffer.alloc(CHUNK_BLOCKS * BLOCK_BYTES);
    this.#used = 0;
  }

  #roomInBlock(): number {
    const inBlock = this.#used % BLOCK_BYTES;
    return inBlock === 0 && this.#used === this.bytes.length ? 0 : BLOCK_BYTES - inBlock;
  }
}
