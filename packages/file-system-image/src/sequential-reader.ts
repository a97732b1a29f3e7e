import { BLOCK_BYTES, type BlockReader, type Blocks, type CallOptions, type Lba } from "@multisession/core";

/** Blocks that are read at once: 64 KiB. */
const WINDOW = 32;

/** Reads more than it is asked for where one small file after another is read: a drive takes as long for one block as for many. */
export class SequentialReader implements BlockReader {
  readonly #reader: BlockReader;
  /** Behind the last block that was asked for. */
  #end = -1;
  #window: { readonly at: Lba; readonly bytes: Uint8Array } | undefined;

  constructor(reader: BlockReader) {
    this.#reader = reader;
  }

  async read(at: Lba, blocks: Blocks, options?: CallOptions): Promise<Uint8Array> {
    const isNext = at === this.#end;
    this.#end = at + blocks;
    if (blocks >= WINDOW) return this.#reader.read(at, blocks, options);
    const held = this.#held(at, blocks);
    if (held !== undefined) return held;
    if (isNext) await this.#fill(at, options);
    return this.#held(at, blocks) ?? this.#reader.read(at, blocks, options);
  }

  #held(at: Lba, blocks: Blocks): Uint8Array | undefined {
    if (this.#window === undefined) return undefined;
    const from = (at - this.#window.at) * BLOCK_BYTES;
    const to = from + blocks * BLOCK_BYTES;
    return from < 0 || to > this.#window.bytes.length ? undefined : this.#window.bytes.slice(from, to);
  }

  /** Behind what is asked for there may be a block that cannot be read, or the end of the disc: then it is read alone. */
  async #fill(at: Lba, options?: CallOptions): Promise<void> {
    this.#window = undefined;
    try {
      this.#window = { at, bytes: await this.#reader.read(at, WINDOW, options) };
    } catch (error) {
      if (options?.signal?.aborted === true) throw error;
    }
  }
}
