import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, struct, u8, u16, u24 } from "../struct.ts";

/** MECHANISM STATUS (BDh, MMC). */
export const mechanismStatus = command(opcodes.mechanismStatus, { allocationLength: u16(8) });

/** MECHANISM STATUS data; all zero for a drive without a changer. */
export const mechanismStatusData = struct({
  fault: bit(0, 7),
  changerState: bits(0, 6, 5),
  currentSlot: bits(0, 4, 0),
  mechanismState: bits(1, 7, 5),
  doorOpen: bit(1, 4),
  lba: u24(2),
  slots: u8(5),
  slotTableLength: u16(6),
});
