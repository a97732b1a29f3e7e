import { BLOCK_BYTES, type Blocks } from "@multisession/core";

/** Arrays that are kept at most: what a full buffer holds, and as much on its way. */
const MOST_KEPT = 128;

/**
 * Arrays of one unit each, to be used again: a fresh one for every unit of a long recording would be tens of megabytes of
 * garbage between two collections.
 */
export class UnitPool {
  readonly #bytes: number;
  readonly #free: Uint8Array[] = [];

  constructor(unit: Blocks) {
    this.#bytes = unit * BLOCK_BYTES;
  }

  /** An array of one unit; it holds anything. */
  take(): Uint8Array {
    return this.#free.pop() ?? new Uint8Array(this.#bytes);
  }

  /** An array that begins with `data`, and zeros behind it. */
  copyOf(data: Uint8Array): Uint8Array {
    const bytes = this.take();
    bytes.set(data);
    if (data.length < bytes.length) bytes.fill(0, data.length);
    return bytes;
  }

  /** Takes back an array that nobody uses any more. */
  give(bytes: Uint8Array): void {
    if (this.#free.length < MOST_KEPT) this.#free.push(bytes);
  }
}
