import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, i32, struct, u16, u32 } from "../struct.ts";

const access = { disablePageOut: bit(1, 4), forceUnitAccess: bit(1, 3), lba: u32(2) };
const write = { disablePageOut: bit(1, 4), forceUnitAccess: bit(1, 3), lba: i32(2) };

/** READ(10) (28h, MMC). */
export const read10 = command(opcodes.read10, { ...access, blocks: u16(7) });

/** READ(12) (A8h, MMC). */
export const read12 = command(opcodes.read12, { ...access, blocks: u32(6), streaming: bit(10, 7) });

/** WRITE(10) (2Ah, MMC). The address is negative in a CD's lead-in. */
export const write10 = command(opcodes.write10, { ...write, blocks: u16(7) });

/** WRITE(12) (AAh, MMC). `verifyNotRequired` is unconfirmed. */
export const write12 = command(opcodes.write12, {
  ...write,
  blocks: u32(6),
  streaming: bit(10, 7),
  verifyNotRequired: bit(10, 6),
});

/** WRITE AND VERIFY(10) (2Eh, MMC). */
export const writeAndVerify10 = command(opcodes.writeAndVerify10, {
  ...write,
  /** Compares bytes instead of checking the error correction. */
  byteCheck: bit(1, 1),
  blocks: u16(7),
});

/** SEEK(10) (2Bh, MMC). */
export const seek10 = command(opcodes.seek10, { lba: u32(2) });

/** VERIFY(10) (2Fh, MMC). With `byteCheck` the data to compare is sent. */
export const verify10 = command(opcodes.verify10, { byteCheck: bit(1, 1), lba: u32(2), blocks: u16(7) });

/** SYNCHRONIZE CACHE(10) (35h, MMC). Address and length 0 mean everything. */
export const synchronizeCache = command(opcodes.synchronizeCache, {
  immediate: bit(1, 1),
  lba: u32(2),
  blocks: u16(7),
});

/** READ CAPACITY(10) (25h, MMC). */
export const readCapacity = command(opcodes.readCapacity, { lba: u32(2), partial: bit(8, 0) });

/** READ CAPACITY(10) data. The last address is 0 on a medium without a complete session, DVD+RW excepted. */
export const capacityData = struct({ lastLba: u32(0), blockBytes: u32(4) }, { defaults: { blockBytes: 2048 } });
