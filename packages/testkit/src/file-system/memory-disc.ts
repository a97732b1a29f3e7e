import { createHash } from "node:crypto";
import {
  BLOCK_BYTES,
  type BlockReader,
  type Blocks,
  type ContentHashes,
  type Extent,
  type ImageShape,
  type Lba,
  MultisessionError,
  type Written,
} from "@multisession/core";
import type { SampleImage } from "../workbench/sample-image.ts";

/** Blocks in memory, as a file system's probe and reader see a disc. What was never written is zeros. */
export class MemoryDisc implements BlockReader {
  /** Addressable blocks. */
  readonly capacity: Blocks;
  /** Reads of more blocks than the medium has: what was read was believed. */
  readonly immense: string[] = [];
  readonly #blocks = new Map<Lba, Uint8Array>();
  readonly #lost = new Set<Lba>();

  constructor(capacity: Blocks) {
    this.capacity = capacity;
  }

  async read(at: Lba, blocks: Blocks): Promise<Uint8Array> {
    if (blocks > this.capacity) this.immense.push(`${at}+${blocks}`);
    const bytes = new Uint8Array(Math.min(blocks, this.capacity) * BLOCK_BYTES);
    for (let block = at; block < at + blocks; block++) {
      if (this.#lost.has(block) || block < 0 || block >= this.capacity)
        throw new MultisessionError("READ_FAILED", `Block ${block} cannot be read.`, { subject: "memory disc" });
      bytes.set(this.#blocks.get(block) ?? [], (block - at) * BLOCK_BYTES);
    }
    return bytes;
  }

  /** A copy that can be damaged on its own. */
  clone(): MemoryDisc {
    const copy = new MemoryDisc(this.capacity);
    for (const [at, block] of this.#blocks) copy.#blocks.set(at, block);
    return copy;
  }

  /** Makes a block unreadable. */
  lose(at: Lba): void {
    this.#lost.add(at);
  }

  /** Replaces one block. */
  put(at: Lba, block: Uint8Array): void {
    this.#lost.delete(at);
    this.#blocks.set(at, block);
  }

  /** Writes everything of a shape in its order. */
  async record(shape: ImageShape, image?: SampleImage): Promise<void> {
    const notes = new Notes();
    for (const { extents, kind } of shape.phases) {
      notes.begin(kind === "commit" ? this.#kept(0, extents[0]?.at ?? 0) : undefined);
      for (const extent of extents) await this.#write(extent, kind === "payload" ? notes : undefined, image, notes);
    }
  }

  /** What is kept of blocks; zeros where nothing is. */
  #kept(at: Lba, blocks: number, keeps: (block: Uint8Array) => boolean = () => true): Uint8Array {
    const bytes = new Uint8Array(blocks * BLOCK_BYTES);
    for (let index = 0; index < blocks; index++) {
      const block = this.#blocks.get(at + index);
      if (block !== undefined && keeps(block)) bytes.set(block, index * BLOCK_BYTES);
    }
    return bytes;
  }

  /** Writes extents that need nothing else. */
  async write(extents: readonly Extent[]): Promise<void> {
    for (const extent of extents) await this.#write(extent, undefined, undefined, new Notes());
  }

  async #write(extent: Extent, noted: Notes | undefined, image: SampleImage | undefined, notes: Notes): Promise<void> {
    const { at, blocks, source } = extent;
    const bytes =
      source.from === "medium" ? this.#kept(at, blocks, source.keeps) : new Uint8Array(blocks * BLOCK_BYTES);
    if (source.from === "content") {
      let filled = 0;
      for await (const piece of image?.source.open(source.id) ?? []) {
        bytes.set(piece, filled);
        filled += piece.length;
      }
      notes.contents.set(source.id, bytes.slice(0, source.bytes));
    } else if (source.from !== "medium") {
      fill(bytes, source.from === "bytes" ? source.produce() : source.from === "derived" ? source.produce(notes) : []);
      noted?.hash.update(bytes);
    }
    notes.phase.update(bytes);
    for (let block = 0; block < blocks; block++)
      this.put(at + block, bytes.slice(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES));
  }
}

function fill(bytes: Uint8Array, pieces: Iterable<Uint8Array>): void {
  let filled = 0;
  for (const piece of pieces) {
    bytes.set(piece, filled);
    filled += piece.length;
  }
}

/** The hashes that derived extents ask for. */
class Notes implements Written {
  readonly contents = new Map<number, Uint8Array>();
  readonly hash = createHash("sha256");
  phase = createHash("md5");

  begin(before: Uint8Array = new Uint8Array(0)): void {
    this.phase = createHash("md5").update(before);
  }

  content(id: number): ContentHashes {
    const bytes = this.contents.get(id);
    if (bytes === undefined) throw new TypeError(`The content ${id} is asked for before it is written`);
    const digest = (algorithm: string): Uint8Array => createHash(algorithm).update(bytes).digest();
    return { sha256: digest("sha256"), md5: digest("md5"), isDamaged: false };
  }

  phaseMd5(): Uint8Array {
    return this.phase.copy().digest();
  }

  metadata(): Uint8Array {
    return this.hash.copy().digest();
  }
}
