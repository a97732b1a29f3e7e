import { BLOCK_BYTES, type BlockReader, type CallOptions, type Lba } from "@multisession/core";
import { readBlock } from "./descriptor-set.ts";

/** Where the entries of a record go on (SUSP 5.1, CE). */
export interface ContinuationArea {
  readonly at: Lba;
  /** First byte in the block. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** Blocks that are kept: records next to each other share them. */
const KEPT_BLOCKS = 16;

/** Reads the continuation areas of a volume. */
export class ContinuationAreas {
  readonly #reader: BlockReader;
  readonly #kept = new Map<Lba, Uint8Array | undefined>();

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  /** The bytes of an area; nothing where it cannot be read, or does not lie in one block. */
  async read({ at, offset, length }: ContinuationArea, options?: CallOptions): Promise<Uint8Array | undefined> {
    if (offset + length > BLOCK_BYTES) return undefined;
    if (!this.#kept.has(at)) {
      const oldest = this.#kept.keys().next();
      if (this.#kept.size >= KEPT_BLOCKS && !oldest.done) this.#kept.delete(oldest.value);
      this.#kept.set(at, await readBlock(this.#reader, at, options));
    }
    return this.#kept.get(at)?.subarray(offset, offset + length);
  }
}
