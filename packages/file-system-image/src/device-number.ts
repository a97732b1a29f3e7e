import type { SpecialFile } from "@multisession/core";

/**
 * The two parts of a device number as a host's `stat` gives it. Linux puts 12 bits of one and 20 of the other into 32, macOS 8
 * and 24. Other systems are taken for Linux: numbers up to 255 are the same there.
 */
export function deviceOf(
  number: number,
  platform: NodeJS.Platform = process.platform,
): NonNullable<SpecialFile["device"]> {
  if (platform === "darwin") return { major: (number >>> 24) & 0xff, minor: number & 0xff_ffff };
  return { major: (number >>> 8) & 0xfff, minor: (number & 0xff) | ((number >>> 12) & 0xf_ff00) };
}
