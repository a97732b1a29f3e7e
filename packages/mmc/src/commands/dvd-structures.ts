import { bit, struct, text, u8, u16, u32 } from "../struct.ts";

/**
 * Pre-recorded information of a DVD-R or DVD-RW, format 0Eh, without the reply's header: fields of 8 bytes, of which the
 * fourth and fifth name the medium (ECMA-279 and ECMA-338; the offsets are those that programs for these media use).
 */
export const dvdPreRecorded = struct(
  {
    /** 3 where `manufacturer` counts. */
    manufacturerField: u8(16),
    manufacturer: text(17, 6),
    /** 4 where `mediaType` counts. */
    mediaTypeField: u8(24),
    mediaType: text(25, 6),
  },
  { size: 40, defaults: { manufacturerField: 3, mediaTypeField: 4 } },
);

/** Unique identifier of a DVD-R or DVD-RW, format 0Fh, without the reply's header. Unconfirmed. */
export const dvdUniqueIdentifier = struct({
  random: u16(2),
  year: text(4, 4),
  month: text(8, 2),
  day: text(10, 2),
  hour: text(12, 2),
  minute: text(14, 2),
  second: text(16, 2),
});

/** Medium status of a DVD-RAM, format 09h, without the reply's header. Unconfirmed. */
export const dvdRamStatus = struct({
  cartridge: bit(0, 7),
  /** The medium was taken out of its cartridge. */
  out: bit(0, 6),
  inhibited: bit(0, 3),
  cartridgeProtect: bit(0, 2),
  persistentProtect: bit(0, 1),
  discType: u8(1),
  inhibitReason: u8(3),
});

/** Layer boundary of a DVD-R DL or DVD+R DL, format 20h, without the reply's header (MMC). */
export const layerBoundary = struct({
  /** The boundary cannot be changed any more. */
  isSettled: bit(0, 7),
  /** Blocks of layer 0. */
  layer0Blocks: u32(4),
});

/** Start of the shifted middle area of a DVD-R DL, format 21h, without the reply's header (MMC). */
export const shiftedMiddleArea = struct({ isSettled: bit(0, 7), start: u32(4) });

/** Jump interval of a DVD-R DL, format 22h, without the reply's header (MMC). */
export const jumpInterval = struct({ blocks: u32(4) });

/** Manual layer jump address of a DVD-R DL, format 23h, without the reply's header (MMC). */
export const layerJumpAddress = struct({ lba: u32(4) });

/** Remapping address of a DVD-R DL, format 24h, without the reply's header. Unconfirmed. */
export const remappingAddress = struct({ lba: u32(4) });
