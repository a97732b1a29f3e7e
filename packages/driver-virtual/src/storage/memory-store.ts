import { BLOCK_BYTES, type Blocks, type Lba } from "@multisession/core";
import type { DriveCapture } from "@multisession/mmc";
import { apply, type MediumState } from "../medium-state.ts";
import type { Effect } from "../state-record.ts";
import type { MediumStore } from "./medium-store.ts";

/** What a memory store held at one time. */
export interface MemorySnapshot {
  /** The state then. */
  readonly state: MediumState;
  /** The written units then; the arrays are shared and never changed. */
  readonly units: ReadonlyMap<Lba, Uint8Array>;
}

/** A medium in memory: only units that were written take room. A unit's array is replaced, never changed. */
export class MemoryStore implements MediumStore {
  readonly drive: DriveCapture | undefined;
  readonly access = "write";
  readonly keepsUnits: boolean = true;
  #state: MediumState;
  #units = new Map<Lba, Uint8Array>();

  constructor(state: MediumState, drive?: DriveCapture) {
    this.drive = drive;
    this.#state = state;
  }

  get state(): MediumState {
    return this.#state;
  }

  get end(): Blocks {
    const { unit } = this.#state.table;
    let end = 0;
    for (const at of this.#units.keys()) end = Math.max(end, at + unit);
    return end;
  }

  read(at: Lba, into: Uint8Array): void {
    const { unit } = this.#state.table;
    const end = at + into.length / BLOCK_BYTES;
    for (let start = at - (at % unit); start < end; start += unit) {
      const held = this.#units.get(start);
      const from = Math.max(start, at);
      const to = Math.min(start + unit, end);
      if (held === undefined) into.fill(0, (from - at) * BLOCK_BYTES, (to - at) * BLOCK_BYTES);
      else into.set(held.subarray((from - start) * BLOCK_BYTES, (to - start) * BLOCK_BYTES), (from - at) * BLOCK_BYTES);
    }
  }

  commit(effects: readonly Effect[]): void {
    for (const { record, data } of effects) {
      apply(this.#state, record);
      if (record.is === "format" && record.erases) this.#units.clear();
      if (data !== undefined) this.#keep(data.at, data.bytes);
    }
  }

  #keep(at: Lba, bytes: Uint8Array): void {
    const { unit } = this.#state.table;
    const length = unit * BLOCK_BYTES;
    for (let from = 0; from < bytes.length; from += length) {
      this.#units.set(at + from / BLOCK_BYTES, bytes.length === length ? bytes : bytes.subarray(from, from + length));
    }
  }

  close(): void {}

  /** What it holds now; cheap. */
  snapshot(): MemorySnapshot {
    return { state: this.#state.clone(), units: new Map(this.#units) };
  }

  /** Goes back to a snapshot, which can be used again. */
  restore({ state, units }: MemorySnapshot): void {
    this.#state = state.clone();
    this.#units = new Map(units);
  }
}
