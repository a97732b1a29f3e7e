import { BLOCK_BYTES, type BlockReader, blocksOf, type CallOptions, type RecordedExtent } from "@multisession/core";

/** Blocks of one read: 64 KiB. */
const READ_BLOCKS = 32;

/** The bytes of a file on the disc, in pieces. @throws `READ_FAILED` with the address. */
export async function* recordedBytes(
  reader: BlockReader,
  extents: readonly RecordedExtent[],
  options?: CallOptions,
): AsyncGenerator<Uint8Array> {
  for (const { at, bytes } of extents) {
    for (let done = 0; done < bytes; done += READ_BLOCKS * BLOCK_BYTES) {
      options?.signal?.throwIfAborted();
      const count = Math.min(bytes - done, READ_BLOCKS * BLOCK_BYTES);
      const piece = await reader.read(at + done / BLOCK_BYTES, blocksOf(count), options);
      yield piece.length === count ? piece : piece.subarray(0, count);
    }
  }
}
