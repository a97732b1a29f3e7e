import { setImmediate } from "node:timers/promises";
import { BLOCK_BYTES, blocksOf, type CallOptions, type ContentPieces, type ContentRun } from "@multisession/core";
import type { FileSource } from "../file-source.ts";
import type { TimeSlices } from "../time-slices.ts";
import { type Batch, batchesOf } from "./batches.ts";
import { readError } from "./fault.ts";
import { here } from "./file-reading.ts";
import { FirstPass } from "./first-pass.ts";
import { HostPace } from "./host-pace.ts";
import { LargeReading } from "./large-reading.ts";
import { type Answer, type Fault, type Hashed, listOf, type PieceJob, type SmallJob } from "./messages.ts";
import type { Reader } from "./reader.ts";
import { Slot } from "./slot.ts";

/** Batches that are read ahead, by either thread. */
const SLOTS = 8;

/** Batches that the reader is asked to read at once, so that it never waits; for others there is time here. */
const ASKED = 3;

/** Hashes of one file. */
type FileHashes = Pick<Answer, "sha256" | "md5">;

/** A batch, and the slot that it will be in. */
interface Taken {
  readonly batch: Batch;
  readonly slot: Slot;
}

/** A batch whose answer is here. */
interface Filled extends Taken {
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
  readonly #reader: Reader;
  readonly #batches: Iterator<Batch>;
  #nextBatch: Batch | undefined;
  /** What was asked for or read, oldest first. */
  readonly #ahead: (Promise<Filled> | Filled)[] = [];
  /** Of these, those that the reader has not answered. */
  #asked = 0;
  readonly #free = Array.from({ length: SLOTS }, () => new Slot());
  #current: Filled | undefined;
  readonly #large = new LargeReading();
  /** Then this thread only waits, so that it goes on listening. */
  readonly #pace = new HostPace();
  readonly #firstPass: FirstPass;
  readonly #takesMd5: boolean;

  /** `reader`: it is closed with this. `takesMd5`: whether MD5 is taken beside SHA-256. */
  constructor(files: readonly FileSource[], reader: Reader, slices: TimeSlices, { takesMd5 }: Hashed) {
    this.#files = files;
    this.#reader = reader;
    this.#slices = slices;
    this.#takesMd5 = takesMd5;
    this.#firstPass = new FirstPass(files, reader, slices, takesMd5);
    this.#batches = batchesOf(files);
    this.#nextBatch = this.#takeBatch();
  }

  /** Begins the {@link check}, in the reader's thread. Idempotent. */
  begin(): void {
    this.#firstPass.begin();
  }

  /**
   * Whether every file can be opened and is as it was. Small ones are kept, as many as fit: what is recorded of them is what
   * they were now, or at {@link begin}.
   *
   * @throws `SOURCE_UNREADABLE`, `SOURCE_CHANGED`.
   */
  check(options?: CallOptions): Promise<void> {
    return this.#firstPass.finish(options);
  }

  /**
   * Small files from an index on, `most` of them or fewer: those of one batch up to the first one that is not what it was.
   * Nothing where that is the first, or a large one.
   */
  async run(index: number, most: number): Promise<ContentRun | undefined> {
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
      blocks: slot.bytes.subarray(offsets[first], offsets[end]),
      sha256: answer.sha256.subarray(32 * first, 32 * end),
      ...(this.#takesMd5 ? { md5: answer.md5.subarray(16 * first, 16 * end) } : {}),
    };
  }

  /** The bytes of a file by its index, and its hash. */
  open(index: number): ContentPieces {
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
    this.#large.close();
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
      yield slot.bytes.subarray(at, at + (answer.lengths[place] as number));
      if (fault !== undefined) throw readError(this.#files[index] as FileSource, fault);
      return;
    }
    for (;;) {
      const { batch, slot, answer } = filled;
      fault ??= answer.faults[0];
      const isLast = batch.kind === "piece" && batch.isLast;
      // Known before the last piece is taken, for whoever cuts it takes no more.
      if (isLast) keep(answer);
      yield slot.bytes.subarray(0, answer.lengths[0]);
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
    if (this.#current !== undefined) this.#free.push(this.#current.slot);
    this.#current = undefined;
    this.#askAhead();
    // Rather than wait for the reader this thread reads what comes later; answers that are here count first.
    while (this.#ahead[0] instanceof Promise) {
      await setImmediate();
      if (this.#ahead[0] instanceof Promise && !this.#readHere()) break;
    }
    const next = this.#ahead.shift();
    if (next === undefined) throw new TypeError("There are no more files to read");
    this.#current = await next;
    return this.#current;
  }

  #askAhead(): void {
    while (this.#asked < ASKED) {
      // With nothing left for the reader, what is kept is unpacked when it is needed: always into the same memory.
      const isReady = this.#ahead.length > this.#asked;
      if (isReady && this.#nextBatch !== undefined && this.#firstPass.keepsFrom(this.#nextBatch)) return;
      const taken = this.#takeSlot();
      if (taken === undefined) return;
      const kept = this.#takeKept(taken);
      if (kept === undefined) this.#ask(taken, this.#jobFor(taken));
      else this.#ahead.push(kept);
    }
  }

  #ask(taken: Taken, job: SmallJob | PieceJob): void {
    this.#asked += 1;
    const answering = this.#reader.ask(job);
    const filling: Promise<Filled> = answering.then((answer) => this.#answered(filling, this.#filled(taken, answer)));
    filling.catch(() => undefined);
    this.#ahead.push(filling);
  }

  #answered(asked: Promise<Filled>, filled: Filled): Filled {
    this.#asked -= 1;
    const place = this.#ahead.indexOf(asked);
    if (place >= 0) this.#ahead[place] = filled;
    this.#askAhead();
    return filled;
  }

  /** Reads the next batch in this thread; tells whether there was one, and room for it. */
  #readHere(): boolean {
    const taken = this.#pace.isSlow ? undefined : this.#takeSlot();
    if (taken === undefined) return false;
    const kept = this.#takeKept(taken);
    this.#pace.begin();
    if (kept === undefined) this.#readFrom(taken);
    else this.#ahead.push(kept);
    this.#pace.end();
    return true;
  }

  #readFrom(taken: Taken): void {
    const job = this.#jobFor(taken);
    const { bytes } = taken.slot;
    if (job.kind === "small") this.#ahead.push(this.#filled(taken, here.readSmall(job, bytes)));
    else this.#ask(taken, { ...job, isRead: this.#large.read(job, bytes) });
  }

  #jobFor({ batch, slot }: Taken): SmallJob | PieceJob {
    const memory = slot.lend();
    const takesMd5 = this.#takesMd5;
    if (batch.kind === "small") return { kind: "small", memory, takesMd5, ...listOf(this.#files, batch) };
    const { hostPath: path, bytes, modified } = this.#files[batch.first] as FileSource;
    const { from, length, isLast } = batch;
    return { kind: "piece", memory, takesMd5, path, bytes, modified, from, length, isLast };
  }

  /** Puts kept files into a slot, as if they had been read into it. */
  #takeKept(taken: Taken): Filled | undefined {
    const { batch } = taken;
    const kept = this.#firstPass.take(batch);
    if (kept === undefined) return undefined;
    const filled = this.#filled(taken, kept);
    let from = 0;
    for (let file = batch.first; file < batch.end; file++) {
      const { bytes } = this.#files[file] as FileSource;
      taken.slot.put(kept.packed.subarray(from, from + bytes), filled.offsets[file - batch.first] as number);
      from += bytes;
    }
    return filled;
  }

  #takeSlot(): Taken | undefined {
    const batch = this.#nextBatch;
    const slot = batch && this.#free.pop();
    if (batch === undefined || slot === undefined) return undefined;
    this.#nextBatch = this.#takeBatch();
    return { batch, slot };
  }

  #takeBatch(): Batch | undefined {
    const { done, value } = this.#batches.next();
    return done === true ? undefined : value;
  }

  #filled({ batch, slot }: Taken, answer: Answer): Filled {
    const offsets = [0];
    if (batch.kind === "small")
      for (const { bytes } of this.#files.slice(batch.first, batch.end))
        offsets.push((offsets.at(-1) as number) + blocksOf(bytes) * BLOCK_BYTES);
    const faults = new Map(answer.faults.map((fault) => [fault.index, fault]));
    return { batch, slot, answer, offsets, faults };
  }
}

function isUnderWay(batch: Batch): boolean {
  return batch.kind === "piece" && batch.from > 0;
}
