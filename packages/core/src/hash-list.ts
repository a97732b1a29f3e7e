/** Hashes of contents by their ids, in one piece of memory: 100,000 arrays would take ten times the space. */
export class HashList {
  readonly #length: number;
  #bytes = new Uint8Array(0);
  /** Of each content 1 where its hash is known. */
  #known = new Uint8Array(0);

  /** `length`: bytes of a hash. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Nothing where it was not set. */
  get(id: number): Uint8Array | undefined {
    return this.#known[id] === 1 ? this.#bytes.subarray(id * this.#length, (id + 1) * this.#length) : undefined;
  }

  /** The hashes of one content, or of several that follow it, one behind the other. */
  set(id: number, hashes: Uint8Array): void {
    const end = id + hashes.length / this.#length;
    if (this.#known.length < end) {
      const room = Math.max(end, 2 * this.#known.length);
      this.#known = grown(this.#known, room);
      this.#bytes = grown(this.#bytes, room * this.#length);
    }
    this.#known.fill(1, id, end);
    this.#bytes.set(hashes, id * this.#length);
  }
}

function grown(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
