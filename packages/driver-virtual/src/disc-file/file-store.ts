import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
  writevSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { BLOCK_BYTES, type Blocks, type Lba } from "@multisession/core";
import { concat, type DriveCapture } from "@multisession/mmc";
import { apply, type MediumState } from "../medium-state.ts";
import type { Effect } from "../state-record.ts";
import type { MediumStore, StoreAccess } from "../storage/medium-store.ts";
import { writeError } from "./host-error.ts";
import { stateFileOf } from "./names.ts";
import { damaged, decodeStateFile, encodeChanges, encodeStateFile } from "./state-file.ts";

/** A state file is written anew when its changes are more than this. */
const MOST_CHANGES = 4096;
/** Or when it is larger than this, and than four times the state itself; bytes. */
const MOST_BYTES = 4 * 1024 * 1024;
/**
 * Bytes that are written in one call at most. Measured on Linux 6.18 with ext4 and a page cache that fills the memory: of
 * calls with 4 MiB more come to a stop for tenths of a second than of smaller ones (11 of 55 rounds, 3 and 2 of 55).
 */
const MOST_IN_ONE_CALL = 512 * 1024;

/**
 * Bytes after which the system is asked to begin writing them to its storage, so that a flush at the end does not have to
 * wait for all.
 */
const BEGIN_WRITING = 64 * 1024 * 1024;

/**
 * A medium in a disc file: the blocks at their addresses in `path`, the state in the state file beside it. What changes is
 * written in this order, so that the end of the process at any moment leaves a medium that opens:
 *
 * 1. new blocks, where nothing is recorded yet (in-place media: where they belong);
 * 2. the changes of state, with the new contents of replaced units;
 * 3. the replaced units themselves: done again at the next open when they did not get there.
 */
export class FileStore implements MediumStore {
  readonly access: StoreAccess = "write";
  readonly keepsUnits: boolean = false;
  readonly drive: DriveCapture | undefined;
  readonly state: MediumState;
  readonly #path: string;
  readonly #data: number;
  #journal: number;
  #id: string;
  #next: number;
  #changes: number;
  /** Bytes of the state file that count. */
  #end: number;
  /** Bytes of the state file when it was written anew. */
  #begin: number;
  #length: number;
  #isDataDirty = false;
  /** Bytes since the system was last asked to begin writing. */
  #unbegun = 0;
  #isWritingBack = false;
  #isJournalDirty = false;
  #isOpen = true;
  #failure: unknown;
  readonly #release: () => void;

  /** Opens a disc file that is locked; `release` gives the lock back when the store is closed. */
  constructor(path: string, release: () => void) {
    this.#path = path;
    this.#release = release;
    this.#journal = openSync(stateFileOf(path), "r+");
    this.#data = openWith(path, "r+", [this.#journal]);
    try {
      const stored = decodeStateFile(readFileSync(this.#journal), path);
      this.drive = stored.drive;
      this.state = stored.state;
      this.#id = stored.id;
      this.#next = stored.next;
      this.#changes = stored.changes;
      this.#end = stored.end;
      this.#begin = 0;
      this.#length = fstatSync(this.#data).size;
      for (const { at, bytes } of stored.redo) this.#redo(at, bytes);
      this.#checkLength();
      // What was never finished would else lie between the records to come.
      ftruncateSync(this.#journal, this.#end);
    } catch (error) {
      closeSync(this.#data);
      closeSync(this.#journal);
      throw error;
    }
  }

  get end(): Blocks {
    return Math.ceil(this.#length / BLOCK_BYTES);
  }

  read(at: Lba, into: Uint8Array): void {
    const from = at * BLOCK_BYTES;
    let got = 0;
    while (got < into.length) {
      const count = readSync(this.#data, into, got, into.length - got, from + got);
      if (count === 0) break;
      got += count;
    }
    into.fill(0, got);
  }

  commit(effects: readonly Effect[], isDurable: boolean): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#commit(effects, isDurable);
    } catch (error) {
      throw writeError(error, this.#path);
    }
  }

  #commit(effects: readonly Effect[], isDurable: boolean): void {
    const isReplacing = effects.some(({ record }) => record.is === "replace");
    this.#writeNew(effects);
    // A replacement becomes visible to other programs at once, so what it depends on must be safe before it.
    if (isDurable || isReplacing) this.#syncData();
    this.#record(effects);
    try {
      if (isDurable || isReplacing) this.#syncJournal();
      this.#carryOut(effects);
    } catch (error) {
      // The changes are recorded, but not all are carried out: only the next open can tell what holds.
      this.#failure = writeError(error, this.#path);
      throw error;
    }
    if (this.#changes > MOST_CHANGES || this.#end > Math.max(MOST_BYTES, 4 * this.#begin)) this.#renew();
  }

  #carryOut(effects: readonly Effect[]): void {
    for (const { record, data } of effects) {
      apply(this.state, record);
      // After its record: a format that is not known to the state must leave the blocks of the state there.
      if (record.is === "format" && record.erases) this.#erase();
      if (data !== undefined && record.is === "replace") this.#writeData(data.at, data.bytes);
    }
    this.#extend();
  }

  #record(effects: readonly Effect[]): void {
    const told = lasting(effects, this.state);
    if (told.length === 0) return;
    const bytes = concat(...encodeChanges(this.#id, this.#next, told));
    writeAll(this.#journal, bytes, this.#end);
    this.#end += bytes.length;
    this.#next += told.length;
    this.#changes += told.length;
    this.#isJournalDirty = true;
  }

  /** Writes the state file anew, without the changes that led to the state. When that fails, the old one serves on. */
  #renew(): void {
    try {
      this.#syncData();
      const { bytes, id, next } = encodeStateFile(this.state, this.drive);
      const fresh = writeStateFile(stateFileOf(this.#path), bytes);
      closeSync(this.#journal);
      this.#journal = fresh;
      this.#id = id;
      this.#next = next;
      this.#end = bytes.length;
      this.#isJournalDirty = false;
    } catch {
      // Tried again when it has grown by as much once more.
    }
    this.#begin = this.#end;
    this.#changes = 0;
  }

  /** Writes the blocks of all effects but replacements; units that lie one behind the other in one call. */
  #writeNew(effects: readonly Effect[]): void {
    let at = 0;
    let end = 0;
    let run: Uint8Array[] = [];
    for (const { record, data } of effects) {
      if (data === undefined || record.is === "replace") continue;
      if (data.at !== end || (end - at) * BLOCK_BYTES + data.bytes.length > MOST_IN_ONE_CALL) {
        this.#writeRun(at, run);
        run = [];
        at = data.at;
      }
      run.push(data.bytes);
      end = data.at + data.bytes.length / BLOCK_BYTES;
    }
    this.#writeRun(at, run);
  }

  #writeRun(at: Lba, run: readonly Uint8Array[]): void {
    const [first] = run;
    if (first === undefined) return;
    if (run.length === 1) {
      this.#writeData(at, first);
      return;
    }
    const bytes = run.reduce((sum, { length }) => sum + length, 0);
    // A call may take only a part: then one by one.
    if (writevSync(this.#data, run, at * BLOCK_BYTES) < bytes) {
      run.reduce((place, unit) => {
        writeAll(this.#data, unit, place);
        return place + unit.length;
      }, at * BLOCK_BYTES);
    }
    this.#written(at, bytes);
  }

  #writeData(at: Lba, bytes: Uint8Array): void {
    writeAll(this.#data, bytes, at * BLOCK_BYTES);
    this.#written(at, bytes.length);
  }

  #written(at: Lba, bytes: number): void {
    this.#length = Math.max(this.#length, at * BLOCK_BYTES + bytes);
    this.#isDataDirty = true;
    this.#unbegun += bytes;
    if (this.#unbegun < BEGIN_WRITING || this.#isWritingBack) return;
    this.#unbegun = 0;
    this.#isWritingBack = true;
    void beginWriting(this.#path).finally(() => {
      this.#isWritingBack = false;
    });
  }

  /** Clusters that were used up hold nothing, but belong to the recorded length. */
  #extend(): void {
    const written = this.state.writtenEnd * BLOCK_BYTES;
    if (written <= this.#length) return;
    ftruncateSync(this.#data, written);
    this.#length = written;
    this.#isDataDirty = true;
  }

  #erase(): void {
    ftruncateSync(this.#data, 0);
    this.#length = 0;
    this.#isDataDirty = true;
  }

  #redo(at: Lba, bytes: Uint8Array): void {
    const held = new Uint8Array(bytes.length);
    this.read(at, held);
    if (Buffer.compare(held, bytes) !== 0) this.#writeData(at, bytes);
  }

  /** Cuts off what was written and never recorded. */
  #checkLength(): void {
    const { state } = this;
    if (state.isInPlace) return;
    if (this.#length < dataEnd(state) * BLOCK_BYTES) {
      throw damaged(this.#path, "the disc file is shorter than what was recorded on it");
    }
    const written = state.writtenEnd * BLOCK_BYTES;
    if (this.#length !== written) ftruncateSync(this.#data, written);
    this.#length = written;
  }

  #syncData(): void {
    if (this.#isDataDirty) fdatasyncSync(this.#data);
    this.#isDataDirty = false;
  }

  #syncJournal(): void {
    if (this.#isJournalDirty) fdatasyncSync(this.#journal);
    this.#isJournalDirty = false;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#data);
    closeSync(this.#journal);
    this.#release();
  }
}

/** The effects whose records must be kept: of appends to a track the last one tells all. */
function lasting(effects: readonly Effect[], state: MediumState): readonly Effect[] {
  return effects.filter(({ record }, index) => {
    if (record.is === "overwrite") return state.unreadable.size > 0;
    const next = effects[index + 1]?.record;
    return !(record.is === "append" && next?.is === "append" && next.track === record.track);
  });
}

/** Exclusive end of the blocks that hold data: clusters that were used up as replacements hold none at their address. */
export function dataEnd(state: MediumState): Blocks {
  let end = state.recorded.end;
  for (const { start, next } of state.tracks) {
    let at = next;
    while (at > start && state.orphans.has(at - state.table.unit) && !state.map.has(at - state.table.unit)) {
      at -= state.table.unit;
    }
    if (at > start) end = Math.max(end, at);
  }
  return end;
}

function openWith(path: string, flags: string, others: readonly number[]): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    for (const other of others) closeSync(other);
    throw error;
  }
}

/** Has the system write what it holds of a file, by a descriptor of its own: whoever needs it safe asks again. */
async function beginWriting(path: string): Promise<void> {
  try {
    const file = await open(path, "r+");
    try {
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch {
    // The flush that counts meets it too, and tells.
  }
}

/** Writes all bytes at a place; a call may take only a part of them. */
function writeAll(file: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
}

/**
 * Writes a whole state file, so that either the old or the new one is there at any moment.
 *
 * @returns the open file.
 */
export function writeStateFile(name: string, bytes: Uint8Array): number {
  const fresh = openSync(`${name}.new`, "w+");
  try {
    writeAll(fresh, bytes, 0);
    fsyncSync(fresh);
    renameSync(`${name}.new`, name);
  } catch (error) {
    closeSync(fresh);
    throw error;
  }
  syncDirectory(dirname(name));
  return fresh;
}

/** Makes the names in a directory durable, where the system can. */
function syncDirectory(path: string): void {
  let directory: number;
  try {
    directory = openSync(path, "r");
  } catch {
    return; // Windows opens no directories, and needs none of this.
  }
  try {
    fsyncSync(directory);
  } catch {
    // Some file systems refuse it for directories.
  } finally {
    closeSync(directory);
  }
}
