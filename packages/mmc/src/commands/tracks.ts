import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, splitU16, struct, u16, u32 } from "../struct.ts";

/** READ TRACK INFORMATION (52h, MMC). */
export const readTrackInformation = command(opcodes.readTrackInformation, {
  /** Asks for the first open track from `number` on. */
  open: bit(1, 2),
  /** What `number` is: one of {@link trackAddressTypes}. */
  addressType: bits(1, 1, 0),
  number: u32(2),
  allocationLength: u16(7),
});

/** Address types of READ TRACK INFORMATION. */
export const trackAddressTypes = { lba: 0, track: 1, session: 2 } as const;

const trackFields = {
  dataLength: u16(0),
  trackNumber: splitU16(2, 32),
  sessionNumber: splitU16(3, 33),
  layerJump: bits(5, 7, 6),
  damage: bit(5, 5),
  copy: bit(5, 4),
  /** 4 data recorded uninterrupted, 5 incrementally. */
  trackMode: bits(5, 3, 0),
  reservedTrack: bit(6, 7),
  blank: bit(6, 6),
  /** Packet or incremental. */
  packet: bit(6, 5),
  fixedPacket: bit(6, 4),
  /** 1, 2, or 15 for unknown. */
  dataMode: bits(6, 3, 0),
  lastRecordedValid: bit(7, 1),
  nextWritableValid: bit(7, 0),
  start: u32(8),
  nextWritable: u32(12),
  freeBlocks: u32(16),
  packetSize: u32(20),
  size: u32(24),
  lastRecorded: u32(28),
};

/** READ TRACK INFORMATION data (MMC; checked against captured 34-byte replies). */
export const trackInformation = struct(trackFields, { size: 36, defaults: { dataLength: 34 } });

/** READ TRACK INFORMATION data with what DVD+R and layer jump recording add behind it (MMC). */
export const longTrackInformation = struct(
  { ...trackFields, readCompatibility: u32(36), nextLayerJump: u32(40), lastLayerJump: u32(44) },
  { defaults: { dataLength: 46 } },
);

/** RESERVE TRACK (53h, MMC) by size: splits so many blocks off the open track. */
export const reserveTrack = command(opcodes.reserveTrack, {
  reserveManagementZone: bit(1, 1),
  /** ARSV: the CDB is a {@link reserveTrackAt}. */
  byAddress: bit(1, 0),
  blocks: u32(5),
});

/** RESERVE TRACK (53h, MMC) by address: splits the open track at that block. Needs the drive's ARSV (feature 0021h). */
export const reserveTrackAt = command(
  opcodes.reserveTrack,
  { reserveManagementZone: bit(1, 1), byAddress: bit(1, 0), lba: u32(2) },
  { byAddress: true },
);

/** REPAIR TRACK (58h, MMC): after a loss of power, only for a track with its damage bit set. */
export const repairTrack = command(opcodes.repairTrack, { immediate: bit(1, 0), track: u16(4) });

/** CLOSE TRACK SESSION (5Bh, MMC). */
export const closeTrackSession = command(opcodes.closeTrackSession, {
  immediate: bit(1, 0),
  function: bits(2, 2, 0),
  number: u16(4),
});

/** Close functions, as far as the media here use them (MMC). */
export const closeFunctions = {
  stopBackgroundFormat: 0,
  track: 1,
  session: 2,
  /** DVD+RW: stops the background format without a lead-out; DVD-RW: closes the disc. */
  stopBackgroundFormatQuick: 3,
  /** DVD+R double layer: closes the session and the rest of layer 0. */
  sessionOfBothLayers: 4,
  finalizeMinimal: 5,
  finalize: 6,
} as const;
