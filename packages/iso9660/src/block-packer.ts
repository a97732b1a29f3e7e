import { BLOCK_BYTES, type Blocks } from "@multisession/core";

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

  /** Bytes up to where the next record goes. */
  get written(): number {
    return this.#handedOut + this.#used;
  }

  /** A full chunk that must go out before a record of `bytes` bytes can be placed. */
  makeRoom(bytes: number): Uint8Array | undefined {
    if (bytes > this.#roomInBlock()) this.endBlock();
    return this.#used === this.bytes.length ? this.takeRest() : undefined;
  }

  /** Place for a record in {@link bytes}, after {@link makeRoom}. */
  place(bytes: number): number {
    const at = this.#used;
    this.#used += bytes;
    return at;
  }

  /** Fills the block that was begun: what comes next starts in a new one. */
  endBlock(): void {
    this.#used = Math.ceil(this.#used / BLOCK_BYTES) * BLOCK_BYTES;
  }

  /** What was written since the last chunk went out. */
  takeRest(): Uint8Array {
    const chunk = this.bytes.subarray(0, this.#used);
    this.#handedOut += this.#used;
    this.bytes = Buffer.alloc(CHUNK_BLOCKS * BLOCK_BYTES);
    this.#used = 0;
    return chunk;
  }

  #roomInBlock(): number {
    const inBlock = this.#used % BLOCK_BYTES;
    return inBlock === 0 && this.#used === this.bytes.length ? 0 : BLOCK_BYTES - inBlock;
  }
}
