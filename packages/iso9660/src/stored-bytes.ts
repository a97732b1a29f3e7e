import {
  BLOCK_BYTES,
  type BlockReader,
  type Blocks,
  blocksOf,
  type CallOptions,
  type Lba,
  MultisessionError,
  type RecordedExtent,
} from "@multisession/core";
import { NO_BLOCK } from "./both-endian.ts";

/** Blocks that are read at once, 64 KiB. */
const WINDOW_BLOCKS: Blocks = 32;

/** Windows that are kept: one goes through the list at a file's start, one through what is behind it. */
const KEPT_WINDOWS = 2;

/** Blocks of one extent in memory. */
interface Window {
  readonly at: Lba;
  readonly bytes: Uint8Array;
}

/** The bytes of a file as they lie on the disc, at any offset. Neighbouring pieces are read once. */
export class StoredBytes {
  /** Length of the file as it lies on the disc. */
  readonly bytes: number;
  readonly #reader: BlockReader;
  readonly #extents: readonly (RecordedExtent & { readonly from: number })[];
  readonly #windows: Window[] = [];
  /** Windows that cannot be read as a whole: of these every block is read alone, so that only the bad ones are lost. */
  readonly #broken = new Set<Lba>();

  constructor(reader: BlockReader, extents: readonly RecordedExtent[]) {
    this.#reader = reader;
    let from = 0;
    this.#extents = extents.map((extent) => {
      const placed = { ...extent, from };
      from += extent.bytes;
      return placed;
    });
    this.bytes = from;
  }

  /** The block that holds a byte of the file. */
  blockAt(offset: number): Lba {
    const extent = this.#extents.findLast(({ from }) => from <= offset);
    return extent === undefined ? 0 : extent.at + Math.floor((offset - extent.from) / BLOCK_BYTES);
  }

  /** So many bytes from an offset on; fewer at the file's end. @throws `READ_FAILED` with the address. */
  async read(offset: number, count: number, options?: CallOptions): Promise<Uint8Array> {
    const end = Math.min(offset + count, this.bytes);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    for (let at = offset; at < end; ) {
      const piece = await this.#piece(at, options);
      const taken = piece.subarray(0, end - at);
      bytes.set(taken, at - offset);
      at += taken.length;
    }
    return bytes;
  }

  /** The bytes from an offset to the end of its window. */
  async #piece(offset: number, options?: CallOptions): Promise<Uint8Array> {
    const extent = this.#extents.findLast(({ from, bytes }) => from <= offset && bytes > 0) as RecordedExtent & {
      readonly from: number;
    };
    const inExtent = offset - extent.from;
    const block = Math.floor(inExtent / BLOCK_BYTES);
    const start = block - (block % WINDOW_BLOCKS);
    const whole = this.#broken.has(extent.at + start) ? undefined : await this.#wholeWindow(extent, start, options);
    const inside = whole === undefined ? block : start;
    const window = whole ?? (await this.#window(extent, inside, 1, options));
    const end = Math.min(window.bytes.length, extent.bytes - inside * BLOCK_BYTES);
    return window.bytes.subarray(inExtent - inside * BLOCK_BYTES, end);
  }

  /** Blocks that are read at once; nothing where one of them cannot be read. */
  async #wholeWindow(extent: RecordedExtent, inside: Blocks, options?: CallOptions): Promise<Window | undefined> {
    try {
      return await this.#window(extent, inside, WINDOW_BLOCKS, options);
    } catch (error) {
      if (!MultisessionError.is(error) || error.code !== "READ_FAILED") throw error;
      this.#broken.add(extent.at + inside);
      return undefined;
    }
  }

  async #window(extent: RecordedExtent, inside: Blocks, most: Blocks, options?: CallOptions): Promise<Window> {
    const at = extent.at + inside;
    const known = this.#windows.findIndex((window) => window.at === at);
    const kept = known < 0 ? undefined : this.#windows.splice(known, 1)[0];
    const count = Math.min(most, blocksOf(extent.bytes) - inside);
    if (extent.at + blocksOf(extent.bytes) > NO_BLOCK)
      throw new MultisessionError("READ_FAILED", `Block ${at} is on no disc.`, { subject: `block ${at}` });
    const window = kept ?? { at, bytes: await this.#reader.read(at, count, options) };
    this.#windows.push(window);
    if (this.#windows.length > KEPT_WINDOWS) this.#windows.shift();
    return window;
  }
}
