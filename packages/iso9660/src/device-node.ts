import type { SpecialFile, SpecialType } from "@multisession/core";
import { putU32Both, u32 } from "./both-endian.ts";

type Device = NonNullable<SpecialFile["device"]>;

/** File type bits of a POSIX mode. */
export const specialType: Readonly<Record<SpecialType, number>> = {
  "character-device": 0o020000,
  "block-device": 0o060000,
  fifo: 0o010000,
  socket: 0o140000,
};

/** Largest numbers of devices that Linux has: 12 bits and 20. */
const MAX_LINUX_MAJOR = 0xfff;
const MAX_LINUX_MINOR = 0xf_ffff;

/** Bytes of a PN entry (RRIP 4.1.2). */
export const PN_BYTES = 20;

/**
 * Writes PN: the device number as Linux, mkisofs and libisofs have it, 64 bits in two halves. The smaller ones, up to 4095 and
 * 255, are the same in every system. A minor number of more than 20 bits, which macOS has and Linux has not, goes into a half
 * of its own, because readers, Linux too, take what then stands in the upper half for the major number.
 */
export function putDevice(bytes: Uint8Array, at: number, { major, minor }: Device): number {
  const isApart = minor > MAX_LINUX_MINOR && major > 0 && major <= MAX_LINUX_MAJOR;
  const high = isApart ? major : (major & 0xffff_f000) | (minor >>> 20);
  const low = isApart ? minor : ((major & 0xfff) << 8) | ((minor & 0xf_ff00) << 12) | (minor & 0xff);
  bytes.set([0x50, 0x4e, PN_BYTES, 1], at);
  putU32Both(bytes, at + 4, high >>> 0);
  putU32Both(bytes, at + 12, low >>> 0);
  return at + PN_BYTES;
}

/**
 * Reads PN. Other systems put the two numbers into the two halves: so it is taken where the upper half is none that Linux makes
 * for devices that there are.
 */
export function readDevice(entry: Uint8Array): Device {
  const high = u32(entry, 4);
  const low = u32(entry, 12);
  if (high > 0 && high <= MAX_LINUX_MAJOR) return { major: high, minor: low };
  return {
    major: ((high & 0xffff_f000) | ((low >>> 8) & 0xfff)) >>> 0,
    minor: (((high & 0xfff) << 20) | ((low >>> 12) & 0xf_ff00) | (low & 0xff)) >>> 0,
  };
}
