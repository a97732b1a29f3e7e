import { createHash } from "node:crypto";
import type { Trailer } from "./history.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { tryRead } from "./try-read.ts";
import { BLOCK_BYTES, type Blocks, blocksOf, type Lba } from "./units.ts";

/** One new file content of a session: where it lies, how long it is, and its hash as it was taken while it was read. */
export interface ManifestEntry {
  /** First block of the content. */
  readonly at: Lba;
  /** Length of the content. */
  readonly bytes: number;
  /** Of exactly `bytes` bytes. */
  readonly sha256: Uint8Array;
  /** Of the same bytes; in a manifest of version 2. */
  readonly md5?: Uint8Array;
  /** The source changed while it was read: cut, or filled with zeros. */
  readonly isDamaged: boolean;
}

/** A session's manifest. */
export interface Manifest {
  /** One for each new content that has a byte, in the order of the disc. */
  readonly entries: readonly ManifestEntry[];
  /** First block of the previous session's manifest; absent in the first session of a life. */
  readonly previous?: Lba;
}

const MAGIC = "MSMANIFS";
const HEADER_BYTES = 64;
const NO_PREVIOUS = 0xffff_ffff;
/** More entries than a disc of 128 GB has blocks cannot be true. */
const MAX_ENTRIES = 70_000_000;

/** Versions of a manifest. 2 has MD5 too, for sessions that record it: of a file in no list of MD5 sums it is the only place. */
export type ManifestVersion = 1 | 2;

/** Bytes of an entry. */
const entryBytes: Readonly<Record<ManifestVersion, number>> = { 1: 48, 2: 64 };

/** Blocks of a manifest with so many entries. */
export function manifestBlocks(entries: number, version: ManifestVersion = 1): Blocks {
  return blocksOf(HEADER_BYTES + entries * entryBytes[version]);
}

/** Entries that are encoded at once: those of a million contents would take 48 MB. */
const ENTRIES_AT_ONCE = 1024;

/**
 * Encodes a manifest of `count` entries. Layout, little-endian: header 0 `MSMANIFS`, 8 version, 12 entries, 16 previous manifest
 * (u32 each, FFFFFFFFh for none), 32 SHA-256 of the entries; from 64 on entries of 48 bytes, in version 2 of 64: 0 block
 * (u32), 4 flags (u32, bit 0 damaged), 8 bytes (u64), 16 SHA-256, 48 MD5.
 */
export function encodeManifest(
  count: number,
  entries: Iterable<ManifestEntry>,
  previous?: Lba,
  version: ManifestVersion = 1,
): Uint8Array {
  const bytes = Buffer.alloc(manifestBlocks(count, version) * BLOCK_BYTES);
  const known = Array.from(entries);
  let at = 0;
  for (const piece of manifestPieces(count, () => known, previous, version)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Entries that are held while they are hashed, at most: up to 8 MiB. */
const MOST_HELD = 128 * 1024;

/**
 * The same in pieces, without the zeros that fill the last block. Their hash comes first, so `entries` are walked twice where
 * there are more than can be held.
 */
export function* manifestPieces(
  count: number,
  entries: () => Iterable<ManifestEntry>,
  previous?: Lba,
  version: ManifestVersion = 1,
): Generator<Uint8Array> {
  const hash = createHash("sha256");
  const held: Uint8Array[] = [];
  for (const piece of entryPieces(entries(), version)) {
    hash.update(piece);
    if (count <= MOST_HELD) held.push(piece);
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 0, "latin1");
  header.writeUInt32LE(version, 8);
  header.writeUInt32LE(count, 12);
  header.writeUInt32LE(previous ?? NO_PREVIOUS, 16);
  header.set(hash.digest(), 32);
  yield header;
  yield* count <= MOST_HELD ? held : entryPieces(entries(), version);
}

function* entryPieces(entries: Iterable<ManifestEntry>, version: ManifestVersion): Generator<Uint8Array> {
  const length = entryBytes[version];
  let piece = Buffer.alloc(ENTRIES_AT_ONCE * length);
  let at = 0;
  for (const entry of entries) {
    piece.writeUInt32LE(entry.at, at);
    piece.writeUInt32LE(entry.isDamaged ? 1 : 0, at + 4);
    piece.writeUInt32LE(entry.bytes % 2 ** 32, at + 8);
    piece.writeUInt32LE(Math.floor(entry.bytes / 2 ** 32), at + 12);
    piece.set(entry.sha256, at + 16);
    if (version === 2) piece.set(entry.md5 as Uint8Array, at + 48);
    at += length;
    if (at < piece.length) continue;
    yield piece;
    piece = Buffer.alloc(piece.length);
    at = 0;
  }
  if (at > 0) yield piece.subarray(0, at);
}

/** Reads a manifest; nothing when the bytes hold none or it is damaged. */
export function decodeManifest(source: Uint8Array): Manifest | undefined {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const header = decodeHeader(bytes);
  if (header === undefined) return undefined;
  const { count, version } = header;
  const end = HEADER_BYTES + count * entryBytes[version];
  if (bytes.length < end) return undefined;
  if (!createHash("sha256").update(bytes.subarray(HEADER_BYTES, end)).digest().equals(bytes.subarray(32, 64)))
    return undefined;
  const entries = Array.from({ length: count }, (_, index): ManifestEntry => {
    const at = HEADER_BYTES + index * entryBytes[version];
    return {
      at: bytes.readUInt32LE(at),
      isDamaged: (bytes.readUInt32LE(at + 4) & 1) === 1,
      bytes: Number(bytes.readBigUInt64LE(at + 8)),
      sha256: new Uint8Array(bytes.subarray(at + 16, at + 48)),
      ...(version === 2 ? { md5: new Uint8Array(bytes.subarray(at + 48, at + 64)) } : {}),
    };
  });
  const previous = bytes.readUInt32LE(16);
  return previous === NO_PREVIOUS ? { entries } : { entries, previous };
}

/** How many entries a manifest says that it has, and in which version; nothing where it is none, or cannot have so many. */
function decodeHeader(bytes: Buffer): { readonly count: number; readonly version: ManifestVersion } | undefined {
  if (bytes.length < HEADER_BYTES || bytes.toString("latin1", 0, 8) !== MAGIC) return undefined;
  const version = bytes.readUInt32LE(8);
  const count = bytes.readUInt32LE(12);
  return (version === 1 || version === 2) && count <= MAX_ENTRIES ? { count, version } : undefined;
}

/** How far back manifests are read. */
export interface ManifestChainOptions extends CallOptions {
  /** Most blocks of manifests; one that would take more, and those before it, are not read. All without it. */
  readonly most?: Blocks;
}

/**
 * The manifests of a session and of all earlier ones that it builds on, newest first: together they have an entry for
 * every content that its tree can show. Ends without a word where one cannot be read.
 */
export async function* readManifestChain(
  reader: BlockReader,
  trailer: Trailer,
  { most = Number.POSITIVE_INFINITY, ...options }: ManifestChainOptions = {},
): AsyncGenerator<Manifest> {
  if (trailer.manifestBlocks > most) return;
  let left = most;
  let manifest = await readManifest(reader, trailer, options);
  for (let at = trailer.manifestAt; manifest !== undefined; ) {
    yield manifest;
    left -= manifestBlocks(manifest.entries.length, manifest.entries[0]?.md5 === undefined ? 1 : 2);
    // Sessions lie behind the ones that they build on, so a pointer forward is damage, and cannot make a loop.
    if (manifest.previous === undefined || manifest.previous >= at) return;
    at = manifest.previous;
    manifest = await readManifestAt(reader, at, left, options);
  }
}

async function readManifestAt(
  reader: BlockReader,
  at: Lba,
  most: Blocks,
  options: CallOptions,
): Promise<Manifest | undefined> {
  if (most < 1) return undefined;
  const first = await tryRead(reader, at, 1, options);
  const header = first && decodeHeader(Buffer.from(first.buffer, first.byteOffset, first.byteLength));
  const blocks = header && manifestBlocks(header.count, header.version);
  if (blocks === undefined || blocks > most) return undefined;
  const bytes = await tryRead(reader, at, blocks, options);
  return bytes && decodeManifest(bytes);
}

/** Reads the manifest that a trailer names; nothing when it cannot be read or is damaged. */
export async function readManifest(
  reader: BlockReader,
  trailer: Trailer,
  options?: CallOptions,
): Promise<Manifest | undefined> {
  const bytes = await tryRead(reader, trailer.manifestAt, trailer.manifestBlocks, options);
  return bytes && decodeManifest(bytes);
}
