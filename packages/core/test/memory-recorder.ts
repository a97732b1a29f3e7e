import {
  BLOCK_BYTES,
  type Blocks,
  type Closable,
  type DiscRecorder,
  type Lba,
  type Medium,
  MultisessionError,
  type Track,
  type WriteOptions,
} from "@multisession/core";
import { mediumOf } from "./media.ts";

const COMMAND_BYTES = 32 * BLOCK_BYTES;

/** A write-once recorder in memory, just enough for tests of core: one open track, sessions that can be closed. */
export class MemoryRecorder implements DiscRecorder {
  readonly uri = "memory:disc";
  readonly drive = { vendor: "TEST", product: "MEMORY", revision: "1" };
  readonly blocks = new Map<Lba, Uint8Array>();
  readonly log: string[] = [];
  /** Runs before each command that writes; may throw, or abort. */
  beforeWrite: (at: Lba) => void = () => {};
  /** The open track has lost its power: it does not say where it goes on until it is repaired. */
  isDamaged = false;
  readonly #capacity: number;
  readonly #closed: Track[] = [];
  #next = 0;
  #trackStart = 0;
  #session = 1;
  #isSessionOpen = false;
  #isDiscClosed = false;
  #generation = 1;

  constructor(capacity = 4096) {
    this.#capacity = capacity;
  }

  async medium(): Promise<Medium> {
    const open: Track = {
      number: this.#closed.length + 1,
      session: this.#session,
      start: this.#trackStart,
      size: this.#capacity - this.#trackStart,
      state: this.isDamaged ? "damaged" : this.#next > this.#trackStart ? "open" : "blank",
      ...(this.isDamaged ? {} : { next: this.#next }),
      free: this.isDamaged ? 0 : this.#capacity - this.#next,
    };
    const isBlank = this.#closed.length === 0 && this.#next === 0;
    return mediumOf({
      status: this.#isDiscClosed ? "complete" : isBlank ? "blank" : "appendable",
      lastSession: this.#isDiscClosed ? "complete" : this.#isSessionOpen ? "incomplete" : "empty",
      tracks: this.#isDiscClosed ? this.#closed : [...this.#closed, open],
      capacity: this.#capacity,
      generation: this.#generation,
    });
  }

  async read(at: Lba, count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count * BLOCK_BYTES);
    for (let index = 0; index < count; index++) {
      const block = this.blocks.get(at + index);
      if (block === undefined)
        throw new MultisessionError("READ_FAILED", `Block ${at + index} is unwritten.`, { subject: this.uri });
      bytes.set(block, index * BLOCK_BYTES);
    }
    return bytes;
  }

  /** In commands of 64 KiB, as drives are written. */
  async write(at: Lba, data: Uint8Array, { signal, onAccepted }: WriteOptions = {}): Promise<void> {
    for (let from = 0; from < data.length; from += COMMAND_BYTES) {
      if (signal?.aborted) throw new MultisessionError("CANCELLED", "It was cancelled.", { subject: this.uri });
      const blocks = this.#command(at + from / BLOCK_BYTES, data.subarray(from, from + COMMAND_BYTES));
      onAccepted?.(blocks);
    }
  }

  #command(at: Lba, data: Uint8Array): Blocks {
    this.beforeWrite(at);
    if (at !== this.#next) throw new Error(`${at} is not the next writable address ${this.#next}`);
    for (let from = 0; from < data.length; from += BLOCK_BYTES)
      this.blocks.set(this.#next++, data.slice(from, from + BLOCK_BYTES));
    this.#isSessionOpen = true;
    this.#generation++;
    const blocks = data.length / BLOCK_BYTES;
    this.log.push(`write ${at}+${blocks}`);
    return blocks;
  }

  async flush(): Promise<void> {
    this.log.push("flush");
  }

  async closeSpace(what: Closable): Promise<void> {
    this.log.push(`close ${what}`);
    this.#generation++;
    if (what === "track") {
      this.#closed.push({
        number: this.#closed.length + 1,
        session: this.#session,
        start: this.#trackStart,
        size: this.#next - this.#trackStart,
        state: "closed",
        free: 0,
      });
      this.#trackStart = this.#next;
      return;
    }
    this.#session++;
    this.#isSessionOpen = false;
    this.#isDiscClosed = what === "disc";
  }

  async prepare(): Promise<void> {
    throw new Error("nothing to prepare");
  }

  async reserve(): Promise<void> {
    throw new Error("nothing to reserve");
  }

  async repair(track: number): Promise<void> {
    this.log.push(`repair ${track}`);
    this.isDamaged = false;
    this.#generation++;
  }

  async reload(): Promise<"cache-dropped"> {
    return "cache-dropped";
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
