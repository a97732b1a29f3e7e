import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { type Codec, concat, entriesOf, struct, u8, u16, u32 } from "../struct.ts";

/** REPORT LUNS (A0h, SPC). */
export const reportLuns = command(opcodes.reportLuns, { select: u8(2), allocationLength: u32(6) });

const lunsHead = struct({ length: u32(0) }, { size: 8 });
const lunEntry = struct({ lun: u16(0) }, { size: 8 });

/** REPORT LUNS data: the units of the device, in single-level form (one device has unit 0 only). */
export const lunList: Codec<readonly number[]> = {
  parse: (bytes) =>
    entriesOf(bytes.subarray(8, 8 + lunsHead.parse(bytes).length), lunEntry.size).map(
      (entry) => lunEntry.parse(entry).lun,
    ),
  build: (luns) => concat(lunsHead.build({ length: 8 * luns.length }), ...luns.map((lun) => lunEntry.build({ lun }))),
};
