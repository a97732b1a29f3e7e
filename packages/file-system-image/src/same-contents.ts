import { createHash } from "node:crypto";
import { BLOCK_BYTES, blocksOf, type CallOptions, type Lba, MultisessionError } from "@multisession/core";
import { unreadable } from "./file-source.ts";
import type { RecordedContent } from "./nodes.ts";
import { hasManifests, type RecordedContents, RecordedCopies } from "./recorded-copies.ts";
import type { Source } from "./source.ts";
import { TimeSlices } from "./time-slices.ts";

/** Bytes by which equal sizes are told apart before whole contents are hashed. */
const BEGINNING = 64 * 1024;

/** Files of one block or less that are compared: with more, reading all of them takes longer than their blocks are worth. */
const MOST_TINY = 4096;

/** The sources of an image, and what of the tree tells where their contents may lie. */
export interface NewSources {
  readonly sources: readonly Source[];
  /** Those with several names. */
  readonly linked: ReadonlySet<Source>;
  /** Of a source that takes the place of a recorded file of the same size: where that one lies. */
  readonly replaced: ReadonlyMap<Source, Lba>;
  /** Whether a recorded file with several names, one of which is in the tree, may lie somewhere. */
  mayBeLinked(at: Lba): boolean;
}

/** Which new contents need no blocks of their own. */
export interface SameContents {
  /** For a source the earlier one with the same bytes, or where they lie on the disc already. */
  readonly same: ReadonlyMap<Source, Source | RecordedContent>;
  /** SHA-256 of the sources that others are stored with. */
  readonly sha256: ReadonlyMap<Source, Uint8Array>;
  /** What people should know. */
  readonly notes: readonly string[];
}

/**
 * Finds new contents that are equal to another one, or to one that is on the disc. Only sizes that occur twice are looked
 * into, and of equal sizes in one session the beginnings first. Contents on the disc are known by the hashes in the manifests, and
 * are read before they are relied on.
 *
 * @throws `SOURCE_UNREADABLE`, `SOURCE_CHANGED`.
 */
export async function findSameContents(
  from: NewSources,
  recorded: RecordedContents,
  options: CallOptions = {},
): Promise<SameContents> {
  const { bySize, notes } = candidates(from, hasManifests(recorded));
  let worth = 0;
  for (const [bytes, { length }] of bySize) worth += blocksOf(bytes) * length;
  const copies = await RecordedCopies.read(recorded, { sizes: new Set(bySize.keys()), worth }, options);
  const hashing = new Hashing(options);
  const matching = new Matching(from, copies);
  for (const [bytes, alike] of bySize) {
    const isOnDisc = copies.has(bytes);
    if (alike.length < 2 && !isOnDisc) continue;
    const groups = isOnDisc ? [alike] : await hashing.byBeginning(alike);
    for (const group of groups) {
      const firsts: Firsts = new Map();
      for (const source of group) await matching.match(source, await hashing.whole(source), firsts);
    }
  }
  return { same: matching.same, sha256: matching.sha256, notes };
}

/** By size, what may be equal to something: no empty files, and nothing that can be read only once. */
function candidates(
  { sources, replaced }: NewSources,
  hasHashes: boolean,
): { readonly bySize: Map<number, Source[]>; readonly notes: readonly string[] } {
  const bySize = new Map<number, Source[]>();
  for (const source of sources) {
    if (source.bytes === 0 || !source.isRepeatable) continue;
    const alike = bySize.get(source.bytes);
    if (alike === undefined) bySize.set(source.bytes, [source]);
    else alike.push(source);
  }
  // What takes the place of a file is likely to be that file, touched: to read it saves its block.
  const isWorthIt = (source: Source): boolean => hasHashes && replaced.has(source);
  const tiny = [...bySize].filter(([bytes, { length }]) => bytes <= BLOCK_BYTES && length > 1);
  const count = tiny.reduce((sum, [, alike]) => sum + alike.filter((source) => !isWorthIt(source)).length, 0);
  if (count <= MOST_TINY) return { bySize, notes: [] };
  for (const [bytes, alike] of tiny) {
    const others = alike.filter(isWorthIt);
    if (others.length > 0) bySize.set(bytes, others);
    else bySize.delete(bytes);
  }
  const what = `${count} files of ${BLOCK_BYTES} bytes or less with equal sizes were not compared with each other.`;
  return { bySize, notes: [what] };
}

/** The first of equal contents, by hash. */
type Firsts = Map<string, Source | RecordedContent>;

/**
 * Gives sources the places of equal contents. By its blocks Rock Ridge 1.10 knows which names are one file, those of which
 * it says that they are several: so no blocks belong to two files with several names. Files with one name may share any.
 */
class Matching {
  readonly same = new Map<Source, Source | RecordedContent>();
  readonly sha256 = new Map<Source, Uint8Array>();
  readonly #from: NewSources;
  readonly #copies: RecordedCopies;
  /** Contents that belong to a new file with several names. */
  readonly #taken = new Set<Source | Lba>();

  constructor(from: NewSources, copies: RecordedCopies) {
    this.#from = from;
    this.#copies = copies;
  }

  async match(source: Source, hash: Buffer, firsts: Firsts): Promise<void> {
    const text = hash.toString("latin1");
    const first = firsts.get(text);
    const isLinked = this.#from.linked.has(source);
    const there = (isLinked ? this.#free(first) : first) ?? (await this.#onDisc(source, hash, isLinked));
    if (there !== undefined) this.same.set(source, there);
    if (first === undefined) firsts.set(text, there ?? source);
    if (there?.kind === "source") this.sha256.set(there, hash);
    if (isLinked) this.#taken.add(there === undefined ? source : placeOf(there));
  }

  /** The first of equal contents if a file with several names may have it. */
  #free(first: Source | RecordedContent | undefined): Source | undefined {
    return first?.kind === "source" && !this.#taken.has(first) ? first : undefined;
  }

  async #onDisc(source: Source, hash: Buffer, isLinked: boolean): Promise<RecordedContent | undefined> {
    const { bytes } = source;
    for (const at of this.#copies.placesOf(bytes, hash, this.#from.replaced.get(source))) {
      if (isLinked && (this.#taken.has(at) || this.#from.mayBeLinked(at))) continue;
      const content = await this.#copies.proved(at, bytes, hash);
      if (content !== undefined) return content;
    }
    return undefined;
  }
}

function placeOf(content: Source | RecordedContent): Source | Lba {
  return content.kind === "source" ? content : (content.extents[0]?.at ?? 0);
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
