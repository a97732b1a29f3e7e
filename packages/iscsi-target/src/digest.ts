import crc32c from "crc-32/crc32c.js";

/** Bytes of a digest. */
export const DIGEST_BYTES = 4;

/** Computes a digest over parts that follow each other, as it goes over the wire. */
export type Digest = (...parts: readonly Uint8Array[]) => Uint8Array;

/** CRC32C, least significant byte first (RFC 7143, 13.1). */
export const digest: Digest = (...parts) => {
  const sum = parts.reduce((seed, part) => crc32c.buf(part, seed), 0);
  const bytes = new Uint8Array(DIGEST_BYTES);
  new DataView(bytes.buffer).setInt32(0, sum, true);
  return bytes;
};

/** Bytes that fill a segment up to whole words (RFC 7143, 11.1). */
export function padding(bytes: number): number {
  return (4 - (bytes % 4)) % 4;
}
