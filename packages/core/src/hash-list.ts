/** Hashes of contents by their ids, in one piece of memory: 100,000 arrays would take ten times the space. */
export class HashList {
  readonly #length: number;
  readonly #known = new Set<number>();
  #hashes = new Uint8Array(0);

  /** `length`: bytes of a hash. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Nothing where it was not set. */
  get(id: number): Uint8Array | undefined {
    return this.#known.has(id) ? this.#hashes.subarray(id * this.#length, (id + 1) * this.#length) : undefined;
  }

  set(id: number, hash: Uint8Array): void {
    const end = (id + 1) * this.#length;
    if (this.#hashes.length < end) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#hashes.length));
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes.set(hash, id * this.#length);
    this.#known.add(id);
  }
}
