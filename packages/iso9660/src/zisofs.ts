import { inflateSync } from "node:zlib";
import { type BlockReader, type CallOptions, MultisessionError, type RecordedBytes } from "@multisession/core";
import { putU32Both, u32 } from "./both-endian.ts";
import { StoredBytes } from "./stored-bytes.ts";

/**
 * What a ZF entry says of a file: its bytes lie on the disc in blocks that are compressed one by one.
 *
 * Version 1 is what mkzftree makes and Linux reads; version 2, of libisofs, has lengths and addresses of 64 bits (libisofs,
 * doc/zisofs_format.txt and doc/zisofs2_format.txt).
 */
export interface Zisofs {
  readonly version: 1 | 2;
  /** Bytes of the header in the stored file, divided by 4. */
  readonly headerWords: number;
  /** Binary logarithm of the bytes of one block before it is compressed. */
  readonly blockShift: number;
  /** Length of the file as programs see it. */
  readonly bytes: number;
}

/** Bytes of a ZF entry. */
const ZF_BYTES = 16;

/** Smallest and largest blocks that are read: 4 KiB to 1 MiB. libisofs makes 32 KiB to 1 MiB. So much memory a block takes. */
const blockShifts = { least: 12, most: 20 } as const;

/** What differs between the versions. */
const versions = {
  1: {
    magic: Buffer.from("37e45396c9dbd607", "hex"),
    algorithm: "pz",
    headerBytes: 16,
    pointerBytes: 4,
  },
  2: {
    magic: Buffer.from("ef2255a1bc1b95a0", "hex"),
    algorithm: "PZ",
    headerBytes: 24,
    pointerBytes: 8,
  },
} as const;

/** Pointers that are read at once. */
const POINTERS = 1024;

/** Reads a ZF or a Z2 entry (libisofs writes version 2 as either); nothing when it names what is not known here. */
export function readZisofs(entry: Uint8Array): Zisofs | undefined {
  if (entry.length < ZF_BYTES) return undefined;
  const algorithm = String.fromCharCode(entry[4] ?? 0, entry[5] ?? 0);
  const version = algorithm === versions[1].algorithm ? 1 : algorithm === versions[2].algorithm ? 2 : undefined;
  const headerWords = entry[6] ?? 0;
  const blockShift = entry[7] ?? 0;
  if (version === undefined || headerWords * 4 < versions[version].headerBytes) return undefined;
  if (blockShift < blockShifts.least || blockShift > blockShifts.most) return undefined;
  const bytes = version === 1 ? u32(entry, 8) : u64(entry, 8);
  return Number.isSafeInteger(bytes) ? { version, headerWords, blockShift, bytes } : undefined;
}

/** The entry again, for a file that is recorded already. */
export function zisofsEntry(zisofs: Zisofs): Uint8Array {
  const { version, headerWords, blockShift } = zisofs;
  const entry = Buffer.alloc(ZF_BYTES);
  // Linux reads every ZF as version 1 and would be misled by another; libisofs names version 2 by Z2 for that reason.
  entry.write(version === 1 ? "ZF" : "Z2", "latin1");
  entry.set([ZF_BYTES, version], 2);
  entry.write(versions[version].algorithm, 4, "latin1");
  entry.set([headerWords, blockShift], 6);
  if (version === 1) putU32Both(entry, 8, zisofs.bytes);
  else entry.writeBigUInt64LE(BigInt(zisofs.bytes), 8);
  return entry;
}

/** Whether a stored file is long enough for what its entry says: else the entry cannot be true. */
export function isPlausible({ version, headerWords, blockShift, bytes }: Zisofs, storedBytes: number): boolean {
  if (bytes === 0) return true;
  const blocks = Math.ceil(bytes / 2 ** blockShift);
  return headerWords * 4 + (blocks + 1) * versions[version].pointerBytes <= storedBytes;
}

/** As a volume hands it on with a file's content: see `RecordedBytes.encoding`. */
export function encodingOf({ version, headerWords, blockShift }: Zisofs): string {
  return `zisofs ${version} ${headerWords} ${blockShift}`;
}

/** What a content's encoding says; nothing when it has none, or one of another file system. */
export function zisofsOf({ bytes, encoding }: Pick<RecordedBytes, "bytes" | "encoding">): Zisofs | undefined {
  const [, version, headerWords, blockShift] = /^zisofs ([12]) (\d+) (\d+)$/.exec(encoding ?? "") ?? [];
  if (version === undefined) return undefined;
  return { version: version === "1" ? 1 : 2, headerWords: Number(headerWords), blockShift: Number(blockShift), bytes };
}

/**
 * The bytes of a compressed file, block by block. One block before and one after decompression are in memory, and
 * {@link POINTERS} addresses; no block becomes larger than the header says. A damaged block costs only itself: zeros stand
 * in its place, and the error comes when all the others have been given.
 *
 * @throws `READ_FAILED`; `DAMAGED_CONTENT` with the address of what makes no sense.
 */
export async function* decompress(
  reader: BlockReader,
  content: RecordedBytes,
  options?: CallOptions,
): AsyncGenerator<Uint8Array> {
  const stored = new StoredBytes(reader, content.extents);
  const zisofs = zisofsOf(content);
  if (zisofs === undefined)
    throw damaged(stored, 0, `A file is stored as "${content.encoding}", which is not known here.`);
  if (content.bytes === 0 && stored.bytes === 0) return;
  await checkHeader(stored, zisofs, options);
  const blockBytes = 2 ** zisofs.blockShift;
  let [left, lost] = [content.bytes, 0];
  let first: MultisessionError | undefined;
  for await (const place of packedBlocks(stored, zisofs, options)) {
    const expected = Math.min(blockBytes, left);
    left -= expected;
    try {
      yield await unpacked(stored, place, { expected, blockBytes }, options);
      continue;
    } catch (error) {
      if (!MultisessionError.is(error) || error.code !== "DAMAGED_CONTENT") throw error;
      first ??= error;
      lost += 1;
    }
    yield new Uint8Array(expected);
  }
  if (first !== undefined) throw lost === 1 ? first : damagedWith(first, lost - 1);
}

/** Fails where the header is not that of the file that the directory names. */
async function checkHeader(stored: StoredBytes, zisofs: Zisofs, options?: CallOptions): Promise<void> {
  const { version, headerWords, bytes } = zisofs;
  const { magic } = versions[version];
  if (!isPlausible(zisofs, stored.bytes))
    throw damaged(stored, 0, "A compressed file is shorter than its list of blocks.");
  const header = await stored.read(0, headerWords * 4, options);
  if (!magic.equals(header.subarray(0, magic.length)))
    throw damaged(stored, 0, "A compressed file does not begin as one.");
  const told = version === 1 ? u32(header, 8) : u64(header, 12);
  if (told !== bytes)
    throw damaged(stored, 0, `A compressed file says that it has ${told} bytes, its directory ${bytes}.`);
}

/** Where a compressed block lies in the stored file, and the pointer that says so. */
interface PackedBlock {
  readonly pointerAt: number;
  readonly from: number;
  readonly to: number;
}

/** Where the blocks lie, as the list behind the header says. */
async function* packedBlocks(
  stored: StoredBytes,
  { version, headerWords, blockShift, bytes }: Zisofs,
  options?: CallOptions,
): AsyncGenerator<PackedBlock> {
  const { pointerBytes } = versions[version];
  const blocks = Math.ceil(bytes / 2 ** blockShift);
  for (let first = 0; first < blocks; first += POINTERS) {
    const count = Math.min(POINTERS, blocks - first);
    const at = headerWords * 4 + first * pointerBytes;
    const pointers = await stored.read(at, (count + 1) * pointerBytes, options);
    const pointer = (index: number): number => (version === 1 ? u32(pointers, index * 4) : u64(pointers, index * 8));
    for (let index = 0; index < count; index += 1) {
      options?.signal?.throwIfAborted();
      yield { pointerAt: at + index * pointerBytes, from: pointer(index), to: pointer(index + 1) };
    }
  }
}

/** A block as programs see it. @throws `DAMAGED_CONTENT`. */
async function unpacked(
  stored: StoredBytes,
  { pointerAt, from, to }: PackedBlock,
  { expected, blockBytes }: { readonly expected: number; readonly blockBytes: number },
  options?: CallOptions,
): Promise<Uint8Array> {
  if (to < from || to > stored.bytes || to - from > 2 * blockBytes)
    throw damaged(stored, pointerAt, "The list of blocks of a compressed file makes no sense.");
  // A block of zeros takes no bytes.
  if (to === from) return new Uint8Array(expected);
  try {
    const packed = await stored.read(from, to - from, options);
    return inflate(packed, expected, (cause) => damaged(stored, from, "A compressed block is damaged.", cause));
  } catch (error) {
    if (!MultisessionError.is(error) || error.code !== "READ_FAILED") throw error;
    throw damaged(stored, from, `A compressed block cannot be read. ${error.message}`, error);
  }
}

function damaged(stored: StoredBytes, at: number, what: string, cause?: unknown): MultisessionError {
  const subject = `block ${stored.blockAt(at)}`;
  return new MultisessionError("DAMAGED_CONTENT", `Block ${stored.blockAt(at)}: ${what}`, {
    subject,
    advice: "The bytes can be extracted as they lie on the disc.",
    ...(cause === undefined ? {} : { cause }),
  });
}

function damagedWith(first: MultisessionError, others: number): MultisessionError {
  const { subject, advice, message } = first;
  return new MultisessionError("DAMAGED_CONTENT", `${message} So it is with ${others} more of the file's blocks.`, {
    subject,
    advice,
    cause: first,
  });
}

function inflate(packed: Uint8Array, expected: number, fail: (cause?: unknown) => MultisessionError): Uint8Array {
  let block: Uint8Array;
  try {
    block = inflateSync(packed, { maxOutputLength: expected });
  } catch (cause) {
    throw fail(cause);
  }
  if (block.length !== expected) throw fail();
  return block;
}

function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) + u32(bytes, at + 4) * 2 ** 32;
}
