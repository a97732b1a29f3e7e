import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, struct, u16, u32 } from "../struct.ts";

/** READ BUFFER CAPACITY (5Ch, MMC). */
export const readBufferCapacity = command(opcodes.readBufferCapacity, {
  inBlocks: bit(1, 0),
  allocationLength: u16(7),
});

/** READ BUFFER CAPACITY data: bytes, or blocks when `inBlocks`. */
export const bufferCapacity = struct(
  { dataLength: u16(0), inBlocks: bit(3, 0), size: u32(4), free: u32(8) },
  { defaults: { dataLength: 10 } },
);
