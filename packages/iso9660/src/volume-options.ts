import { BLOCK_BYTES } from "@multisession/core";
import type { RockRidgeVersion } from "./rock-ridge.ts";
import { MAX_SECTION_BYTES } from "./sections.ts";

/** Options of the ISO 9660 file system. */
export interface Iso9660Options {
  /** Longest section of a file in bytes, whole blocks: 4 GiB - 2048 by default. Smaller ones try how readers join sections. */
  readonly sectionBytes?: number;
  /** Names for Windows, in a second hierarchy that costs about two thirds of the first: `true` by default. */
  readonly joliet?: boolean;
  /**
   * True names, modes, owners and links: `"1.10"` by default. `"1.12"` adds serial numbers; old FreeBSD and Solaris reject
   * it. Without Rock Ridge there are no symbolic links, and other systems see Joliet's names or capital letters.
   */
  readonly rockRidge?: RockRidgeVersion | false;
}

/** Options with everything filled in: how a volume is laid out. */
export interface VolumeOptions {
  readonly sectionBytes: number;
  readonly joliet: boolean;
  readonly rockRidge: RockRidgeVersion | false;
}

/** Fills in and checks options. @throws `TypeError` when an option makes no sense. */
export function volumeOptions({
  sectionBytes = MAX_SECTION_BYTES,
  joliet = true,
  rockRidge = "1.10",
}: Iso9660Options = {}): VolumeOptions {
  if (
    !Number.isInteger(sectionBytes) ||
    sectionBytes < BLOCK_BYTES ||
    sectionBytes > MAX_SECTION_BYTES ||
    sectionBytes % BLOCK_BYTES !== 0
  ) {
    throw new TypeError(
      `sectionBytes must be a multiple of ${BLOCK_BYTES} up to ${MAX_SECTION_BYTES}, not ${sectionBytes}`,
    );
  }
  if (typeof joliet !== "boolean") throw new TypeError(`joliet must be true or false, not ${String(joliet)}`);
  if (rockRidge !== false && rockRidge !== "1.10" && rockRidge !== "1.12")
    throw new TypeError(`rockRidge must be "1.10", "1.12" or false, not ${String(rockRidge)}`);
  return { sectionBytes, joliet, rockRidge };
}
