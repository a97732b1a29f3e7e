/**
 * Arrays of whole units, to be used again: a fresh one for every unit of a long recording would be tens of megabytes of
 * garbage between two collections.
 */
export class UnitPool {
  readonly #most: number;
  readonly #free = new Map<number, Uint8Array[]>();
  #kept = 0;

  /** @param most bytes that are kept at most. */
  constructor(most: number) {
    this.#most = most;
  }

  /** An array of that many bytes; it holds anything. */
  take(length: number): Uint8Array {
    const found = this.#free.get(length)?.pop();
    if (found === undefined) return new Uint8Array(length);
    this.#kept -= length;
    return found;
  }

  /** An array of that many bytes that begins with `data`, and zeros behind it. */
  copyOf(data: Uint8Array, length: number = data.length): Uint8Array {
    const bytes = this.take(length);
    bytes.set(data);
    if (data.length < length) bytes.fill(0, data.length);
    return bytes;
  }

  /** Takes back an array that nobody uses any more. */
  give(bytes: Uint8Array): void {
    if (this.#kept + bytes.length > this.#most) return;
    this.#kept += bytes.length;
    const free = this.#free.get(bytes.length);
    if (free === undefined) this.#free.set(bytes.length, [bytes]);
    else free.push(bytes);
  }
}
