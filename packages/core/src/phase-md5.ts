import { createHash, type Hash } from "node:crypto";
import type { Phase } from "./extent.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { tryRead } from "./try-read.ts";

/**
 * MD5 over the blocks of a phase, taken from the writer's buffer before it is given away: in large pieces, because it is
 * called for every block of a disc.
 */
export class PhaseMd5 {
  readonly #buffer: Uint8Array;
  #md5: Hash | undefined;
  /** Bytes of the buffer that are in the sum. */
  #summed = 0;

  /** `buffer`: of the writer, which fills it from its beginning and drains it. */
  constructor(buffer: Uint8Array) {
    this.#buffer = buffer;
  }

  /** Begins anew; a commit with the blocks before it, because its readers begin with block 0. */
  async begin({ kind, extents }: Phase, reader: BlockReader, options: CallOptions): Promise<void> {
    this.#md5 = createHash("md5");
    this.#summed = 0;
    const before = kind === "commit" ? (extents[0]?.at ?? 0) : 0;
    if (before === 0) return;
    const blocks = await tryRead(reader, 0, before, options);
    if (blocks === undefined) this.#md5 = undefined;
    else this.#md5.update(blocks);
  }

  /** The buffer holds `filled` bytes and is given away now. */
  drain(filled: number): void {
    this.#take(filled);
    this.#summed = 0;
  }

  /** The sum of all so far, `filled` bytes in the buffer included. Nothing where what it begins with could not be read. */
  soFar(filled: number): Uint8Array | undefined {
    this.#take(filled);
    return this.#md5?.copy().digest();
  }

  #take(filled: number): void {
    this.#md5?.update(this.#buffer.subarray(this.#summed, filled));
    this.#summed = filled;
  }
}
