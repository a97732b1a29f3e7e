import { createHash, type Hash } from "node:crypto";
import type { ContentSource } from "./content-source.ts";
import type { Extent, Phase, Written } from "./extent.ts";
import { PlannedPieces } from "./planned-pieces.ts";
import type { CallOptions, DiscRecorder } from "./recorder.ts";
import { tryRead } from "./try-read.ts";
import { BLOCK_BYTES, type Lba } from "./units.ts";

/** Blocks of one write: 64 KiB, what every transport and drive takes, and a whole unit on DVD and BD. */
const WRITE_BLOCKS = 32;

/** Fills the last block of a content. */
const ZEROS = new Uint8Array(BLOCK_BYTES);

/** Where extents go, and what is kept of the medium comes from. */
export type WriterTarget = Pick<DiscRecorder, "read" | "write">;

/**
 * Writes the extents of phases in order, in pieces of {@link WRITE_BLOCKS}, and takes every hash on the way: of each
 * content, and of all that is not content.
 */
export class ExtentWriter implements Written {
  readonly #recorder: WriterTarget;
  readonly #contents: ContentSource | undefined;
  readonly #onDamage: (extent: Extent, what: string) => void;
  #options: CallOptions = {};
  /** 32 bytes for each content, in one piece: 100,000 arrays would take ten times the space. */
  #hashes = new Uint8Array(0);
  readonly #written = new Set<number>();
  readonly #damaged = new Set<number>();
  readonly #metadata: Hash = createHash("sha256");
  readonly #buffer = new Uint8Array(WRITE_BLOCKS * BLOCK_BYTES);
  #bufferAt: Lba = 0;
  #filled = 0;

  /** `onDamage` hears of sources that changed while they were read. */
  constructor(
    recorder: WriterTarget,
    contents: ContentSource | undefined,
    onDamage: (extent: Extent, what: string) => void,
  ) {
    this.#recorder = recorder;
    this.#contents = contents;
    this.#onDamage = onDamage;
  }

  content(id: number): { readonly sha256: Uint8Array; readonly isDamaged: boolean } {
    if (!this.#written.has(id)) throw new TypeError(`The content ${id} was not written yet`);
    return { sha256: this.#hashes.subarray(id * 32, id * 32 + 32), isDamaged: this.#damaged.has(id) };
  }

  metadata(): Uint8Array {
    return this.#metadata.copy().digest();
  }

  /** Writes all extents of a phase; resolves when the target has accepted the last block. */
  async write(phase: Phase, options: CallOptions): Promise<void> {
    this.#options = options;
    for (const extent of phase.extents) {
      if (extent.at !== this.#bufferAt + this.#filled / BLOCK_BYTES) {
        await this.#drain();
        this.#bufferAt = extent.at;
      }
      await this.#writeExtent(extent, phase.kind === "payload");
    }
    await this.#drain();
  }

  async #writeExtent(extent: Extent, isHashed: boolean): Promise<void> {
    const bytes = extent.blocks * BLOCK_BYTES;
    const { source } = extent;
    if (source.from === "content") return this.#writeContent(extent, source.id, source.bytes);
    let done = 0;
    const isKept = source.from === "medium";
    for (const piece of isKept ? await this.#readMedium(extent, source.unreadable) : piecesOf(extent, this)) {
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
    const given = this.#contents?.open(id, this.#options) ?? [];
    const hash = given.sha256 === undefined ? createHash("sha256") : undefined;
    const pieces = new PlannedPieces(bytes, given);
    try {
      for (;;) {
        const asked = pieces.next();
        const piece = asked instanceof Promise ? await asked : asked;
        if (piece === undefined) break;
        this.#options.signal?.throwIfAborted();
        hash?.update(piece);
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
    this.#keep(id, given.sha256?.() ?? (hash as Hash).digest());
    const rest = extent.blocks * BLOCK_BYTES - bytes;
    const filling = rest > 0 ? this.#put(ZEROS.subarray(0, rest)) : undefined;
    if (filling !== undefined) await filling;
  }

  /** What is on the medium now, block by block where it cannot be read as a whole. */
  async #readMedium({ at, blocks }: Extent, unreadable: "refuse" | "zeros"): Promise<readonly Uint8Array[]> {
    if (unreadable === "refuse") return [await this.#recorder.read(at, blocks, this.#options)];
    const all = await tryRead(this.#recorder, at, blocks, this.#options);
    if (all !== undefined) return [all];
    const pieces: Uint8Array[] = [];
    for (let block = at; block < at + blocks; block++)
      pieces.push((await tryRead(this.#recorder, block, 1, this.#options)) ?? new Uint8Array(BLOCK_BYTES));
    return pieces;
  }

  #keep(id: number, sha256: Uint8Array): void {
    if (this.#hashes.length < (id + 1) * 32) {
      const larger = new Uint8Array(Math.max((id + 1) * 32, 2 * this.#hashes.length));
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes.set(sha256, id * 32);
    this.#written.add(id);
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
    await this.#recorder.write(at, this.#buffer.subarray(0, this.#filled), this.#options);
    this.#bufferAt += blocks;
    this.#filled = 0;
  }
}

function piecesOf({ source, blocks }: Extent, written: Written): Iterable<Uint8Array> {
  switch (source.from) {
    case "bytes":
      return source.produce();
    case "derived":
      return [source.produce(written)];
    case "zero":
      return [new Uint8Array(blocks * BLOCK_BYTES)];
    default:
      return [];
  }
}
