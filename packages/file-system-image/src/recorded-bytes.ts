import {
  BLOCK_BYTES,
  type BlockReader,
  blocksOf,
  type CallOptions,
  MultisessionError,
  type RecordedBytes,
  type RecordedExtent,
  type RecordedVolume,
} from "@multisession/core";

/** Blocks of one read: 64 KiB. */
const READ_BLOCKS = 32;

/** First block that no block number of 32 bits reaches. */
const NO_BLOCK = 2 ** 32;

/** Reads files of a volume as programs see them. */
export interface ContentReader {
  /** Reads the disc. */
  readonly reader: BlockReader;
  /** Reads what is stored otherwise than it is shown; absent where there is no such volume. */
  readonly volume?: Pick<RecordedVolume, "decode"> | undefined;
}

/** The bytes of a file as programs see them, in pieces. @throws `READ_FAILED`, `DAMAGED_CONTENT` with the address. */
export function contentBytes(
  { reader, volume }: ContentReader,
  { bytes, extents, encoding }: RecordedBytes,
  options?: CallOptions,
): AsyncIterable<Uint8Array> {
  if (encoding === undefined) return recordedBytes(reader, extents, options);
  if (volume?.decode !== undefined) return volume.decode({ bytes, extents, encoding }, options);
  throw new MultisessionError("DAMAGED_CONTENT", `A file is stored as "${encoding}", which nothing here can read.`, {
    subject: encoding,
  });
}

/** The bytes of a file as they lie on the disc, in pieces. @throws `READ_FAILED` with the address. */
export async function* recordedBytes(
  reader: BlockReader,
  extents: readonly RecordedExtent[],
  options?: CallOptions,
): AsyncGenerator<Uint8Array> {
  for (const { at, bytes } of extents) {
    if (at + blocksOf(bytes) > NO_BLOCK)
      throw new MultisessionError("READ_FAILED", `The file lies at block ${at}, which no disc has.`, {
        subject: `block ${at}`,
      });
    for (let done = 0; done < bytes; done += READ_BLOCKS * BLOCK_BYTES) {
      options?.signal?.throwIfAborted();
      const count = Math.min(bytes - done, READ_BLOCKS * BLOCK_BYTES);
      const piece = await reader.read(at + done / BLOCK_BYTES, blocksOf(count), options);
      yield piece.length === count ? piece : piece.subarray(0, count);
    }
  }
}
