import type { Lba } from "@multisession/core";

/** First block that no block number of 32 bits reaches: no recorder is ever asked for it. */
export const NO_BLOCK: Lba = 2 ** 32;

/** Writes a 32-bit number little-endian and again big-endian (ECMA-119 7.3.3). */
export function putU32Both(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = bytes[at + 7] = value;
  bytes[at + 1] = bytes[at + 6] = value >>> 8;
  bytes[at + 2] = bytes[at + 5] = value >>> 16;
  bytes[at + 3] = bytes[at + 4] = value >>> 24;
}

/** Writes a 16-bit number little-endian and again big-endian (ECMA-119 7.2.3). */
export function putU16Both(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = bytes[at + 3] = value;
  bytes[at + 1] = bytes[at + 2] = value >>> 8;
}

/** Reads a 32-bit little-endian number: of a both-endian field its first half, which all readers use. */
export function u32(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)) >>>
    0) as number;
}

/** Reads a 32-bit big-endian number: of a both-endian field its second half, at `at + 4` of the field. */
export function bigU32(bytes: Uint8Array, at: number): number {
  return (((bytes[at + 3] ?? 0) |
    ((bytes[at + 2] ?? 0) << 8) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at] ?? 0) << 24)) >>>
    0) as number;
}

/** Reads a 16-bit little-endian number: of a both-endian field its first half. */
export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
}
