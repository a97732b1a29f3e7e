import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, entriesOf, struct, u8, u16, u24, u32 } from "../struct.ts";

/** FORMAT UNIT (04h, MMC). MMC always sends a parameter list and format code 001b. */
export const formatUnit = command(
  opcodes.formatUnit,
  { hasParameters: bit(1, 4), completeList: bit(1, 3), formatCode: bits(1, 2, 0) },
  { hasParameters: true, formatCode: 1 },
);

/** FORMAT UNIT, parameter list: header and one format descriptor (MMC). */
export const formatParameters = struct(
  {
    /** FOV: the option bits beside it count. */
    optionsValid: bit(1, 7),
    disablePrimary: bit(1, 6),
    disableCertification: bit(1, 5),
    stopFormat: bit(1, 4),
    initializationPattern: bit(1, 3),
    tryOut: bit(1, 2),
    immediate: bit(1, 1),
    vendorSpecific: bit(1, 0),
    descriptorLength: u16(2),
    blocks: u32(4),
    type: bits(8, 7, 2),
    subType: bits(8, 1, 0),
    parameter: u24(9),
  },
  { defaults: { descriptorLength: 8 } },
);

/** Format types in FORMAT UNIT and READ FORMAT CAPACITIES (MMC). */
export const formatTypes = {
  full: 0x00,
  /** DVD-RAM: expands the spare area. */
  spareExpansion: 0x01,
  /** CD-RW fixed packets, DVD-RW restricted overwrite. */
  packet: 0x10,
  growSession: 0x11,
  addSession: 0x12,
  dvdRwQuickGrow: 0x13,
  dvdRwQuickAdd: 0x14,
  dvdRwQuick: 0x15,
  mountRainier: 0x24,
  dvdPlusRw: 0x26,
  bdReSpare: 0x30,
  bdRe: 0x31,
  bdR: 0x32,
} as const;

/** Sub-types of format types 00h and 32h on BD-R (MMC): pseudo-overwrite, sequential without it, random once. */
export const bdRSubTypes = { pseudoOverwrite: 0, sequential: 1, random: 2 } as const;

/** Sub-types of format type 30h on BD-RE (MMC). */
export const bdReSubTypes = { quick: 0, uncertified: 1, full: 2, quickCertified: 3 } as const;

/** READ FORMAT CAPACITIES (23h, MMC). */
export const readFormatCapacities = command(opcodes.readFormatCapacities, { allocationLength: u16(7) });

const capacitiesHead = struct({ length: u8(3) });
const currentCapacity = struct({ blocks: u32(0), state: bits(4, 1, 0), blockBytes: u24(5) });
const formattable = struct({ blocks: u32(0), type: bits(4, 7, 2), subType: bits(4, 1, 0), parameter: u24(5) });

/** A format that the medium takes now. */
export interface FormatDescriptor {
  /** Addressable blocks after it. */
  readonly blocks: number;
  /** One of {@link formatTypes}, or another of MMC's table. */
  readonly type: number;
  /** Sub-type; drives list 0 for BD-R and take all sub-types. */
  readonly subType: number;
  /** Type dependent parameter: block length, packet size or spare clusters. */
  readonly parameter: number;
}

/** READ FORMAT CAPACITIES data. */
export interface FormatCapacities {
  /** Blocks of the current or, when unformatted, of the largest format. */
  readonly blocks: number;
  /** 1 unformatted or blank, 2 formatted, 3 no medium or unknown. */
  readonly state: number;
  /** Bytes of one block. */
  readonly blockBytes: number;
  /** What can be formatted. */
  readonly formats: readonly FormatDescriptor[];
}

/** READ FORMAT CAPACITIES data (MMC; checked against captured listings). */
export const formatCapacities: Codec<FormatCapacities> = {
  parse(bytes) {
    const list = bytes.subarray(4, 4 + capacitiesHead.parse(bytes).length);
    const formats = entriesOf(list.subarray(currentCapacity.size), formattable.size).map(formattable.parse);
    return { ...currentCapacity.parse(list), formats };
  },
  build({ formats, ...current }) {
    const list = concat(currentCapacity.build(current), ...formats.map(formattable.build));
    return concat(capacitiesHead.build({ length: list.length }), list);
  },
};
