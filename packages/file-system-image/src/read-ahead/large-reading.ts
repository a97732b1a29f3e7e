import { closeSync } from "node:fs";
import type { HostPath } from "../host-folder.ts";
import { here } from "./file-reading.ts";
import type { PieceJob } from "./messages.ts";

/** Reads pieces of large files in this thread, for the reader to hash: that alone takes three times as long. */
export class LargeReading {
  #open: { readonly path: HostPath; readonly file: number } | undefined;

  /** Reads a piece into its slot; tells whether all of it is there as planned. If not, the reader reads it and says why. */
  read(job: PieceJob, slot: Buffer): boolean {
    const { from, length } = job;
    try {
      const file = this.#fileOf(job);
      // Before and after, for the reader opens the file for itself: it may be another one by now.
      if (!isAsPlanned(file, job) || here.fill(file, slot, 0, length, from) < length) return false;
      return isAsPlanned(file, job);
    } catch {
      return false;
    }
  }

  #fileOf({ path }: PieceJob): number {
    if (this.#open?.path !== path) {
      this.close();
      this.#open = { path, file: here.openFile(path) };
    }
    return this.#open.file;
  }

  /** Idempotent. */
  close(): void {
    if (this.#open !== undefined) closeSync(this.#open.file);
    this.#open = undefined;
  }
}

function isAsPlanned(file: number, { bytes, modified }: PieceJob): boolean {
  const state = here.stateOf(file);
  return state.bytes === bytes && state.modified === modified;
}
