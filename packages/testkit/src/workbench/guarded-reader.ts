import type { BlockReader, Blocks, CallOptions, DiscReader, Lba, Medium } from "@multisession/core";

/** The reader that a mechanism on trial gets: it cannot write, and while it is locked it notes every touch. */
export class GuardedReader implements DiscReader {
  /** What was asked while it was locked. */
  readonly touches: string[] = [];
  /** Whether nothing may be asked now. */
  isLocked = false;
  readonly #inner: DiscReader;

  constructor(inner: DiscReader) {
    this.#inner = inner;
  }

  get uri(): string {
    return this.#inner.uri;
  }

  medium(options?: Parameters<DiscReader["medium"]>[0]): Promise<Medium> {
    this.#note("medium()");
    return this.#inner.medium(options);
  }

  read(at: Lba, blocks: Blocks, options?: CallOptions): ReturnType<BlockReader["read"]> {
    this.#note(`read(${at}, ${blocks})`);
    return this.#inner.read(at, blocks, options);
  }

  #note(what: string): void {
    if (this.isLocked) this.touches.push(what);
  }
}
