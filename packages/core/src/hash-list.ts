/** Hashes of one piece: pieces are added as they are needed, and none is ever copied into a larger one. */
const PER_PIECE = 4096;

interface Piece {
  /** The hashes, one behind the other. */
  readonly bytes: Uint8Array;
  /** Of each content 1 where its hash is known. */
  readonly known: Uint8Array;
}

/** Hashes of contents by their ids, in few pieces of memory: 100,000 arrays would take ten times the space. */
export class HashList {
  readonly #length: number;
  readonly #pieces: (Piece | undefined)[] = [];

  /** `length`: bytes of a hash. */
  constructor(length: number) {
    this.#length = length;
  }

  /** Nothing where it was not set. */
  get(id: number): Uint8Array | undefined {
    const piece = this.#pieces[Math.floor(id / PER_PIECE)];
    const at = id % PER_PIECE;
    return piece?.known[at] === 1 ? piece.bytes.subarray(at * this.#length, (at + 1) * this.#length) : undefined;
  }

  /** The hashes of one content, or of several that follow it, one behind the other. */
  set(id: number, hashes: Uint8Array): void {
    const count = hashes.length / this.#length;
    for (let done = 0; done < count; ) {
      const { bytes, known } = this.#pieceOf(id + done);
      const at = (id + done) % PER_PIECE;
      const fitting = Math.min(count - done, PER_PIECE - at);
      known.fill(1, at, at + fitting);
      bytes.set(hashes.subarray(done * this.#length, (done + fitting) * this.#length), at * this.#length);
      done += fitting;
    }
  }

  #pieceOf(id: number): Piece {
    const index = Math.floor(id / PER_PIECE);
    const piece = this.#pieces[index] ?? {
      bytes: new Uint8Array(PER_PIECE * this.#length),
      known: new Uint8Array(PER_PIECE),
    };
    this.#pieces[index] = piece;
    return piece;
  }
}
