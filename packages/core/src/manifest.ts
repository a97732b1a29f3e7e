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
const ENTRY_BYTES = 48;
const NO_PREVIOUS = 0xffff_ffff;
/** More entries than a disc of 128 GB has blocks cannot be true. */
const MAX_ENTRIES = 70_000_000;

/** Blocks of a manifest with so many entries. */
export function manifestBlocks(entries: number): Blocks {
  return blocksOf(HEADER_BYTES + entries * ENTRY_BYTES);
}

/**
 * Encodes a manifest of `count` entries. Layout, little-endian: header 0 `MSMANIFS`, 8 version 1, 12 entries, 16 previous manifest
 * (u32 each, FFFFFFFFh for none), 32 SHA-256 of the entries; from 64 on entries of 48 bytes: 0 block (u32), 4 flags
 * (u32, bit 0 damaged), 8 bytes (u64), 16 SHA-256.
 */
export function encodeManifest(count: number, entries: Iterable<ManifestEntry>, previous?: Lba): Uint8Array {
  const bytes = Buffer.alloc(manifestBlocks(count) * BLOCK_BYTES);
  let at = HEADER_BYTES;
  for (const entry of entries) {
    bytes.writeUInt32LE(entry.at, at);
    bytes.writeUInt32LE(entry.isDamaged ? 1 : 0, at + 4);
    bytes.writeBigUInt64LE(BigInt(entry.bytes), at + 8);
    bytes.set(entry.sha256, at + 16);
    at += ENTRY_BYTES;
  }
  bytes.write(MAGIC, 0, "latin1");
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(count, 12);
  bytes.writeUInt32LE(previous ?? NO_PREVIOUS, 16);
  bytes.set(createHash("sha256").update(bytes.subarray(HEADER_BYTES, at)).digest(), 32);
  return bytes;
}

/** Reads a manifest; nothing when the bytes hold none or it is damaged. */
export function decodeManifest(source: Uint8Array): Manifest | undefined {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (bytes.length < HEADER_BYTES || bytes.toString("latin1", 0, 8) !== MAGIC || bytes.readUInt32LE(8) !== 1)
    return undefined;
  const count = bytes.readUInt32LE(12);
  if (count > MAX_ENTRIES || bytes.length < HEADER_BYTES + count * ENTRY_BYTES) return undefined;
  const end = HEADER_BYTES + count * ENTRY_BYTES;
  if (!createHash("sha256").update(bytes.subarray(HEADER_BYTES, end)).digest().equals(bytes.subarray(32, 64)))
    return undefined;
  const entries = Array.from({ length: count }, (_, index): ManifestEntry => {
    const at = HEADER_BYTES + index * ENTRY_BYTES;
    return {
      at: bytes.readUInt32LE(at),
      isDamaged: (bytes.readUInt32LE(at + 4) & 1) === 1,
      bytes: Number(bytes.readBigUInt64LE(at + 8)),
      sha256: new Uint8Array(bytes.subarray(at + 16, at + 48)),
    };
  });
  const previous = bytes.readUInt32LE(16);
  return previous === NO_PREVIOUS ? { entries } : { entries, previous };
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
    left -= manifestBlocks(manifest.entries.length);
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
  const header = first && Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  if (header === undefined || header.toString("latin1", 0, 8) !== MAGIC) return undefined;
  const count = header.readUInt32LE(12);
  if (count > MAX_ENTRIES || manifestBlocks(count) > most) return undefined;
  const bytes = await tryRead(reader, at, manifestBlocks(count), options);
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
