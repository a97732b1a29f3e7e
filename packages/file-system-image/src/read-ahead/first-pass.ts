import type { CallOptions } from "@multisession/core";
import type { FileSource } from "../file-source.ts";
import { orAborted } from "../or-aborted.ts";
import type { TimeSlices } from "../time-slices.ts";
import { type Batch, batchesOf, type SmallBatch } from "./batches.ts";
import { refusalOf } from "./fault.ts";
import { here } from "./file-reading.ts";
import { HostPace } from "./host-pace.ts";
import { type Answer, type CheckJob, type KeepJob, listOf } from "./messages.ts";
import type { Reader } from "./reader.ts";

/** Bytes of small files that are kept at most. */
const MOST_KEPT = 32 * 1024 * 1024;

/** Parts that the reader is asked for at once: more than it does while this thread plans and does not listen. */
const ASKED = 64;

/** Files that follow each other: small ones that are kept, or any that are only looked at. */
type Part = { readonly kind: "keep"; readonly batch: SmallBatch } | { readonly kind: "check"; readonly batch: Batch };

/** The files of a batch, one behind the other without a gap. */
export type Kept = Answer & Required<Pick<Answer, "packed">>;

/**
 * What is done with the files of a burn before its first write: each is opened. Small ones are read and kept, as many as
 * fit, so that they need not be opened again, and what is recorded is what was seen; of the others is seen that they can be
 * read and are what they were. The reader begins with the first, this thread with the last.
 */
export class FirstPass {
  readonly #files: readonly FileSource[];
  readonly #reader: Reader;
  readonly #slices: TimeSlices;
  readonly #takesMd5: boolean;
  readonly #parts: readonly Part[];
  /** A number for each part: 0 until one of both threads takes it. */
  readonly #claims: SharedArrayBuffer;
  /** The file from which on all are kept. */
  readonly #keptFrom: number;
  /** The first part that the reader was not asked for. */
  #next = 0;
  readonly #asked = new Set<Promise<void>>();
  /** By the first file of the batch. */
  readonly #kept = new Map<number, Kept>();
  #refusal: Error | undefined;

  constructor(files: readonly FileSource[], reader: Reader, slices: TimeSlices, takesMd5: boolean) {
    this.#files = files;
    this.#reader = reader;
    this.#slices = slices;
    this.#takesMd5 = takesMd5;
    this.#parts = partsOf(files);
    this.#keptFrom = this.#parts.findLast(({ kind }) => kind === "check")?.batch.end ?? 0;
    this.#claims = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * this.#parts.length);
  }

  /** Has the reader begin. Idempotent. */
  begin(): void {
    while (this.#asked.size < ASKED && this.#next < this.#parts.length && this.#refusal === undefined) {
      const index = this.#next++;
      const part = this.#parts[index] as Part;
      const claim = { claims: this.#claims, index };
      const asked: Promise<void> = this.#reader.ask({ ...this.#jobFor(part), claim }).then(
        (answer) => this.#answered(part, answer),
        (error: Error) => this.#refuse(error),
      );
      this.#asked.add(asked);
      void asked.then(() => {
        this.#asked.delete(asked);
        this.begin();
      });
    }
  }

  /** Resolves when all files were opened. @throws `SOURCE_UNREADABLE`, `SOURCE_CHANGED`. */
  async finish({ signal }: CallOptions = {}): Promise<void> {
    this.begin();
    const pace = new HostPace();
    for (let index = this.#parts.length - 1; index >= 0 && !pace.isSlow && this.#refusal === undefined; index--) {
      signal?.throwIfAborted();
      if (!here.claim({ claims: this.#claims, index })) continue;
      pace.begin();
      this.#doHere(this.#parts[index] as Part);
      pace.end();
      if (this.#slices.isOver) await this.#slices.next();
    }
    for (
      let asked = oneOf(this.#asked);
      asked !== undefined && this.#refusal === undefined;
      asked = oneOf(this.#asked)
    ) {
      signal?.throwIfAborted();
      await orAborted(asked, signal);
    }
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /** Whether it has the files of a batch, and all behind them. */
  keepsFrom({ first }: Batch): boolean {
    return first >= this.#keptFrom && this.#kept.has(first);
  }

  /** The files of a batch where they are kept. Given once. */
  take({ first }: Batch): Kept | undefined {
    const kept = this.#kept.get(first);
    this.#kept.delete(first);
    return kept;
  }

  #jobFor({ kind, batch }: Part): CheckJob | KeepJob {
    const list = listOf(this.#files, batch);
    return kind === "check" ? { kind, ...list } : { kind, takesMd5: this.#takesMd5, ...list };
  }

  #doHere(part: Part): void {
    const job = this.#jobFor(part);
    this.#answered(part, job.kind === "check" ? here.check(job) : here.keep(job));
  }

  #answered({ batch }: Part, answer: Answer): void {
    const [fault] = answer.faults;
    if (fault !== undefined) this.#refuse(refusalOf(this.#files[batch.first + fault.index] as FileSource, fault));
    else if (isKept(answer)) this.#kept.set(batch.first, answer);
  }

  /** The first refusal counts, and nothing more is begun. */
  #refuse(error: Error): void {
    this.#refusal ??= error;
  }
}

function isKept(answer: Answer): answer is Kept {
  return answer.packed !== undefined;
}

function oneOf(asked: ReadonlySet<Promise<void>>): Promise<void> | undefined {
  for (const one of asked) return one;
  return undefined;
}

function partsOf(files: readonly FileSource[]): readonly Part[] {
  const parts: Part[] = [];
  let room = MOST_KEPT;
  for (const batch of batchesOf(files)) {
    if (batch.kind === "piece") {
      if (batch.from === 0) parts.push({ kind: "check", batch });
      continue;
    }
    for (let file = batch.first; file < batch.end; file++) room -= (files[file] as FileSource).bytes;
    parts.push(room >= 0 ? { kind: "keep", batch } : { kind: "check", batch });
  }
  return parts;
}
