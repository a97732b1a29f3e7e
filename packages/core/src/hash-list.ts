/** Hashes of contents by their ids, in one piece of memory: 100,000 arrays would take ten times the space. */
export class HashList {
  readonly #stride: number;
  /** Of each content a byte that is 1 where its hash is known, and the hash. */
  #bytes = new Uint8Array(0);

  /** `length`: bytes of a hash. */
  constructor(length: number) {
    this.#stride = 1 + length;
  }

  /** Nothing where it was not set. */
  get(id: number): Uint8Array | undefined {
    const at = id * this.#stride;
    return this.#bytes[at] === 1 ? this.#bytes.subarray(at + 1, at + this.#stride) : undefined;
  }

  set(id: number, hash: Uint8Array): void {
    const at = id * this.#stride;
    if (this.#bytes.length < at + this.#stride) {
      const larger = new Uint8Array(Math.max(at + this.#stride, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[at] = 1;
    this.#bytes.set(hash, at + 1);
  }
}
