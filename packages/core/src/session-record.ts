import { createHash } from "node:crypto";
import type { SessionRecord, Trailer } from "./history.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { tryRead } from "./try-read.ts";
import { BLOCK_BYTES, type Lba } from "./units.ts";

/** Bytes of an encoded session record. */
export const SESSION_RECORD_BYTES = 64;

const RECORD_MAGIC = "MSESSION";
const TRAILER_MAGIC = "MSTRAILR";

/**
 * The 64 bytes that every head carries (in ISO 9660: in the PVD's application use field).
 * Layout, little-endian: 0 `MSESSION`, 8 life (16), 24 nonce (8), 32 time in ms (u64), 40 sequence, 44 start, 48 end,
 * 52 trailer (u32 each), 56 first 8 bytes of the SHA-256 of what is before.
 */
export function encodeSessionRecord(record: SessionRecord): Uint8Array {
  const bytes = Buffer.alloc(SESSION_RECORD_BYTES);
  writeRecord(bytes, RECORD_MAGIC, record);
  bytes.set(sha256(bytes.subarray(0, 56)).subarray(0, 8), 56);
  return bytes;
}

/** Whether blocks hold a session record anywhere: what is left of a head of ours that is not whole. */
export function holdsSessionRecord(blocks: Uint8Array): boolean {
  return recordIn(blocks) !== undefined;
}

/** The first session record in some blocks, wherever it lies. */
export function recordIn(blocks: Uint8Array): SessionRecord | undefined {
  const view = Buffer.from(blocks.buffer, blocks.byteOffset, blocks.byteLength);
  for (let at = view.indexOf(RECORD_MAGIC); at >= 0; at = view.indexOf(RECORD_MAGIC, at + 1)) {
    const record = decodeSessionRecord(view.subarray(at));
    if (record !== undefined) return record;
  }
  return undefined;
}

/** Reads a session record; nothing when the bytes hold none or it is damaged. */
export function decodeSessionRecord(bytes: Uint8Array): SessionRecord | undefined {
  if (bytes.length < SESSION_RECORD_BYTES) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, SESSION_RECORD_BYTES);
  if (view.toString("latin1", 0, 8) !== RECORD_MAGIC) return undefined;
  if (!view.subarray(56, 64).equals(sha256(view.subarray(0, 56)).subarray(0, 8))) return undefined;
  return readRecord(view);
}

/**
 * The trailer's block: the record's layout with magic `MSTRAILR` up to byte 56, then 56 contentStart, 60 contentEnd,
 * 64 manifestAt, 68 manifestBlocks (u32 each), 72 metadata SHA-256 (32), and at 2016 the SHA-256 of all before.
 */
export function encodeTrailer(trailer: Trailer): Uint8Array {
  const bytes = Buffer.alloc(BLOCK_BYTES);
  writeRecord(bytes, TRAILER_MAGIC, trailer);
  bytes.writeUInt32LE(trailer.contentStart, 56);
  bytes.writeUInt32LE(trailer.contentEnd, 60);
  bytes.writeUInt32LE(trailer.manifestAt, 64);
  bytes.writeUInt32LE(trailer.manifestBlocks, 68);
  bytes.write(trailer.metadataSha256, 72, 32, "hex");
  bytes.set(sha256(bytes.subarray(0, 2016)), 2016);
  return bytes;
}

/** Reads a trailer; nothing when the block is none or is damaged. */
export function decodeTrailer(block: Uint8Array): Trailer | undefined {
  if (block.length < BLOCK_BYTES) return undefined;
  const view = Buffer.from(block.buffer, block.byteOffset, BLOCK_BYTES);
  if (view.toString("latin1", 0, 8) !== TRAILER_MAGIC) return undefined;
  if (!view.subarray(2016, 2048).equals(sha256(view.subarray(0, 2016)))) return undefined;
  return {
    ...readRecord(view),
    contentStart: view.readUInt32LE(56),
    contentEnd: view.readUInt32LE(60),
    manifestAt: view.readUInt32LE(64),
    manifestBlocks: view.readUInt32LE(68),
    metadataSha256: view.toString("hex", 72, 104),
  };
}

/** Reads the trailer at a block; nothing when it cannot be read, is none, or stands in the wrong place. */
export async function readTrailer(reader: BlockReader, at: Lba, options?: CallOptions): Promise<Trailer | undefined> {
  const block = await tryRead(reader, at, 1, options);
  const trailer = block && decodeTrailer(block);
  return trailer?.trailerAt === at ? trailer : undefined;
}

/** Whether the trailer and the head belong to one try of one session. */
export function isSameSession(a: SessionRecord, b: SessionRecord): boolean {
  return a.life === b.life && a.sequence === b.sequence && a.nonce === b.nonce;
}

function writeRecord(bytes: Buffer, magic: string, record: SessionRecord): void {
  bytes.write(magic, 0, "latin1");
  bytes.write(record.life, 8, 16, "hex");
  bytes.write(record.nonce, 24, 8, "hex");
  bytes.writeBigUInt64LE(BigInt(record.time), 32);
  bytes.writeUInt32LE(record.sequence, 40);
  bytes.writeUInt32LE(record.start, 44);
  bytes.writeUInt32LE(record.end, 48);
  bytes.writeUInt32LE(record.trailerAt, 52);
}

function readRecord(view: Buffer): SessionRecord {
  return {
    life: view.toString("hex", 8, 24),
    nonce: view.toString("hex", 24, 32),
    time: Number(view.readBigUInt64LE(32)),
    sequence: view.readUInt32LE(40),
    start: view.readUInt32LE(44),
    end: view.readUInt32LE(48),
    trailerAt: view.readUInt32LE(52),
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
