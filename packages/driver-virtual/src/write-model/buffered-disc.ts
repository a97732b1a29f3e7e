import { BLOCK_BYTES, type Blocks, type Lba, type Sense } from "@multisession/core";
import { concat } from "@multisession/mmc";
import { type MediumTable, sense } from "../media/medium-table.ts";
import { apply, type MediumState } from "../medium-state.ts";
import type { Effect, StateRecord } from "../state-record.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { effectOf, type PendingUnit, unitsOf } from "./pending-unit.ts";
import { UnitPool } from "./unit-pool.ts";

/** How many of `wanted` effects are carried out before the power goes. */
export type EffectGate = (wanted: number) => number;

/** What tears units on their way to the medium. */
export interface UnitTear {
  /** Whether it tears any; else it need not be asked for each unit. */
  readonly isTearing: boolean;
  /** Which blocks of a unit are lost. */
  tornIn(unit: Lba, blocks: Blocks): readonly Lba[];
}

/** Thrown inside the recorder at the moment when the power goes. */
export class PowerLost extends Error {}

/** What a buffered disc held at one time, its store not included. */
export interface BufferSnapshot {
  /** The state then. */
  readonly state: MediumState;
  /** The units then; shared, never changed. */
  readonly pending: readonly PendingUnit[];
  /** Units in it. */
  readonly held: number;
  /** Whether the map had changed. */
  readonly isMapDirty: boolean;
  /** Whether something was committed that is not durable. */
  readonly isUnsynced: boolean;
}

/** Sealed units that are kept back at most, about the buffer of a real drive; more where a unit is one block. */
const BUFFER_UNITS = 64;
const BUFFER_BLOCKS: Blocks = 1024;

/** A disc in the recorder: the medium, and the buffer in front of it. Its `state` includes what is still in the buffer. */
export class BufferedDisc {
  /** The medium itself, without what is in the buffer. */
  readonly store: MediumStore;
  #state: MediumState;
  /** In the order in which they came: of two for one unit the later one holds. */
  #pending: PendingUnit[] = [];
  /** Units in the buffer. */
  #held = 0;
  /** The unit of each track that waits for more blocks. */
  readonly #filling = new Map<number, PendingUnit>();
  /** Data that a snapshot holds too. */
  readonly #shared = new WeakSet<Uint8Array>();
  /** For the data of units; who makes a unit for `overwrite` or `replace` takes it from here. */
  readonly pool: UnitPool;
  #isMapDirty = false;
  #isUnsynced = false;
  /** Whether tracks are recorded in Mode 2 now, not in Mode 1: the drive sets it before each write to a CD. */
  recordsMode2 = false;
  readonly #gate: EffectGate;
  readonly #tear: UnitTear | undefined;

  constructor(store: MediumStore, gate: EffectGate, tear?: UnitTear) {
    this.store = store;
    this.#state = store.state.clone();
    this.#gate = gate;
    this.#tear = tear;
    // What a full buffer holds, and as much on its way.
    this.pool = new UnitPool(2 * this.#most * this.#state.unit * BLOCK_BYTES);
  }

  /** Units that are kept back at most; a format may change what a unit is. */
  get #most(): number {
    return Math.max(BUFFER_UNITS, BUFFER_BLOCKS / this.#state.unit);
  }

  /** As the host sees the medium now. */
  get state(): MediumState {
    return this.#state;
  }

  /** Facts about the medium. */
  get table(): MediumTable {
    return this.#state.table;
  }

  /** The units in the buffer, one by one, in the order in which they go onto the medium. */
  get pending(): readonly PendingUnit[] {
    return this.#pending.flatMap((entry) => unitsOf(entry, this.#state.unit));
  }

  /** Appends whole blocks to a track; the caller has checked that they fit. */
  append(number: number, data: Uint8Array): void {
    const { unit } = this.#state;
    const mode = this.recordsMode2 ? ({ isMode2: true } as const) : {};
    for (let from = 0; from < data.length; ) {
      const { next } = this.#state.track(number);
      const old = this.#filling.get(number);
      const filled = old?.filled ?? 0;
      const at = next - filled;
      const blocks = old === undefined ? this.#wholeUnits(data.length - from) : unit;
      const part = data.subarray(from, from + (blocks - filled) * BLOCK_BYTES);
      const bytes = this.#withPart(old?.data, part, filled, blocks);
      const now = filled + part.length / BLOCK_BYTES;
      const entry = {
        at,
        data: bytes,
        filled: now,
        record: { is: "append", track: number, next: at + blocks, ...mode },
      } as const;
      this.#put(entry, old);
      if (now < unit) this.#filling.set(number, entry);
      else this.#filling.delete(number);
      apply(this.#state, { is: "append", track: number, next: at + now, ...mode });
      from += part.length;
    }
  }

  /** Blocks of the whole units in so many bytes; of the unit that they only begin when there are none. */
  #wholeUnits(bytes: number): Blocks {
    const { unit } = this.#state;
    const blocks = bytes / BLOCK_BYTES;
    return Math.max(unit, blocks - (blocks % unit));
  }

  #withPart(old: Uint8Array | undefined, part: Uint8Array, filled: Blocks, blocks: Blocks): Uint8Array {
    if (old === undefined) return this.pool.copyOf(part, blocks * BLOCK_BYTES);
    const bytes = this.#shared.has(old) ? this.pool.copyOf(old) : old;
    bytes.set(part, filled * BLOCK_BYTES);
    return bytes;
  }

  /** Ends the unit that a track is filling: the rest of it is padded with zeros and used up. */
  seal(number: number): void {
    const entry = this.#filling.get(number);
    if (entry === undefined) return;
    this.#filling.delete(number);
    this.#put({ ...entry, filled: this.#state.unit }, entry);
    apply(this.#state, entry.record);
  }

  /** Takes a whole unit that is to be written in place. */
  overwrite(at: Lba, data: Uint8Array): void {
    const { unit } = this.#state;
    const record = { is: "overwrite", at, blocks: unit } as const;
    const last = this.#pending.at(-1);
    // Blocks that come one by one gather in one unit.
    this.#put({ at, data, filled: unit, record }, last?.at === at ? last : undefined);
    apply(this.#state, record);
  }

  /** Takes a whole unit that is written where nothing is recorded. */
  record(at: Lba, data: Uint8Array): void {
    const record = { is: "record", at, blocks: this.#state.unit } as const;
    this.#put({ at, data, filled: this.#state.unit, record });
    apply(this.#state, record);
  }

  /** Lets a spare unit stand for one that cannot hold data. */
  spare(unit: Lba): void {
    const record = { is: "spare", unit } as const;
    this.#commit([{ record }], false);
    apply(this.#state, record);
  }

  /** Takes a whole unit that replaces the one at `at` and goes to the next address of a track. */
  replace(at: Lba, data: Uint8Array, number: number): void {
    this.seal(number);
    const { next } = this.#state.track(number);
    const record = { is: "replace", track: number, unit: at, by: next } as const;
    this.#put({ at, data, filled: this.#state.unit, record });
    apply(this.#state, record);
    this.#isMapDirty = true;
  }

  #put(entry: PendingUnit, instead?: PendingUnit): void {
    if (instead === undefined) {
      this.#pending.push(entry);
      this.#held += this.#countOf(entry);
    } else {
      this.#pending[this.#pending.lastIndexOf(instead)] = entry;
      if (instead.data !== entry.data) this.#release(instead);
    }
  }

  /** What the buffer holds of the unit that starts at `unit`. */
  #heldAt(unit: Lba): PendingUnit | undefined {
    return this.#pending.findLast(({ at, data }) => at <= unit && unit < at + data.length / BLOCK_BYTES);
  }

  #countOf({ data }: PendingUnit): number {
    return data.length / (this.#state.unit * BLOCK_BYTES);
  }

  /** Gives back the data of a unit that is not in the buffer any more. */
  #release({ data }: PendingUnit): void {
    if (!this.#shared.has(data)) this.pool.give(data);
  }

  /** Lets the buffer run over into the medium when it is full. */
  drain(): void {
    if (this.#held - this.#filling.size >= this.#most) this.#destage([], false);
  }

  /** Puts everything onto the medium, and the map of replacements when it changed: SYNCHRONIZE CACHE. */
  flush(): void {
    for (const number of [...this.#filling.keys()]) this.seal(number);
    const update: Effect[] = this.#isMapDirty ? [{ record: { is: "update" } }] : [];
    if (this.#pending.length + update.length === 0 && !this.#isUnsynced) return;
    this.#destage(update, true);
    if (update.length > 0) apply(this.#state, { is: "update" });
    this.#isMapDirty = false;
  }

  /** Flushes, and then changes the state in these steps, each durable before the next. */
  change(...records: readonly StateRecord[]): void {
    this.flush();
    for (const record of records) {
      this.#commit([{ record }], true);
      apply(this.#state, record);
    }
  }

  #destage(more: readonly Effect[], isDurable: boolean): void {
    const filling = new Set(this.#filling.values());
    const ready = this.#pending.filter((entry) => !filling.has(entry));
    const torn = this.#tornOf(ready);
    const units = this.#held - filling.size;
    const wanted = units + torn.length + more.length;
    const allowed = this.#gate(wanted);
    if (allowed < wanted) this.#destagePart(ready, [...torn, ...more], allowed, isDurable);
    this.store.commit([...ready.map(effectOf), ...torn, ...more], isDurable);
    this.#isUnsynced = !isDurable;
    this.#pending = [...filling];
    this.#held = filling.size;
    for (const { record } of torn) apply(this.#state, record);
    if (!this.store.keepsUnits) for (const entry of ready) this.#release(entry);
  }

  /** The power goes while the buffer is emptied: only the first units get there, each of them whole. */
  #destagePart(ready: readonly PendingUnit[], more: readonly Effect[], allowed: number, isDurable: boolean): never {
    const units = ready.flatMap((entry) => unitsOf(entry, this.#state.unit));
    this.store.commit([...units.map(effectOf), ...more].slice(0, allowed), isDurable);
    this.#isUnsynced = !isDurable;
    this.#pending = [...units.slice(allowed), ...this.#filling.values()];
    throw new PowerLost();
  }

  /** The blocks that are lost on the way. */
  #tornOf(ready: readonly PendingUnit[]): readonly Effect[] {
    const tear = this.#tear;
    if (!tear?.isTearing) return [];
    const units = ready.flatMap((entry) => unitsOf(entry, this.#state.unit));
    const lost = units.flatMap(({ at }) => tear.tornIn(at, this.#state.unit));
    return lost.length > 0 ? [{ record: { is: "unreadable", blocks: lost } }] : [];
  }

  #commit(effects: readonly Effect[], isDurable: boolean): void {
    const allowed = this.#gate(effects.length);
    this.store.commit(allowed < effects.length ? effects.slice(0, allowed) : effects, isDurable);
    this.#isUnsynced = !isDurable;
    if (allowed < effects.length) throw new PowerLost();
  }

  /** Reads blocks as the host sees them, or says why one of them cannot be read. */
  read(at: Lba, blocks: Blocks): Uint8Array | Sense {
    const { unwritten } = this.#state.condition;
    const refused = this.#unreadableIn(at, blocks);
    if (refused !== undefined) return refused;
    const bytes = uncleared(blocks * BLOCK_BYTES);
    if (this.#pending.length === 0 && this.#state.isRecorded(at, at + blocks)) {
      this.store.read(at, bytes);
      return bytes;
    }
    const part = (from: Lba, to: Lba): Uint8Array => bytes.subarray((from - at) * BLOCK_BYTES, (to - at) * BLOCK_BYTES);
    const { unit } = this.#state;
    const end = at + blocks;
    // Blocks from here on lie in the store one after another, and are read together.
    let stored = at;
    for (let from = at, to = at; from < end; from = to) {
      const first = from - (from % unit);
      to = Math.min(end, first + unit);
      const recorded = Math.max(from, Math.min(to, this.#state.recordedIn(first)));
      if (recorded < to && unwritten !== "zeros") return { ...unwritten, at: recorded };
      if (recorded === to && this.#heldAt(first) === undefined) continue;
      if (stored < from) this.store.read(stored, part(stored, from));
      if (from < recorded) this.#readIn(from, part(from, recorded));
      if (recorded < to) part(recorded, to).fill(0);
      stored = to;
    }
    if (stored < end) this.store.read(stored, part(stored, end));
    return bytes;
  }

  /** Exclusive end of what was recorded or used up, the buffer included. */
  get end(): Blocks {
    const stored = Math.max(this.store.end, this.#state.writtenEnd);
    return this.#pending.reduce((end, { at, filled }) => Math.max(end, at + filled), stored);
  }

  /** Blocks as a host sees them; those that cannot be read are zeros. */
  peek(at: Lba, blocks: Blocks): Uint8Array {
    const whole = this.read(at, blocks);
    if (whole instanceof Uint8Array) return whole;
    if (blocks === 1) return new Uint8Array(BLOCK_BYTES);
    const half = blocks >> 1;
    return concat(this.peek(at, half), this.peek(at + half, blocks - half));
  }

  /** The unit at `at` as it is now, to be merged with new blocks; zeros where nothing was recorded. */
  unitFor(at: Lba, keepFrom: Lba, keepTo: Lba): Uint8Array | Sense {
    const { unit } = this.#state;
    const refused = this.#unreadableIn(at, keepFrom - at) ?? this.#unreadableIn(keepTo, at + unit - keepTo);
    if (refused !== undefined) return refused;
    const bytes = this.pool.take(unit * BLOCK_BYTES);
    if (this.#state.recordedIn(at) > at) this.#readIn(at, bytes);
    else bytes.fill(0);
    return bytes;
  }

  #unreadableIn(at: Lba, blocks: Blocks): Sense | undefined {
    if (this.#state.unreadable.size === 0) return undefined;
    for (let block = at; block < at + blocks; block++) {
      if (this.#state.unreadable.has(block)) return { ...sense(3, 0x11, 0x05), at: block };
    }
    return undefined;
  }

  /** Reads recorded blocks of one unit. */
  #readIn(from: Lba, into: Uint8Array): void {
    const { unit } = this.#state;
    const first = from - (from % unit);
    const held = this.#heldAt(first);
    if (held === undefined) {
      this.store.read(from, into);
      return;
    }
    const offset = (from - held.at) * BLOCK_BYTES;
    into.set(held.data.subarray(offset, offset + into.length));
  }

  /** What it holds now, for a cheap way back. */
  snapshot(): BufferSnapshot {
    for (const { data } of this.#pending) this.#shared.add(data);
    const [held, isMapDirty, isUnsynced] = [this.#held, this.#isMapDirty, this.#isUnsynced];
    return { state: this.#state.clone(), pending: this.#pending.slice(), held, isMapDirty, isUnsynced };
  }

  /** Goes back to a snapshot of the same medium. */
  restore({ state, pending, held, isMapDirty, isUnsynced }: BufferSnapshot): void {
    this.#state = state.clone();
    this.#pending = pending.slice();
    this.#held = held;
    this.#isMapDirty = isMapDirty;
    this.#isUnsynced = isUnsynced;
    this.#filling.clear();
    for (const entry of pending) {
      this.#shared.add(entry.data);
      if (entry.filled < this.#state.unit && entry.record.is === "append") this.#filling.set(entry.record.track, entry);
    }
  }
}

/** An array that the caller fills as a whole: to clear it first would cost as much as to read a quarter of it. */
function uncleared(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
