import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, splitU16, struct, u8, u16, u32 } from "../struct.ts";

/** READ DISC INFORMATION (51h, MMC). */
export const readDiscInformation = command(opcodes.readDiscInformation, {
  /** 0 standard, 1 track resources, 2 pseudo-overwrite resources. */
  dataType: bits(1, 2, 0),
  allocationLength: u16(7),
});

/** Data types of READ DISC INFORMATION. */
export const discInformationTypes = { standard: 0, tracks: 1, pseudoOverwrite: 2 } as const;

/** READ DISC INFORMATION, standard data without power calibration entries (MMC; checked against captures). */
export const discInformation = struct(
  {
    dataLength: u16(0),
    dataType: bits(2, 7, 5),
    erasable: bit(2, 4),
    /** 0 empty, 1 incomplete, 2 damaged, 3 complete. */
    lastSessionState: bits(2, 3, 2),
    /** 0 empty, 1 appendable, 2 complete, 3 other (random). */
    discStatus: bits(2, 1, 0),
    firstTrack: u8(3),
    /** An open or empty session counts. */
    sessions: splitU16(4, 9),
    firstTrackOfLastSession: splitU16(5, 10),
    /** Includes the invisible track. */
    lastTrack: splitU16(6, 11),
    discIdValid: bit(7, 7),
    barCodeValid: bit(7, 6),
    unrestricted: bit(7, 5),
    applicationCodeValid: bit(7, 4),
    dirty: bit(7, 2),
    /** 0 none, 1 started and stopped, 2 running, 3 done. */
    backgroundFormat: bits(7, 1, 0),
    discType: u8(8),
    discId: u32(12),
    lastLeadIn: u32(16),
    lastLeadOut: u32(20),
    barCodeHigh: u32(24),
    barCodeLow: u32(28),
    applicationCode: u8(32),
    calibrationEntries: u8(33),
  },
  { defaults: { dataLength: 32, firstTrack: 1, sessions: 1, firstTrackOfLastSession: 1, lastTrack: 1 } },
);

/** READ DISC INFORMATION, data type 001b (MMC): how many tracks there are and can be. */
export const trackResources = struct(
  {
    dataLength: u16(0),
    dataType: bits(2, 7, 5),
    maximumTracks: u16(4),
    assignedTracks: u16(6),
    maximumOpenTracks: u16(8),
    openTracks: u16(10),
  },
  { defaults: { dataLength: 10, dataType: 1 } },
);

/** READ DISC INFORMATION, data type 010b (MMC): what pseudo-overwrite still has. */
export const pseudoOverwriteResources = struct(
  { dataLength: u16(0), dataType: bits(2, 7, 5), replacements: u32(4), mapEntries: u32(8), updates: u32(12) },
  { defaults: { dataLength: 14, dataType: 2 } },
);
