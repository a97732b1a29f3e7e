/** Firmware that an image is for: PC BIOS, or UEFI with a FAT file system as the image (El Torito 2.1; UEFI 2.10 13.3.2.1). */
export type BootPlatform = "bios" | "uefi";

/** An image that firmware can start. */
export interface BootEntry {
  /**
   * Path of a file in the tree, such as `/boot/efi.img`; or the image's bytes, which then lie on the disc without a name:
   * once more in each session that is laid out with these options.
   */
  readonly image: string | Uint8Array;
  /** `"bios"` by default. */
  readonly platform?: BootPlatform;
  /**
   * What the BIOS makes of it: `"none"` by default, code that it loads; `"floppy"`, a drive A: of 1.2, 1.44 or 2.88 MB, as
   * the image's length says.
   */
  readonly emulation?: "none" | "floppy";
  /** Whether firmware may start it: `true` by default. */
  readonly isBootable?: boolean;
  /** Where the BIOS loads it: segment 7C0 without it. */
  readonly loadSegment?: number;
  /**
   * How many sectors of 512 bytes the BIOS loads: 4 by default, 1 of a floppy. For UEFI the image's length, or 0, which
   * means to the end of the disc, where 16 bits do not hold it.
   */
  readonly loadSectors?: number;
  /**
   * Writes into bytes 8 to 63 of the image where it and the volume lie, as ISOLINUX and GRUB want it: `false` by default.
   * Only for an image given as bytes.
   */
  readonly bootInfoTable?: boolean;
}

/** What makes a disc bootable. */
export interface BootOptions {
  /** The first is the default, which the BIOS starts without asking; up to 31. */
  readonly entries: readonly BootEntry[];
  /** Who made it; up to 24 characters of ASCII, for the validation entry (El Torito 2.1). */
  readonly id?: string;
}

/** Most entries: with validation and section headers they fill the catalog's one block. */
const MAX_ENTRIES = 31;

/** Bytes that a boot info table ends at. */
export const BOOT_INFO_END = 64;

/** Media types of floppies by the image's length (El Torito 2.2). */
export const floppyType: ReadonlyMap<number, number> = new Map([
  [1200 * 1024, 1],
  [1440 * 1024, 2],
  [2880 * 1024, 3],
]);

/** @throws `TypeError` when the options make no sense. */
export function checkBootOptions({ entries, id = "" }: BootOptions): void {
  if (!Array.isArray(entries) || entries.length === 0 || entries.length > MAX_ENTRIES)
    throw new TypeError(`boot.entries must have 1 to ${MAX_ENTRIES} entries`);
  if (!/^[\u0020-\u007e]{0,24}$/.test(id)) throw new TypeError("boot.id must have at most 24 characters of ASCII");
  for (const [index, entry] of entries.entries()) checkEntry(entry, `boot.entries[${index}]`);
}

function checkEntry(entry: BootEntry, at: string): void {
  const { image, platform = "bios", emulation = "none", loadSegment = 0, loadSectors = 0, bootInfoTable } = entry;
  const isPath = typeof image === "string";
  if (isPath ? !/^(\/[^/]+)+$/.test(image) : !(image instanceof Uint8Array) || image.length === 0)
    throw new TypeError(`${at}.image must be bytes or a path that begins with a slash`);
  if (platform !== "bios" && platform !== "uefi")
    throw new TypeError(`${at}.platform must be "bios" or "uefi", not ${String(platform)}`);
  if (emulation !== "none" && emulation !== "floppy")
    throw new TypeError(`${at}.emulation must be "none" or "floppy", not ${String(emulation)}`);
  if (platform === "uefi" && emulation !== "none") throw new TypeError(`${at}: UEFI emulates no floppy`);
  if (emulation === "floppy" && !isPath && !floppyType.has(image.length))
    throw new TypeError(`${at}.image has ${image.length} bytes, which no floppy has`);
  for (const [name, value] of Object.entries({ loadSegment, loadSectors }))
    if (!Number.isInteger(value) || value < 0 || value > 0xffff)
      throw new TypeError(`${at}.${name} must be a whole number of 16 bits, not ${String(value)}`);
  if (bootInfoTable === true && (isPath || image.length < BOOT_INFO_END))
    throw new TypeError(`${at}: a boot info table takes an image given as bytes, ${BOOT_INFO_END} or more`);
}
