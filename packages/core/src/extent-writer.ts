import { createHash, type Hash } from "node:crypto";
import type { ContentOptions, ContentRun, ContentSource } from "./content-source.ts";
import type { ContentHashes, Extent, Phase, Source, Written } from "./extent.ts";
import { HashList } from "./hash-list.ts";
import { PhaseMd5 } from "./phase-md5.ts";
import { PlannedPieces } from "./planned-pieces.ts";
import type { CallOptions, DiscRecorder } from "./recorder.ts";
import { tryRead } from "./try-read.ts";
import { BLOCK_BYTES, type Lba } from "./units.ts";

/** Blocks of one write: whole units on every medium, and enough that the way to a drive in another process counts for little. */
const WRITE_BLOCKS = 512;

/** Fills the last block of a content. */
const ZEROS = new Uint8Array(BLOCK_BYTES);

/** What is kept of the medium. */
type MediumSource = Extract<Source, { readonly from: "medium" }>;

/** How extents are written. */
interface WriterOptions {
  /** Hears of sources that changed while they were read. */
  readonly onDamage: (extent: Extent, what: string) => void;
  /** Whether MD5 is taken beside SHA-256. */
  readonly md5: boolean;
}

/** Where extents go, and what is kept of the medium comes from. */
export type WriterTarget = Pick<DiscRecorder, "read" | "write">;

/**
 * Writes the extents of phases in order, in pieces of {@link WRITE_BLOCKS}, and takes every hash on the way: of each
 * content, and of all that is not content.
 */
export class ExtentWriter implements Written {
  readonly #recorder: WriterTarget;
  readonly #contents: ContentSource | undefined;
  readonly #onDamage: WriterOptions["onDamage"];
  #options: CallOptions = {};
  readonly #sha256 = new HashList(32);
  /** Nothing where nobody asks for MD5. */
  readonly #md5: { readonly contents: HashList; readonly phase: PhaseMd5 } | undefined;
  readonly #damaged = new Set<number>();
  readonly #metadata: Hash = createHash("sha256");
  readonly #buffer = new Uint8Array(WRITE_BLOCKS * BLOCK_BYTES);
  #bufferAt: Lba = 0;
  #filled = 0;

  constructor(recorder: WriterTarget, contents: ContentSource | undefined, { onDamage, md5 }: WriterOptions) {
    this.#recorder = recorder;
    this.#contents = contents;
    this.#onDamage = onDamage;
    if (md5) this.#md5 = { contents: new HashList(16), phase: new PhaseMd5(this.#buffer) };
  }

  content(id: number): ContentHashes {
    const sha256 = this.#sha256.get(id);
    if (sha256 === undefined) throw new TypeError(`The content ${id} was not written yet`);
    const md5 = this.#md5?.contents.get(id);
    return { sha256, ...(md5 && { md5 }), isDamaged: this.#damaged.has(id) };
  }

  metadata(): Uint8Array {
    return this.#metadata.copy().digest();
  }

  phaseMd5(): Uint8Array | undefined {
    if (this.#md5 === undefined) throw new TypeError("The shape does not ask for MD5");
    return this.#md5.phase.soFar(this.#filled);
  }

  /** Writes all extents of a phase; resolves when the target has accepted the last block. */
  async write(phase: Phase, options: CallOptions): Promise<void> {
    this.#options = options;
    await this.#md5?.phase.begin(phase, this.#recorder, options);
    const { extents } = phase;
    for (let index = 0; index < extents.length; ) {
      const extent = extents[index] as Extent;
      if (extent.at !== this.#bufferAt + this.#filled / BLOCK_BYTES) {
        await this.#drain();
        this.#bufferAt = extent.at;
      }
      const written = await this.#writeRun(extents, index);
      if (written === 0) await this.#writeExtent(extent, phase.kind === "payload");
      index += written || 1;
    }
    await this.#drain();
  }

  /** Writes the contents that the source gives as a whole from an extent on; tells how many extents these were. */
  async #writeRun(extents: readonly Extent[], index: number): Promise<number> {
    const { source } = extents[index] as Extent;
    if (source.from !== "content" || this.#contents?.run === undefined) return 0;
    const run = await this.#contents.run(source.id, this.#contentOptions);
    const count = run === undefined ? 0 : countOf(run, extents, index);
    if (run === undefined || count === 0) return 0;
    this.#options.signal?.throwIfAborted();
    this.#sha256.set(source.id, run.sha256);
    if (run.md5 !== undefined) this.#md5?.contents.set(source.id, run.md5);
    await this.#put(run.blocks);
    return count;
  }

  get #contentOptions(): ContentOptions {
    return this.#md5 === undefined ? this.#options : { ...this.#options, md5: true };
  }

  async #writeExtent(extent: Extent, isHashed: boolean): Promise<void> {
    const bytes = extent.blocks * BLOCK_BYTES;
    const { source } = extent;
    if (source.from === "content") return this.#writeContent(extent, source.id, source.bytes);
    let done = 0;
    const isKept = source.from === "medium";
    for (const piece of isKept ? await this.#readMedium(extent, source) : piecesOf(extent, this)) {
      if (done + piece.length > bytes)
        throw new TypeError(`${extent.label} gave more than its ${extent.blocks} blocks`);
      if (isHashed) this.#metadata.update(piece);
      await this.#put(piece);
      done += piece.length;
    }
    if (done !== bytes && source.from !== "zero") {
      const rest = new Uint8Array(bytes - done);
      if (isHashed) this.#metadata.update(rest);
      await this.#put(rest);
    }
  }

  async #writeContent(extent: Extent, id: number, bytes: number): Promise<void> {
    const isSummed = this.#md5 !== undefined;
    const given = this.#contents?.open(id, this.#contentOptions) ?? [];
    const hash = given.sha256 === undefined ? createHash("sha256") : undefined;
    const md5 = isSummed && given.md5 === undefined ? createHash("md5") : undefined;
    const pieces = new PlannedPieces(bytes, given);
    try {
      for (;;) {
        const asked = pieces.next();
        const piece = asked instanceof Promise ? await asked : asked;
        if (piece === undefined) break;
        this.#options.signal?.throwIfAborted();
        hash?.update(piece);
        md5?.update(piece);
        const writing = this.#put(piece);
        if (writing !== undefined) await writing;
      }
    } finally {
      await pieces.close();
    }
    if (pieces.fault !== undefined) {
      this.#damaged.add(id);
      this.#onDamage(extent, pieces.fault);
    }
    this.#sha256.set(id, given.sha256?.() ?? (hash as Hash).digest());
    this.#md5?.contents.set(id, given.md5?.() ?? (md5 as Hash).digest());
    const rest = extent.blocks * BLOCK_BYTES - bytes;
    const filling = rest > 0 ? this.#put(ZEROS.subarray(0, rest)) : undefined;
    if (filling !== undefined) await filling;
  }

  /** What is on the medium now, as far as it is kept. */
  async #readMedium(extent: Extent, source: MediumSource): Promise<readonly Uint8Array[]> {
    const pieces = await this.#readAsItIs(extent, source);
    return source.keeps === undefined ? pieces : pieces.map((piece) => keptOf(piece, source));
  }

  /** Block by block where it cannot be read as a whole. */
  async #readAsItIs({ at, blocks }: Extent, { unreadable }: MediumSource): Promise<readonly Uint8Array[]> {
    if (unreadable === "refuse") return [await this.#recorder.read(at, blocks, this.#options)];
    const all = await tryRead(this.#recorder, at, blocks, this.#options);
    if (all !== undefined) return [all];
    const pieces: Uint8Array[] = [];
    for (let block = at; block < at + blocks; block++)
      pieces.push((await tryRead(this.#recorder, block, 1, this.#options)) ?? new Uint8Array(BLOCK_BYTES));
    return pieces;
  }

  /** A promise only where a write becomes due. */
  #put(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length >= this.#buffer.length - this.#filled) return this.#putAndDrain(bytes);
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
    return undefined;
  }

  async #putAndDrain(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const taken = Math.min(bytes.length - from, this.#buffer.length - this.#filled);
      this.#buffer.set(bytes.subarray(from, from + taken), this.#filled);
      this.#filled += taken;
      from += taken;
      if (this.#filled === this.#buffer.length) await this.#drain();
    }
  }

  async #drain(): Promise<void> {
    if (this.#filled === 0) return;
    this.#options.signal?.throwIfAborted();
    const blocks = this.#filled / BLOCK_BYTES;
    const at = this.#bufferAt;
    this.#md5?.phase.drain(this.#filled);
    await this.#recorder.write(at, this.#buffer.subarray(0, this.#filled), this.#options);
    this.#bufferAt += blocks;
    this.#filled = 0;
  }
}

/** How many extents a run fills from one on; 0 where they do not lie one behind the other as its contents do. */
function countOf({ count, blocks }: ContentRun, extents: readonly Extent[], index: number): number {
  const { at: start, source: first } = extents[index] as Extent & { readonly source: { readonly id: number } };
  let [at, id, next] = [start, first.id - 1, index];
  for (; next < extents.length; next++) {
    const extent = extents[next] as Extent;
    const { source } = extent;
    if (source.from !== "content" || source.id <= id || source.id >= first.id + count || extent.at !== at) break;
    at += extent.blocks;
    id = source.id;
  }
  return (at - start) * BLOCK_BYTES === blocks.length ? next - index : 0;
}

/** What is kept of blocks that were read. */
function keptOf(piece: Uint8Array, { keeps }: MediumSource): Uint8Array {
  const kept = Uint8Array.from(piece);
  for (let at = 0; at < kept.length; at += BLOCK_BYTES)
    if (keeps?.(piece.subarray(at, at + BLOCK_BYTES)) === false) kept.fill(0, at, at + BLOCK_BYTES);
  return kept;
}

function piecesOf({ source, blocks }: Extent, written: Written): Iterable<Uint8Array> {
  switch (source.from) {
    case "bytes":
      return source.produce();
    case "derived":
      return source.produce(written);
    case "zero":
      return [new Uint8Array(blocks * BLOCK_BYTES)];
    default:
      return [];
  }
}
