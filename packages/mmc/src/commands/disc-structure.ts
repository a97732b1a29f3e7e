import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, entriesOf, struct, text, u8, u16, u24, u32, type ValuesOf } from "../struct.ts";

/** READ DISC STRUCTURE (ADh, MMC). */
export const readDiscStructure = command(opcodes.readDiscStructure, {
  /** 0 DVD, 1 BD. Drives give unrelated bytes when it is wrong. */
  mediaType: bits(1, 3, 0),
  address: u32(2),
  layer: u8(6),
  format: u8(7),
  allocationLength: u16(8),
  authenticationGrant: bits(10, 7, 6),
});

/** Media types of READ DISC STRUCTURE. */
export const structureMedia = { dvd: 0, bd: 1 } as const;

/** Formats of READ DISC STRUCTURE that are known here, by the media type that they belong to. */
export const structureFormats = {
  dvdPhysical: 0x00,
  dvdRamDefinition: 0x08,
  dvdRamStatus: 0x09,
  dvdSpare: 0x0a,
  /** Recording management data of the last border-out, as it lies. */
  dvdBorderManagement: 0x0c,
  /** Recording management data, as it lies. */
  dvdManagement: 0x0d,
  dvdPreRecorded: 0x0e,
  dvdUniqueIdentifier: 0x0f,
  /** Physical format as in the control data. */
  dvdControlData: 0x10,
  dvdAdip: 0x11,
  layerBoundary: 0x20,
  shiftedMiddleArea: 0x21,
  jumpInterval: 0x22,
  layerJumpAddress: 0x23,
  remappingAddress: 0x24,
  /** Disc control blocks of a DVD, as they lie. */
  dvdControlBlocks: 0x30,
  bdDiscInformation: 0x00,
  bdDefinition: 0x08,
  bdCartridge: 0x09,
  bdSpare: 0x0a,
  bdAccessControl: 0x30,
  writeProtection: 0xc0,
  list: 0xff,
} as const;

const structureHead = struct({ dataLength: u16(0) }, { size: 4 });

/** READ DISC STRUCTURE data: the structure without its 4-byte header. */
export const discStructure: Codec<Uint8Array> = {
  parse: (bytes) => bytes.slice(4, Math.max(4, 2 + structureHead.parse(bytes).dataLength)),
  build: (data) => concat(structureHead.build({ dataLength: 2 + data.length }), data),
};

/**
 * DVD physical format information, formats 00h, 10h and 11h (MMC; ECMA-337 14.4.1 for the identification, which only
 * DVD+R and DVD+RW have). Offsets are those of the structure, without the reply's header.
 */
export const dvdPhysicalFormat = struct(
  {
    /** 0 ROM, 1 RAM, 2 R, 3 RW, 9 +RW, 10 +R, 13 +RW DL, 14 +R DL. */
    book: bits(0, 7, 4),
    version: bits(0, 3, 0),
    discSize: bits(1, 7, 4),
    maximumRate: bits(1, 3, 0),
    /** Number of layers less one. */
    layers: bits(2, 6, 5),
    oppositePath: bit(2, 4),
    layerType: bits(2, 3, 0),
    linearDensity: bits(3, 7, 4),
    trackDensity: bits(3, 3, 0),
    /** Physical sector number; 030000h is block 0. */
    firstSector: u24(5),
    lastSector: u24(9),
    lastSectorOfLayer0: u24(13),
    burstCutting: bit(16, 7),
    manufacturer: text(19, 8),
    mediaType: text(27, 3),
    revision: u8(30),
  },
  { size: 2048, defaults: { firstSector: 0x30000 } },
);

/** DVD-RAM spare area information, format 0Ah (MMC); blocks. */
export const dvdSpare = struct({ primaryFree: u32(0), supplementaryFree: u32(4), supplementary: u32(8) });

/** One unit of BD disc information, format 00h (MMC; checked against captured units). */
export const bdDiscUnit = struct(
  {
    /** `DI`. */
    signature: text(0, 2),
    format: u8(2),
    unitsPerBlock: bits(3, 7, 3),
    layer: bits(3, 2, 0),
    sequence: u8(5),
    continuation: bit(6, 7),
    length: bits(6, 6, 0),
    /** `BDO` read-only, `BDW` rewritable, `BDR` write once. */
    discType: text(8, 3),
    discSize: bits(11, 7, 6),
    class: bits(11, 5, 4),
    version: bits(11, 3, 0),
    layers: bits(12, 7, 4),
    /** 1: 74.5 nm, 25 GB a layer. */
    channelLength: bits(13, 3, 0),
    burstCutting: bits(16, 3, 0),
    maximumRate: u8(17),
    lastSector: u32(20),
    /** Physical address of the first block, in units of 8 sectors. */
    firstUnit: u32(24),
    lastUnit: u32(28),
    manufacturer: text(100, 6),
    mediaType: text(106, 3),
    timestamp: u16(109),
    revision: u8(111),
  },
  { size: 112, defaults: { signature: "DI" } },
);

/** One unit of BD disc information. */
export type BdDiscUnit = ValuesOf<typeof bdDiscUnit>;

/** Bytes of the BD disc information structure. */
const BD_DISC_INFORMATION_BYTES = 4096;

/** BD disc information, format 00h: its valid units in order, without the reply's header. */
export const bdDiscInformation: Codec<readonly BdDiscUnit[], readonly Partial<BdDiscUnit>[]> = {
  parse: (data) =>
    entriesOf(data, bdDiscUnit.size)
      .map(bdDiscUnit.parse)
      .filter(({ signature }) => signature === "DI"),
  build(units) {
    const data = concat(...units.map(bdDiscUnit.build));
    return concat(data, new Uint8Array(Math.max(0, BD_DISC_INFORMATION_BYTES - data.length)));
  },
};

/** BD disc definition structure, format 08h (MMC), without the reply's header. Sizes of spare areas in clusters. */
export const bdDefinition = struct(
  {
    /** `DS`. */
    signature: text(0, 2),
    format: u8(2),
    updates: u32(4),
    driveArea: u32(16),
    defectList: u32(24),
    /** Physical sector of block 0. */
    firstSector: u32(32),
    lastBlock: u32(36),
    innerSpare0: u32(40),
    outerSpare: u32(44),
    innerSpare1: u32(48),
    fullFlags: u8(52),
  },
  { size: 2048, defaults: { signature: "DS" } },
);

/** BD spare area information, format 0Ah (MMC), without the reply's header. Blocks, as inferred from a capture. */
export const bdSpare = struct({ free: u32(4), allocated: u32(8) });

/** Write protection status, format C0h (MMC), without the reply's header. */
export const writeProtection = struct(
  { cartridge: bit(0, 2), persistent: bit(0, 1), softwareUntilPowerOff: bit(0, 0) },
  { size: 4 },
);
