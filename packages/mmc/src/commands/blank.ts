import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, u32 } from "../struct.ts";

/** BLANK (A1h, MMC): erases a CD-RW or DVD-RW. Other media refuse it with 5/30/06 (captured on CD-R and BD-R). */
export const blank = command(opcodes.blank, {
  immediate: bit(1, 4),
  /** One of {@link blankTypes}. */
  type: bits(1, 2, 0),
  /** Track number or first block, where the type needs one. */
  start: u32(2),
});

/** What {@link blank} erases (MMC). */
export const blankTypes = {
  full: 0,
  /** Only what makes the disc look recorded. Takes incremental recording from a DVD-RW until the next full blank. */
  minimal: 1,
  track: 2,
  /** Gives back a reserved track. */
  unreserve: 3,
  trackTail: 4,
  /** Makes the last session open again. */
  uncloseSession: 5,
  session: 6,
} as const;
