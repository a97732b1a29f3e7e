import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { BLOCK_BYTES, type Blocks, type Lba } from "@multisession/core";
import type { DriveCapture } from "@multisession/mmc";
import type { MediumState } from "../medium-state.ts";
import type { MediumStore, StoreAccess } from "../storage/medium-store.ts";
import type { StoredState } from "./state-file.ts";

/** What is known of a medium that is only read. */
type Readable = Pick<StoredState, "state" | "drive" | "redo">;

/** A medium in a disc file that is only read: nothing in the file or beside it is changed. */
export class ReadOnlyStore implements MediumStore {
  readonly access: StoreAccess;
  readonly keepsUnits: boolean = false;
  readonly drive: DriveCapture | undefined;
  readonly state: MediumState;
  readonly #data: number;
  /** Replaced units that did not get into the disc file. */
  readonly #units: ReadonlyMap<Lba, Uint8Array>;
  #isOpen = true;

  constructor(path: string, access: "protected" | "data-only", stored: Readable) {
    this.access = access;
    this.state = stored.state;
    this.drive = stored.drive;
    this.#units = new Map(stored.redo.map(({ at, bytes }) => [at, bytes]));
    this.#data = openSync(path, "r");
  }

  get end(): Blocks {
    return Math.ceil(fstatSync(this.#data).size / BLOCK_BYTES);
  }

  read(at: Lba, into: Uint8Array): void {
    let got = 0;
    while (got < into.length) {
      const count = readSync(this.#data, into, got, into.length - got, at * BLOCK_BYTES + got);
      if (count === 0) break;
      got += count;
    }
    into.fill(0, got);
    for (const [unit, bytes] of this.#units) overlay(into, at, bytes, unit);
  }

  commit(effects: readonly unknown[]): void {
    // Commands that change the medium are refused before they come here; a flush of nothing is none.
    if (effects.length > 0) throw new TypeError("The disc is only read");
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#data);
    this.#isOpen = false;
  }
}

function overlay(into: Uint8Array, at: Lba, bytes: Uint8Array, unit: Lba): void {
  const from = (unit - at) * BLOCK_BYTES;
  const to = Math.min(into.length, from + bytes.length);
  if (to > Math.max(from, 0)) into.set(bytes.subarray(Math.max(0, -from), to - from), Math.max(from, 0));
}
