import { createReadStream } from "node:fs";
import type { Blocks, Lba } from "@multisession/core";
import type { SpoolRun } from "../host/spool.ts";
import type { SpoolFile } from "../writer/spool-file.ts";

/** Bytes of a block, and blocks of one write. */
const BLOCK = 2048;
const PIECE = 32;

/** A session that Windows' image has built, in a file. */
export class WindowsSession implements AsyncDisposable {
  /** What is to be written, in this order. */
  readonly runs: readonly SpoolRun[];
  /** Windows' signature of the disc with this session. */
  readonly discId: string;
  readonly #spool: SpoolFile;

  /** @internal For {@link WindowsImage}. */
  constructor(spool: SpoolFile, runs: readonly SpoolRun[], discId: string) {
    this.#spool = spool;
    this.runs = runs;
    this.discId = discId;
  }

  /** File that holds them, one run behind another, until {@link close}. */
  get path(): string {
    return this.#spool.path;
  }

  /** All blocks that are to be written. */
  get blocks(): Blocks {
    return this.runs.reduce((sum, { blocks }) => sum + blocks, 0);
  }

  /** The blocks with their addresses, in the order in which they are to be written. */
  async *pieces(): AsyncGenerator<{ readonly at: Lba; readonly data: Uint8Array }> {
    let from = 0;
    for (const { at, blocks } of this.runs) {
      const end = from + blocks * BLOCK;
      let next = at;
      for await (const data of createReadStream(this.#spool.path, {
        start: from,
        end: end - 1,
        highWaterMark: PIECE * BLOCK,
      }) as AsyncIterable<Uint8Array>) {
        yield { at: next, data };
        next += data.length / BLOCK;
      }
      from = end;
    }
  }

  /** Removes the file. */
  async close(): Promise<void> {
    await this.#spool.remove();
  }

  /** As {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
