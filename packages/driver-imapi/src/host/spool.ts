import { closeSync, openSync, readSync } from "node:fs";
import type { StreamSource } from "../com/stream-server.ts";

/** Bytes of a block. */
const BLOCK = 2048;

/** Consecutive blocks of the disc, which lie in the spool file behind those of the runs before. */
export interface SpoolRun {
  /** First block. */
  readonly at: number;
  /** Length. */
  readonly blocks: number;
}

/**
 * The disc from block 0 on as a stream, of which only some runs are there: what the writer is to record. The rest reads as
 * zeros, and is not recorded.
 */
export class SpooledDisc implements StreamSource, Disposable {
  readonly bytes: number;
  readonly #file: number;
  /** By address; `from` is the place in the file. */
  readonly #runs: readonly { readonly start: number; readonly end: number; readonly from: number }[];

  /** `runs` in the order in which they lie in the file. */
  constructor(path: string, runs: readonly SpoolRun[]) {
    let from = 0;
    const placed = runs.map(({ at, blocks }) => {
      const run = { start: at * BLOCK, end: (at + blocks) * BLOCK, from };
      from += blocks * BLOCK;
      return run;
    });
    this.#runs = placed.toSorted((one, other) => one.start - other.start);
    this.bytes = this.#runs.at(-1)?.end ?? 0;
    this.#file = openSync(path, "r");
  }

  readInto(target: Uint8Array, position: number): void {
    target.fill(0);
    for (const { start, end, from } of this.#runs) {
      const first = Math.max(start, position);
      const last = Math.min(end, position + target.length);
      if (first < last) this.#read(target.subarray(first - position, last - position), from + first - start);
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }

  #read(target: Uint8Array, from: number): void {
    for (let done = 0; done < target.length; ) {
      const bytes = readSync(this.#file, target, done, target.length - done, from + done);
      if (bytes === 0) throw new RangeError("The spool file is too short");
      done += bytes;
    }
  }
}
