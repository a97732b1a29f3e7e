import type { BlockReader, CallOptions } from "./recorder.ts";
import { BLOCK_BYTES, type Blocks, type Lba } from "./units.ts";

/** Blocks that are remembered: the heads of a disc's first, last and shown session, and the unit around one. */
const MAX_REMEMBERED: Blocks = 128;

/** Longest read that is remembered: a unit. Longer ones read whole sessions, each once. */
const MAX_READ: Blocks = 32;

/**
 * Reads each block once, for one look at a disc: heads name each other, so that their blocks are asked for again and again. What
 * cannot be read is asked for again. A look is short; whoever looks later takes a new one. Whoever opens what was found, and at
 * once, takes what was {@link seen}.
 */
export class RememberingReader implements BlockReader {
  readonly #reader: BlockReader;
  readonly #blocks = new Map<Lba, Uint8Array>();

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  async read(at: Lba, blocks: Blocks, options?: CallOptions): Promise<Uint8Array> {
    if (blocks > MAX_READ) return this.#reader.read(at, blocks, options);
    const known = this.#known(at, blocks);
    const first = known.indexOf(undefined);
    if (first < 0) return Buffer.concat(known as Uint8Array[]);
    const end = known.lastIndexOf(undefined) + 1;
    const bytes = await this.#reader.read(at + first, end - first, options);
    for (let index = first; index < end; index += 1) {
      const block = bytes.slice((index - first) * BLOCK_BYTES, (index - first + 1) * BLOCK_BYTES);
      if (block.length === BLOCK_BYTES) this.#remember(at + index, block);
    }
    return Buffer.concat([...known.slice(0, first), bytes, ...known.slice(end)] as Uint8Array[]);
  }

  /** Hands over what was read, each block once, and reads all else: nothing is known twice, or for long. */
  seen(): BlockReader {
    return {
      read: async (at, blocks, options) => {
        const known = blocks > MAX_READ ? [undefined] : this.#known(at, blocks);
        for (let index = 0; index < known.length; index += 1) this.#blocks.delete(at + index);
        if (known.includes(undefined)) return this.#reader.read(at, blocks, options);
        return Buffer.concat(known as Uint8Array[]);
      },
    };
  }

  #known(at: Lba, blocks: Blocks): readonly (Uint8Array | undefined)[] {
    return Array.from({ length: blocks }, (_, index) => this.#blocks.get(at + index));
  }

  #remember(at: Lba, block: Uint8Array): void {
    const oldest = this.#blocks.keys().next();
    if (this.#blocks.size >= MAX_REMEMBERED && !oldest.done) this.#blocks.delete(oldest.value);
    this.#blocks.set(at, block);
  }
}
