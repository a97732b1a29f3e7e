import { setImmediate } from "node:timers/promises";
import {
  BLOCK_BYTES,
  blocksOf,
  type CallOptions,
  type ContentOptions,
  type ContentPieces,
  type ContentRun,
} from "@multisession/core";
import { type FileSource, unreadable } from "../file-source.ts";
import type { TimeSlices } from "../time-slices.ts";
import { type Batch, batchesOf, PIECE } from "./batches.ts";
import { here } from "./file-reading.ts";
import type { Answer, Fault, FileList, Job, SmallJob } from "./messages.ts";
import { Reader } from "./reader.ts";

/** Batches that are read ahead: one is being read while another is taken, and one waits for either. */
const SLOTS = 4;

/** Of small files the reader is asked for so many at most, so that it never waits; for others there is time here. */
const SMALL_ASKED = 2;

/** Bytes of a slot: a piece, and the byte by which a file shows that it has grown. */
const SLOT = PIECE + 1;

/** Files of one job that checks. */
const CHECKED_AT_ONCE = 256;

/** Hashes of one file. */
type FileHashes = Pick<Answer, "sha256" | "md5">;

/** A batch whose answer is here. */
interface Filled {
  readonly batch: Batch;
  readonly slot: Buffer;
  readonly slotIndex: number;
  readonly answer: Answer;
  readonly faults: ReadonlyMap<number, Fault>;
  /** Where each file of the batch begins in the slot, and where the last one ends. */
  readonly offsets: readonly number[];
}

/**
 * Reads files of the host ahead of a burn, in a thread of their own that also hashes them: there plain synchronous calls do
 * no harm, and the burn's own thread finds their bytes in memory. Files are asked for in the order in which they were given, and any may
 * be left out.
 */
export class ReadAhead {
  readonly #files: readonly FileSource[];
  readonly #slices: TimeSlices;
  readonly #memory = Array.from({ length: SLOTS }, () => new SharedArrayBuffer(SLOT));
  readonly #slots = this.#memory.map((memory) => Buffer.from(memory));
  readonly #reader = new Reader(this.#memory);
  readonly #batches: Iterator<Batch>;
  #nextBatch: Batch | undefined;
  /** What was asked for or read, oldest first. */
  readonly #ahead: (Promise<Filled> | Filled)[] = [];
  /** Of these, those that the reader has not answered. */
  #asked = 0;
  readonly #free = this.#memory.map((_, index) => index);
  #current: Filled | undefined;
  /** Whether MD5 is taken beside SHA-256: known once the first file is opened, before any is read. */
  #takesMd5 = false;

  constructor(files: readonly FileSource[], slices: TimeSlices) {
    this.#files = files;
    this.#slices = slices;
    this.#batches = batchesOf(files);
    this.#nextBatch = this.#takeBatch();
  }

  /**
   * Whether every file can be opened and is as it was: the worker begins with the first, this thread with the last.
   *
   * @throws `SOURCE_UNREADABLE`, `SOURCE_CHANGED`.
   */
  async check({ signal }: CallOptions = {}): Promise<void> {
    const left = { first: 0, end: this.#files.length };
    try {
      await Promise.all([this.#checkThere(left, signal), this.#checkHere(left)]);
    } finally {
      left.first = left.end;
    }
  }

  async #checkThere(left: { first: number; readonly end: number }, signal: AbortSignal | undefined): Promise<void> {
    // Two jobs are on their way, so that the worker never waits.
    const asked: Promise<void>[] = [];
    while (left.first < left.end || asked.length > 0) {
      signal?.throwIfAborted();
      if (left.first < left.end) {
        const { first } = left;
        left.first = Math.min(first + CHECKED_AT_ONCE, left.end);
        const job = { kind: "check", ...listOf(this.#files.slice(first, left.first)) } as const;
        const checked = this.#reader.ask(job).then(({ faults }) => this.#refuse(faults, first));
        // It may be refused after another was, and then nobody waits for it.
        checked.catch(() => undefined);
        asked.push(checked);
      }
      if (asked.length > 1 || left.first >= left.end) await asked.shift();
    }
  }

  async #checkHere(left: { readonly first: number; end: number }): Promise<void> {
    while (left.first < left.end) {
      if (this.#slices.isOver) await this.#slices.next();
      if (left.first >= left.end) return;
      left.end -= 1;
      this.#files[left.end]?.check();
    }
  }

  /**
   * Small files from an index on, `most` of them or fewer: those of one batch up to the first one that is not what it was.
   * Nothing where that is the first, or a large one.
   */
  async run(index: number, most: number, { md5 = false }: ContentOptions = {}): Promise<ContentRun | undefined> {
    this.#takesMd5 = md5;
    if (this.#slices.isOver) await this.#slices.next();
    const { batch, slot, answer, faults, offsets } = await this.#reach(index);
    if (batch.kind !== "small") return undefined;
    const first = index - batch.first;
    const limit = Math.min(batch.end - batch.first, first + most);
    let end = first;
    while (end < limit && !faults.has(end) && answer.lengths[end] === this.#files[batch.first + end]?.bytes) end++;
    if (end === first) return undefined;
    return {
      count: end - first,
      blocks: slot.subarray(offsets[first], offsets[end]),
      sha256: answer.sha256.subarray(32 * first, 32 * end),
      ...(md5 ? { md5: answer.md5.subarray(16 * first, 16 * end) } : {}),
    };
  }

  /** The bytes of a file by its index, and its hash. */
  open(index: number, { md5 = false }: ContentOptions = {}): ContentPieces {
    this.#takesMd5 = md5;
    let hashes: FileHashes | undefined;
    const keep = (taken: FileHashes): void => {
      hashes = taken;
    };
    const kept = (): FileHashes => {
      if (hashes === undefined)
        throw this.#reader.failure ?? new TypeError("A file is hashed when it was read to its end");
      return hashes;
    };
    return {
      [Symbol.asyncIterator]: () => this.#read(index, keep),
      sha256: () => kept().sha256,
      ...(this.#takesMd5 ? { md5: () => kept().md5 } : {}),
    };
  }

  /** Ends the reader. Idempotent. */
  async close(): Promise<void> {
    await this.#reader.close();
  }

  async *#read(index: number, keep: (hashes: FileHashes) => void): AsyncGenerator<Uint8Array> {
    if (this.#slices.isOver) await this.#slices.next();
    let filled = await this.#reach(index);
    let fault: Fault | undefined;
    if (filled.batch.kind === "small") {
      const { batch, slot, answer, faults, offsets } = filled;
      const place = index - batch.first;
      const at = offsets[place] as number;
      fault = faults.get(place);
      keep({
        sha256: answer.sha256.subarray(32 * place, 32 * place + 32),
        md5: answer.md5.subarray(16 * place, 16 * place + 16),
      });
      yield slot.subarray(at, at + (answer.lengths[place] as number));
      if (fault !== undefined) throw readError(this.#files[index] as FileSource, fault);
      return;
    }
    for (;;) {
      const { batch, slot, answer } = filled;
      fault ??= answer.faults[0];
      const isLast = batch.kind === "piece" && batch.isLast;
      // Known before the last piece is taken, for whoever cuts it takes no more.
      if (isLast) keep(answer);
      yield slot.subarray(0, answer.lengths[0]);
      if (isLast) break;
      filled = await this.#next();
    }
    if (fault !== undefined) throw readError(this.#files[index] as FileSource, fault);
  }

  /** The batch that begins with a file, or holds it; those before it are passed over. */
  async #reach(index: number): Promise<Filled> {
    let filled = this.#current ?? (await this.#next());
    while (index >= filled.batch.end || isUnderWay(filled.batch)) filled = await this.#next();
    if (index < filled.batch.first) throw new TypeError("Files that are read ahead are asked for in their order");
    return filled;
  }

  async #next(): Promise<Filled> {
    if (this.#current !== undefined) this.#free.push(this.#current.slotIndex);
    this.#current = undefined;
    this.#askAhead();
    // Rather than wait for the reader this thread reads what comes later.
    while (this.#ahead[0] instanceof Promise && this.#readHere()) await setImmediate();
    const next = this.#ahead.shift();
    if (next === undefined) throw new TypeError("There are no more files to read");
    this.#current = await next;
    return this.#current;
  }

  #askAhead(): void {
    while (this.#asked < (this.#nextBatch?.kind === "small" ? SMALL_ASKED : SLOTS)) {
      const taken = this.#takeSlot();
      if (taken === undefined) return;
      const { batch, slotIndex } = taken;
      this.#asked += 1;
      const answering = this.#reader.ask(jobFor(batch, this.#files, slotIndex, this.#takesMd5));
      const filling: Promise<Filled> = answering.then((answer) =>
        this.#answered(filling, this.#filled(batch, slotIndex, answer)),
      );
      filling.catch(() => undefined);
      this.#ahead.push(filling);
    }
  }

  #answered(asked: Promise<Filled>, filled: Filled): Filled {
    this.#asked -= 1;
    const place = this.#ahead.indexOf(asked);
    if (place >= 0) this.#ahead[place] = filled;
    this.#askAhead();
    return filled;
  }

  /** Reads the next batch in this thread; tells whether there was one that it can read, and room for it. */
  #readHere(): boolean {
    if (this.#nextBatch?.kind !== "small") return false;
    const taken = this.#takeSlot();
    if (taken === undefined) return false;
    const { batch, slotIndex } = taken;
    const job = jobFor(batch, this.#files, slotIndex, this.#takesMd5) as SmallJob;
    const answer = here.readSmall(job, this.#slots[slotIndex] as Buffer);
    this.#ahead.push(this.#filled(batch, slotIndex, answer));
    return true;
  }

  #takeSlot(): { readonly batch: Batch; readonly slotIndex: number } | undefined {
    const batch = this.#nextBatch;
    const slotIndex = batch && this.#free.shift();
    if (batch === undefined || slotIndex === undefined) return undefined;
    this.#nextBatch = this.#takeBatch();
    return { batch, slotIndex };
  }

  #takeBatch(): Batch | undefined {
    const { done, value } = this.#batches.next();
    return done === true ? undefined : value;
  }

  #filled(batch: Batch, slotIndex: number, answer: Answer): Filled {
    const offsets = [0];
    if (batch.kind === "small")
      for (const { bytes } of this.#files.slice(batch.first, batch.end))
        offsets.push((offsets.at(-1) as number) + blocksOf(bytes) * BLOCK_BYTES);
    const faults = new Map(answer.faults.map((fault) => [fault.index, fault]));
    return { batch, slotIndex, slot: this.#slots[slotIndex] as Buffer, answer, offsets, faults };
  }

  #refuse(faults: readonly Fault[], from: number): void {
    const fault = faults[0];
    if (fault === undefined) return;
    const file = this.#files[from + fault.index] as FileSource;
    const error = readError(file, fault);
    throw fault.state === undefined ? unreadable(file.path, error) : error;
  }
}

function isUnderWay(batch: Batch): boolean {
  return batch.kind === "piece" && batch.from > 0;
}

function jobFor(batch: Batch, files: readonly FileSource[], slot: number, takesMd5: boolean): Job {
  if (batch.kind === "small") return { kind: "small", slot, takesMd5, ...listOf(files.slice(batch.first, batch.end)) };
  const { hostPath, bytes, modified } = files[batch.first] as FileSource;
  const { from, length, isLast } = batch;
  return { kind: "piece", slot, takesMd5, path: hostPath, bytes, modified, from, length, isLast };
}

function listOf(files: readonly FileSource[]): FileList {
  return {
    paths: files.map(({ hostPath }) => hostPath),
    bytes: files.map(({ bytes }) => bytes),
    modified: files.map(({ modified }) => modified),
  };
}

/** What went wrong with a file, as reading it in this thread would have said it. */
function readError(file: FileSource, { state, error }: Fault): Error {
  return state === undefined ? Object.assign(new Error(error?.message), { code: error?.code }) : file.changedTo(state);
}
