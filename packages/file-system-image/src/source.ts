import { MultisessionError } from "@multisession/core";
import type { TimeSlices } from "./time-slices.ts";

/** Where the bytes of a new file come from. */
export interface Source {
  readonly kind: "source";
  readonly bytes: number;
  /** What sources that are the same have in common; others may have it too. */
  readonly key: unknown;
  /** The same sources give the same bytes, so that they share one content. */
  isSame(other: Source): boolean;
  /** Names with the same source are one file, not equal ones: hard links. */
  readonly isLinked?: boolean;
  /** Whether it can be read more than once. */
  readonly isRepeatable: boolean;
  /** What it is, for people. */
  readonly path: string;
  /** Whether it can be read and is still what it was. @throws `SOURCE_UNREADABLE`, `SOURCE_CHANGED`. */
  check(): void;
  /** The bytes in pieces, which may lie in `scratch`. Throws at the end when the source changed while it was read. */
  read(slices: TimeSlices, scratch?: Buffer): AsyncIterable<Uint8Array>;
}

/** Bytes in memory. */
export class BytesSource implements Source {
  readonly kind = "source" as const;
  readonly isRepeatable = true;
  readonly path = "bytes in memory";
  readonly #content: Uint8Array;

  constructor(content: Uint8Array) {
    this.#content = Uint8Array.from(content);
  }

  get bytes(): number {
    return this.#content.length;
  }

  get key(): unknown {
    return this;
  }

  isSame(other: Source): boolean {
    return other === this;
  }

  check(): void {}

  async *read(): AsyncGenerator<Uint8Array> {
    yield this.#content;
  }
}

/** A stream of known length: it can be read once, while it is recorded. */
export class StreamSource implements Source {
  readonly kind = "source" as const;
  readonly isRepeatable = false;
  readonly bytes: number;
  readonly #stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  readonly path: string;
  #isConsumed = false;

  constructor(path: string, stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, bytes: number) {
    this.path = path;
    this.#stream = stream;
    this.bytes = bytes;
  }

  get key(): unknown {
    return this;
  }

  isSame(other: Source): boolean {
    return other === this;
  }

  check(): void {
    if (this.#isConsumed)
      throw new MultisessionError(
        "SOURCE_UNREADABLE",
        `The stream for "${this.path}" was read already, and a stream can be read only once.`,
        { subject: this.path, advice: "Add the stream again, without a length to have it kept." },
      );
  }

  async *read(): AsyncGenerator<Uint8Array> {
    this.check();
    this.#isConsumed = true;
    yield* this.#stream;
  }
}
