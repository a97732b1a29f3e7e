import type { ContentPieces } from "./content-source.ts";

/** Fills up what a source does not give. */
const ZEROS = new Uint8Array(65_536);

/**
 * Exactly the planned bytes of a content, whatever its source does: cut when it gives more, filled up with zeros when it
 * gives less or fails. Pieces that are there already come without a promise: there can be 100,000 contents of one each.
 */
export class PlannedPieces {
  readonly #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #left: number;
  #isOver = false;
  #isOpen = true;
  #fault: string | undefined;

  constructor(bytes: number, pieces: ContentPieces) {
    this.#left = bytes;
    this.#iterator = Symbol.iterator in pieces ? pieces[Symbol.iterator]() : pieces[Symbol.asyncIterator]();
  }

  /** What was wrong with the source, for people; known after the last piece. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** The next piece; nothing after the last one. */
  next(): Promise<Uint8Array | undefined> | Uint8Array | undefined {
    if (this.#isOver) return this.#fill();
    try {
      const step = this.#iterator.next();
      return "then" in step
        ? step.then(
            (done) => this.#accept(done),
            (error: unknown) => this.#fail(error),
          )
        : this.#accept(step);
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Lets a source go that was not read to its end. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#iterator.return?.();
  }

  #accept({ done, value }: IteratorResult<Uint8Array>): Uint8Array | undefined {
    if (done === true) {
      this.#isOver = true;
      this.#isOpen = false;
      return this.#fill();
    }
    const isCut = value.length > this.#left;
    const piece = isCut ? value.subarray(0, this.#left) : value;
    this.#left -= piece.length;
    if (!isCut) return piece;
    this.#fault = "It grew while it was read, and was cut.";
    this.#isOver = true;
    return piece;
  }

  #fail(error: unknown): Uint8Array | undefined {
    this.#fault = `It changed or could not be read to its end: ${error instanceof Error ? error.message : String(error)}`;
    this.#isOver = true;
    this.#isOpen = false;
    return this.#fill();
  }

  #fill(): Uint8Array | undefined {
    if (this.#left === 0) return undefined;
    this.#fault ??= "It shrank while it was read, and was filled up with zeros.";
    const zeros = this.#left < ZEROS.length ? ZEROS.subarray(0, this.#left) : ZEROS;
    this.#left -= zeros.length;
    return zeros;
  }
}
