import { Reader } from "./reader.ts";

/** The thread of an image: started when there is enough for it, and handed on from the one who needs it to the next. */
export class SpareReader {
  #reader: Reader | undefined;

  /** For a while; it stays here. */
  borrow(): Reader {
    if (this.#reader?.failure !== undefined) this.#reader = undefined;
    this.#reader ??= new Reader();
    return this.#reader;
  }

  /** For good: whoever takes it closes it. */
  take(): Reader {
    const reader = this.borrow();
    this.#reader = undefined;
    return reader;
  }

  /** Ends what is here. */
  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }
}
