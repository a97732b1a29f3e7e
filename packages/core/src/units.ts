/** Bytes of one block, the unit of all addresses and sizes. IMAPI2: `IMAPI_SECTOR_SIZE`. */
export const BLOCK_BYTES = 2048;

/** The version of the plugin contract that this core speaks. A plugin states the literal it was written for. */
export const CONTRACT = 1;

/** Address of a block on the disc: a whole number from 0 on, in blocks of {@link BLOCK_BYTES} bytes. */
export type Lba = number;

/** A number of blocks of {@link BLOCK_BYTES} bytes. */
export type Blocks = number;

/**
 * Checks a value that enters as a block address or a number of blocks.
 *
 * @throws `TypeError` when the value is not a whole number from 0 to 2^32 - 1 (MMC addresses have 32 bits).
 */
export function checkBlocks(value: number, name: string): Blocks {
  if (!Number.isSafeInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new TypeError(`${name} must be a whole number of blocks from 0 to 4294967295, not ${value}`);
  }
  return value;
}

/** Rounds up to the next multiple of `unit`. */
export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

/** Blocks that hold so many bytes. */
export function blocksOf(bytes: number): Blocks {
  return Math.ceil(bytes / BLOCK_BYTES);
}
