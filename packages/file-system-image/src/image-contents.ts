import { createHash } from "node:crypto";
import {
  type CallOptions,
  type ContentOptions,
  type ContentPieces,
  type ContentRun,
  type ContentSource,
  MultisessionError,
} from "@multisession/core";
import { FileSource, SMALL } from "./file-source.ts";
import { ReadAhead } from "./read-ahead/read-ahead.ts";
import type { Reader } from "./read-ahead/reader.ts";
import type { SharedSource } from "./snapshot.ts";
import type { Source } from "./source.ts";
import { TimeSlices } from "./time-slices.ts";

/** From how many files or bytes of the host on they are read in a worker: starting one takes as long as reading these. */
const WORTH_A_WORKER = { files: 500, bytes: 16 * 1024 * 1024 } as const;

/** Contents of one run: more than a batch has anyway. */
const MOST_IN_A_RUN = 1024;

/** What a burn reads. */
export interface ImageSources {
  readonly sources: readonly Source[];
  /** Sources whose bytes are recorded from another source, or are on the disc. */
  readonly shared: readonly SharedSource[];
  /** Whether MD5 is taken beside SHA-256. */
  readonly takesMd5: boolean;
}

/** Gives a burn the bytes of the image's new contents, until it is closed. */
export class ImageContents implements ContentSource {
  readonly #sources: readonly Source[];
  readonly #slices: TimeSlices;
  /** Holds a small file while it is read: the burn reads one at a time and takes each piece before it asks for the next. */
  readonly #scratch = Buffer.alloc(SMALL + 1);
  /** Reads the files of the host, where there is enough to read. */
  readonly #ahead: ReadAhead | undefined;
  /** Of each source the index of its file in {@link #ahead}; -1 of others. */
  readonly #files: Int32Array;

  readonly #takesMd5: boolean;
  readonly #shared: readonly SharedSource[];
  /** What contents must hash to that several names share, because only one source of theirs is read. */
  readonly #expected: ReadonlyMap<number, SharedSource>;

  /** `takeReader`: gives the thread that reads, where there is enough to read. */
  constructor({ sources, shared, takesMd5 }: ImageSources, takeReader: () => Reader) {
    this.#sources = sources;
    this.#shared = shared;
    this.#expected = new Map(shared.flatMap((one) => (one.with === undefined ? [] : [[one.with.id, one]])));
    this.#slices = new TimeSlices();
    this.#takesMd5 = takesMd5;
    // As a rule there is nothing else, and a second list of a million takes 8 MB.
    const files = sources.every(isFile) ? sources : sources.filter(isFile);
    this.#files = new Int32Array(sources.length);
    let next = 0;
    for (let id = 0; id < sources.length; id++) this.#files[id] = isFile(sources[id] as Source) ? next++ : -1;
    this.#ahead = isWorthAWorker(files) ? new ReadAhead(files, takeReader(), this.#slices, { takesMd5 }) : undefined;
  }

  /** Begins to read small files, where there are many, before the burn asks for the {@link check}. */
  begin(): void {
    this.#ahead?.begin();
  }

  async check(options?: CallOptions): Promise<void> {
    const slices = new TimeSlices(options);
    for (const [id, source] of this.#sources.entries()) {
      if (this.#ahead === undefined || this.#files[id] === -1) source.check();
      if (slices.isOver) await slices.next();
    }
    for (const { source } of this.#shared) {
      source.check();
      if (slices.isOver) await slices.next();
    }
    await this.#ahead?.check(options);
  }

  open(id: number): ContentPieces {
    const source = this.#sources[id];
    if (source === undefined) throw new TypeError(`There is no new content ${id}`);
    const file = this.#files[id] as number;
    const pieces: ContentPieces =
      this.#ahead !== undefined && file >= 0 ? this.#ahead.open(file) : source.read(this.#slices, this.#scratch);
    const shared = this.#expected.get(id);
    return shared === undefined ? pieces : proved(pieces, source, shared);
  }

  async run(id: number, { md5 = false }: ContentOptions = {}): Promise<ContentRun | undefined> {
    // The burn takes what is missing itself, from what is opened.
    if (md5 && !this.#takesMd5) return undefined;
    const file = this.#files[id] as number;
    const most = this.#ahead === undefined ? 0 : this.#following(id);
    return most === 0 ? undefined : this.#ahead?.run(file, most);
  }

  /** How many contents from one on are files that are read ahead one after the other, and shared with no other name. */
  #following(id: number): number {
    const file = this.#files[id] as number;
    if (file < 0) return 0;
    let count = 0;
    while (count < MOST_IN_A_RUN && this.#files[id + count] === file + count && !this.#expected.has(id + count))
      count++;
    return count;
  }

  /** Gives back what was read, and ends the thread that read it. Idempotent. */
  async close(): Promise<void> {
    await this.#ahead?.close();
  }
}

/** The bytes of a content that several names share; ends with an error where they are not the ones by which those are equal. */
function proved(pieces: ContentPieces, source: Source, { label, with: shared }: SharedSource): ContentPieces {
  async function* read(): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    for await (const piece of pieces) {
      hash.update(piece);
      yield piece;
    }
    if (shared !== undefined && !hash.digest().equals(shared.sha256))
      throw new MultisessionError(
        "SOURCE_CHANGED",
        `${source.path} is not what it was when it was planned, and is recorded for "${label}" too.`,
        { subject: source.path },
      );
  }
  const { sha256, md5 } = pieces;
  return Object.assign(read(), sha256 === undefined ? {} : { sha256 }, md5 === undefined ? {} : { md5 });
}

function isFile(source: Source): source is FileSource {
  return source instanceof FileSource;
}

function isWorthAWorker(files: readonly FileSource[]): boolean {
  if (files.length >= WORTH_A_WORKER.files) return true;
  return files.reduce((sum, { bytes }) => sum + bytes, 0) >= WORTH_A_WORKER.bytes;
}
