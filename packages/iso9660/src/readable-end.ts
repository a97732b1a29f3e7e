import {
  type BlockReader,
  type Blocks,
  blocksOf,
  type CallOptions,
  type Lba,
  type RecordedExtent,
} from "@multisession/core";
import { NO_BLOCK } from "./both-endian.ts";
import { readBlock, SYSTEM_AREA_BLOCKS } from "./descriptor-set.ts";

/** Extents behind the end of a volume that are tried; each costs a read, and a drive is slow where it finds nothing. */
const MAX_TRIES = 64;

/** Blocks at a volume's end that may be missing without a word: what programs pad with, and the run-out of a CD's track. */
const PADDING: Blocks = 150;

/**
 * Tells which contents are not on the disc at all: of an image that was cut short, or of records that lead anywhere. Asks
 * for one block when it is first used, and for about twenty more where that one cannot be read.
 */
export class ReadableEnd {
  readonly #reader: BlockReader;
  readonly #start: Lba;
  readonly #end: Lba;
  readonly #noteShort: (readable: Lba) => void;
  #readable: Promise<Lba> | undefined;
  #tries = 0;

  /**
   * `start` and `end`: where the session begins, and where its volume says that it ends. `noteShort` is told where reading
   * ends when that is far before.
   */
  constructor(
    reader: BlockReader,
    { start, end }: { readonly start: Lba; readonly end: Lba },
    noteShort: (readable: Lba) => void,
  ) {
    this.#reader = reader;
    this.#noteShort = noteShort;
    this.#start = start;
    this.#end = end;
  }

  /** What is wrong with where a content lies; nothing when nothing is known to be. */
  async faultOf(extents: readonly RecordedExtent[], options?: CallOptions): Promise<string | undefined> {
    for (const { at, bytes } of extents) {
      const end = at + blocksOf(bytes);
      if (end > NO_BLOCK) return `lies at block ${at}, which no disc has`;
      if (end > this.#end) {
        if (this.#tries >= MAX_TRIES) continue;
        this.#tries += 1;
        if ((await readBlock(this.#reader, end - 1, options)) === undefined)
          return `ends at block ${end - 1}, behind the end of the volume, where nothing can be read`;
      } else if (at >= this.#start) {
        this.#readable ??= this.#find(options);
        const readable = await this.#readable;
        if (end > readable) return `ends at block ${end - 1}, but nothing can be read from block ${readable} on`;
      }
    }
    return undefined;
  }

  /** Behind the last block of the session that can be read. What lies before a hole in the middle is not lost by it. */
  async #find(options?: CallOptions): Promise<Lba> {
    if ((await readBlock(this.#reader, this.#end - 1, options)) !== undefined) return this.#end;
    let [low, high] = [Math.min(this.#start + SYSTEM_AREA_BLOCKS, this.#end - 1), this.#end - 1];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if ((await readBlock(this.#reader, middle, options)) === undefined) high = middle;
      else low = middle;
    }
    if (this.#end - high > PADDING) this.#noteShort(high);
    return high;
  }
}
