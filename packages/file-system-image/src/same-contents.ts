import { createHash } from "node:crypto";
import {
  BLOCK_BYTES,
  type BlockReader,
  type Blocks,
  type CallOptions,
  MultisessionError,
  readManifestChain,
  readTrailer,
  type StateRef,
} from "@multisession/core";
import { unreadable } from "./file-source.ts";
import type { RecordedContent } from "./nodes.ts";
import { contentBytes } from "./recorded-bytes.ts";
import type { Source } from "./source.ts";
import { TimeSlices } from "./time-slices.ts";

/** Bytes by which equal sizes are told apart before whole contents are hashed. */
const BEGINNING = 64 * 1024;

/** Files of one block or less that are compared: with more, reading all of them takes longer than their blocks are worth. */
const MOST_TINY = 4096;

/** Which new contents need no blocks of their own. */
export interface SameContents {
  /** For a source the earlier one with the same bytes, or where they lie on the disc already. */
  readonly same: ReadonlyMap<Source, Source | RecordedContent>;
  /** SHA-256 of the sources that others are stored with. */
  readonly sha256: ReadonlyMap<Source, Uint8Array>;
  /** What people should know. */
  readonly notes: readonly string[];
}

/** Where contents of the disc are looked for. */
export interface RecordedContents {
  readonly reader: BlockReader;
  /** The state that the session builds on: what its manifests do not know, later sessions could not verify. */
  readonly base: StateRef | undefined;
  /** Most blocks of manifests that are read. */
  readonly most: Blocks;
  /** Whether MD5 of what is found is wanted too. */
  readonly takesMd5: boolean;
}

/**
 * Finds new contents that are equal to another one, or to one that is on the disc. Only sizes that occur twice are looked
 * into, and of equal sizes in one session the beginnings first. Contents on the disc are known by the hashes in the manifests, and
 * are read before they are relied on. `apart`: sources with several names. They keep blocks of their own, because by these Rock Ridge
 * 1.10 knows hard links; others may share them.
 *
 * @throws `SOURCE_UNREADABLE`, `SOURCE_CHANGED`.
 */
export async function findSameContents(
  sources: readonly Source[],
  apart: ReadonlySet<Source>,
  recorded: RecordedContents,
  options: CallOptions = {},
): Promise<SameContents> {
  const { bySize, notes } = candidates(sources);
  const onDisc = await recordedBySize(recorded, new Set(bySize.keys()), options);
  const hashing = new Hashing(options);
  const same = new Map<Source, Source | RecordedContent>();
  const sha256 = new Map<Source, Uint8Array>();
  for (const [bytes, alike] of bySize) {
    const known = onDisc.get(bytes);
    if (alike.length < 2 && known === undefined) continue;
    const groups = known === undefined ? await hashing.byBeginning(alike) : [alike];
    for (const group of groups) {
      const firsts = new Map<string, Source>();
      for (const source of group) {
        const hash = await hashing.whole(source);
        const text = hash.toString("hex");
        const there = apart.has(source)
          ? undefined
          : (firsts.get(text) ?? (await hashing.onDisc(recorded, known?.get(text), hash)));
        if (there !== undefined) same.set(source, there);
        else if (!firsts.has(text)) firsts.set(text, source);
        if (there?.kind === "source") sha256.set(there, hash);
      }
    }
  }
  return { same, sha256, notes };
}

/** By size, what may be equal to something: no empty files, and nothing that can be read only once. */
function candidates(sources: readonly Source[]): {
  readonly bySize: Map<number, Source[]>;
  readonly notes: readonly string[];
} {
  const bySize = new Map<number, Source[]>();
  for (const source of sources) {
    if (source.bytes === 0 || !source.isRepeatable) continue;
    const alike = bySize.get(source.bytes);
    if (alike === undefined) bySize.set(source.bytes, [source]);
    else alike.push(source);
  }
  const tiny = [...bySize].filter(([bytes, { length }]) => bytes <= BLOCK_BYTES && length > 1);
  const count = tiny.reduce((sum, [, { length }]) => sum + length, 0);
  if (count <= MOST_TINY) return { bySize, notes: [] };
  for (const [bytes] of tiny) bySize.delete(bytes);
  const what = `${count} files of ${BLOCK_BYTES} bytes or less with equal sizes were not compared with each other.`;
  return { bySize, notes: [what] };
}

/** Where contents of some sizes lie, by size and hash. */
async function recordedBySize(
  { reader, base, most }: RecordedContents,
  sizes: ReadonlySet<number>,
  options: CallOptions,
): Promise<ReadonlyMap<number, ReadonlyMap<string, RecordedContent>>> {
  const found = new Map<number, Map<string, RecordedContent>>();
  const trailerAt = base?.record?.trailerAt ?? 0;
  if (sizes.size === 0 || trailerAt === 0) return found;
  const trailer = await readTrailer(reader, trailerAt, options);
  if (trailer === undefined) return found;
  for await (const { entries } of readManifestChain(reader, trailer, { ...options, most }))
    for (const { at, bytes, sha256, isDamaged } of entries) {
      if (isDamaged || !sizes.has(bytes)) continue;
      const alike = found.get(bytes) ?? new Map<string, RecordedContent>();
      found.set(bytes, alike);
      alike.set(Buffer.from(sha256).toString("hex"), { kind: "recorded", bytes, extents: [{ at, bytes }] });
    }
  return found;
}

class Hashing {
  readonly #slices: TimeSlices;
  readonly #signal: AbortSignal | undefined;
  /** Hashes of contents that are no longer than a beginning. */
  readonly #short = new Map<Source, Buffer>();

  constructor(options: CallOptions) {
    this.#slices = new TimeSlices(options);
    this.#signal = options.signal;
  }

  /** Those of equal size that begin alike, where there are more than one. */
  async byBeginning(sources: readonly Source[]): Promise<readonly (readonly Source[])[]> {
    const groups = new Map<string, Source[]>();
    for (const source of sources) {
      const hash = await this.#hash(source, BEGINNING);
      if (source.bytes <= BEGINNING) this.#short.set(source, hash);
      const text = hash.toString("hex");
      const group = groups.get(text);
      if (group === undefined) groups.set(text, [source]);
      else group.push(source);
    }
    return [...groups.values()].filter(({ length }) => length > 1);
  }

  async whole(source: Source): Promise<Buffer> {
    return this.#short.get(source) ?? this.#hash(source, Number.POSITIVE_INFINITY);
  }

  /** What is recorded, if the disc still gives it: a copy of it may be wanted because it does not. */
  async onDisc(
    { reader, takesMd5 }: RecordedContents,
    content: RecordedContent | undefined,
    sha256: Uint8Array,
  ): Promise<RecordedContent | undefined> {
    if (content === undefined) return undefined;
    const hash = createHash("sha256");
    const md5 = takesMd5 ? createHash("md5") : undefined;
    try {
      for await (const piece of contentBytes({ reader }, content, this.#signal && { signal: this.#signal })) {
        hash.update(piece);
        md5?.update(piece);
      }
    } catch (error) {
      if (this.#signal?.aborted === true) throw error;
      return undefined;
    }
    if (!hash.digest().equals(sha256)) return undefined;
    return md5 === undefined ? content : { ...content, md5: md5.digest() };
  }

  async #hash(source: Source, most: number): Promise<Buffer> {
    const hash = createHash("sha256");
    let left = most;
    try {
      for await (const piece of source.read(this.#slices)) {
        this.#signal?.throwIfAborted();
        hash.update(piece.length > left ? piece.subarray(0, left) : piece);
        left -= Math.min(left, piece.length);
        if (left === 0 && source.bytes > most) break;
      }
    } catch (error) {
      if (MultisessionError.is(error) || this.#signal?.aborted === true) throw error;
      throw unreadable(source.path, error);
    }
    return hash.digest();
  }
}
