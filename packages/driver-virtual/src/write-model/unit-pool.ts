import { BLOCK_BYTES, type Blocks } from "@multisession/core";

/**
 * Arrays of one unit each, to be used again: a fresh one for every unit of a long recording would be tens of megabytes of
 * garbage between two collections.
 */
export class UnitPool {
  readonly #bytes: number;
  readonly #most: number;
  readonly #free: Uint8Array[] = [];

  /** @param most arrays that are kept at most. */
  constructor(unit: Blocks, most: number) {
    this.#bytes = unit * BLOCK_BYTES;
    this.#most = most;
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
    if (this.#free.length < this.#most) this.#free.push(bytes);
  }
}
