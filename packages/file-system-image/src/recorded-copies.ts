import { createHash } from "node:crypto";
import {
  type BlockReader,
  type Blocks,
  type CallOptions,
  type Lba,
  readManifestChain,
  readTrailer,
  type StateRef,
} from "@multisession/core";
import type { RecordedContent } from "./nodes.ts";
import { contentBytes } from "./recorded-bytes.ts";
import { SequentialReader } from "./sequential-reader.ts";

/** Where contents of the disc are looked for. */
export interface RecordedContents {
  readonly reader: BlockReader;
  /** The state that the session builds on: what its manifests do not know, later sessions could not verify. */
  readonly base: StateRef | undefined;
  /** Whether no more manifests are read than what they may save is worth; all without it. */
  readonly isFrugal: boolean;
  /** Whether MD5 of what is found is wanted too. */
  readonly takesMd5: boolean;
}

/** What is looked for. */
export interface WantedCopies {
  /** Lengths of the contents. */
  readonly sizes: ReadonlySet<number>;
  /** Blocks that they would take. */
  readonly worth: Blocks;
}

/** Blocks of manifests that are read for whatever little: the hashes of about 680 contents, of the newest sessions. */
const LEAST_MANIFESTS = 16;

/** Contents on the disc by size and hash, as the manifests have them. */
export class RecordedCopies {
  readonly #places = new Map<number, Map<string, Lba[]>>();
  readonly #reader: BlockReader;
  readonly #takesMd5: boolean;
  readonly #options: CallOptions;

  private constructor({ reader, takesMd5 }: RecordedContents, options: CallOptions) {
    this.#reader = new SequentialReader(reader);
    this.#takesMd5 = takesMd5;
    this.#options = options;
  }

  static async read(recorded: RecordedContents, wanted: WantedCopies, options: CallOptions): Promise<RecordedCopies> {
    const copies = new RecordedCopies(recorded, options);
    if (wanted.sizes.size > 0 && hasManifests(recorded)) await copies.#read(recorded, wanted);
    return copies;
  }

  /** Whether the disc has contents of a size. */
  has(bytes: number): boolean {
    return this.#places.has(bytes);
  }

  /** Where contents lie that were recorded with this size and hash, `first` before all others. */
  placesOf(bytes: number, sha256: Uint8Array, first: Lba | undefined): readonly Lba[] {
    const places = this.#places.get(bytes)?.get(textOf(sha256)) ?? [];
    return first !== undefined && places.includes(first) ? [first, ...places.filter((at) => at !== first)] : places;
  }

  /** What lies somewhere, if the disc still gives it: a copy of it may be wanted because it does not. */
  async proved(at: Lba, bytes: number, sha256: Uint8Array): Promise<RecordedContent | undefined> {
    const content: RecordedContent = { kind: "recorded", bytes, extents: [{ at, bytes }] };
    const hash = createHash("sha256");
    const md5 = this.#takesMd5 ? createHash("md5") : undefined;
    try {
      for await (const piece of contentBytes({ reader: this.#reader }, content, this.#options)) {
        hash.update(piece);
        md5?.update(piece);
      }
    } catch (error) {
      if (this.#options.signal?.aborted === true) throw error;
      return undefined;
    }
    if (!hash.digest().equals(sha256)) return undefined;
    return md5 === undefined ? content : { ...content, md5: md5.digest() };
  }

  async #read({ reader, base, isFrugal }: RecordedContents, { sizes, worth }: WantedCopies): Promise<void> {
    const trailer = await readTrailer(reader, base?.record?.trailerAt ?? 0, this.#options);
    if (trailer === undefined) return;
    const most = isFrugal ? Math.max(LEAST_MANIFESTS, worth) : Number.POSITIVE_INFINITY;
    for await (const { entries } of readManifestChain(reader, trailer, { ...this.#options, most }))
      for (const { at, bytes, sha256, isDamaged } of entries)
        if (!isDamaged && sizes.has(bytes)) this.#add(at, bytes, textOf(sha256));
  }

  #add(at: Lba, bytes: number, text: string): void {
    const alike = this.#places.get(bytes) ?? new Map<string, Lba[]>();
    this.#places.set(bytes, alike);
    const places = alike.get(text);
    if (places === undefined) alike.set(text, [at]);
    // The manifests come newest first, and what lies longest is taken first.
    else places.unshift(at);
  }
}

/** Whether the state that is built on says what its contents hash to. */
export function hasManifests({ base }: RecordedContents): boolean {
  return (base?.record?.trailerAt ?? 0) !== 0;
}

/** A hash as a key: there can be 100,000, and in hexadecimal digits they would take twice the space. */
function textOf(sha256: Uint8Array): string {
  return Buffer.from(sha256.buffer, sha256.byteOffset, sha256.byteLength).toString("latin1");
}
