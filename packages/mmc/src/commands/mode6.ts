import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, struct, u8 } from "../struct.ts";
import { type ModeData, modePages } from "./mode.ts";

/** MODE SENSE(6) (1Ah, SPC). No MMC command, but Linux asks it where the drive lies behind virtio. */
export const modeSense6 = command(opcodes.modeSense6, {
  disableBlockDescriptors: bit(1, 3),
  /** 0 current, 1 changeable, 2 default, 3 saved values. */
  control: bits(2, 7, 6),
  /** 3Fh asks for all pages. */
  page: bits(2, 5, 0),
  subpage: u8(3),
  allocationLength: u8(4),
});

/** MODE SELECT(6) (15h, SPC). */
export const modeSelect6 = command(
  opcodes.modeSelect6,
  { pageFormat: bit(1, 4), savePages: bit(1, 0), parameterLength: u8(4) },
  { pageFormat: true },
);

const modeHead6 = struct({ dataLength: u8(0), mediumType: u8(1), deviceSpecific: u8(2), descriptorLength: u8(3) });

/** MODE SENSE(6) data and MODE SELECT(6) list (SPC): a 4-byte header, no block descriptors, pages. */
export const modeData6: Codec<ModeData> = {
  parse(bytes) {
    const { mediumType, descriptorLength } = modeHead6.parse(bytes);
    return { mediumType, pages: modePages(bytes.subarray(4 + descriptorLength)) };
  },
  build({ mediumType, pages }) {
    const body = concat(...pages);
    return concat(modeHead6.build({ dataLength: 3 + body.length, mediumType }), body);
  },
};
