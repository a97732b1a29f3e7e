import { createHash } from "node:crypto";
import {
  type BlockReader,
  type CallOptions,
  type Lba,
  readManifestChain,
  readTrailer,
  type StateRef,
} from "@multisession/core";
import type { RecordedContent } from "./nodes.ts";
import { type ContentReader, contentBytes } from "./recorded-bytes.ts";

/** What the manifests on the disc say of the contents; read when first asked for. */
export class RecordedHashes {
  readonly #reader: BlockReader;
  readonly #contents: ContentReader;
  readonly #states: readonly StateRef[];
  #damaged: Set<Lba> | undefined;
  #hashes: Map<Lba, { readonly bytes: number; readonly sha256: Uint8Array }> | undefined;

  constructor(contents: ContentReader, states: readonly StateRef[]) {
    this.#reader = contents.reader;
    this.#contents = contents;
    this.#states = states;
  }

  /**
   * Whether a content is known to be damaged: its source changed while it was recorded. Such a file has the size and
   * time that were planned, and must not be taken for unchanged.
   */
  async isDamaged({ extents }: RecordedContent, options?: CallOptions): Promise<boolean> {
    this.#damaged ??= await this.#readDamaged(options);
    const at = extents[0]?.at;
    return at !== undefined && this.#damaged.has(at);
  }

  /** SHA-256 of a content: from a manifest, or by reading it. */
  async sha256(content: RecordedContent, options?: CallOptions): Promise<Uint8Array> {
    this.#hashes ??= await this.#readHashes(options);
    const known = content.extents[0] && this.#hashes.get(content.extents[0].at);
    if (content.encoding === undefined && known?.bytes === content.bytes) return known.sha256;
    const hash = createHash("sha256");
    for await (const piece of contentBytes(this.#contents, content, options)) hash.update(piece);
    return hash.digest();
  }

  async #readDamaged(options?: CallOptions): Promise<Set<Lba>> {
    const damaged = new Set<Lba>();
    for await (const { at, isDamaged } of this.#entries(options)) if (isDamaged) damaged.add(at);
    return damaged;
  }

  async #readHashes(options?: CallOptions): Promise<Map<Lba, { bytes: number; sha256: Uint8Array }>> {
    const hashes = new Map<Lba, { bytes: number; sha256: Uint8Array }>();
    for await (const { at, bytes, sha256 } of this.#entries(options)) hashes.set(at, { bytes, sha256 });
    return hashes;
  }

  async *#entries(
    options?: CallOptions,
  ): AsyncGenerator<{ at: Lba; bytes: number; sha256: Uint8Array; isDamaged: boolean }> {
    for (const { record } of this.#states) {
      if (record === undefined || record.trailerAt === 0) continue;
      const trailer = await readTrailer(this.#reader, record.trailerAt, options);
      if (trailer === undefined) continue;
      // Also of sessions that are not listed any more, because their heads cannot be read.
      for await (const { entries } of readManifestChain(this.#reader, trailer, options)) yield* entries;
    }
  }
}
