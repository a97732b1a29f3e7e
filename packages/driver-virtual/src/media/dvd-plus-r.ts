import { commonSenses, type MediumTable, sense } from "./medium-table.ts";
import { plainRecording, type RecordingRules } from "./recording.ts";

/** Fragments of the open session become one track when it is closed (MMC). Bits and gap: captured on five discs. */
const recording: RecordingRules = {
  ...plainRecording,
  sessionGap: { first: 2048, later: 2048 },
  mergesTracks: true,
  knowsNextTrack: true,
  bits: {
    invisible: { reservedTrack: false, blank: true, packet: false, dataMode: 15 },
    reserved: { reservedTrack: true, blank: true, packet: false, dataMode: 15 },
    open: { reservedTrack: true, blank: false, packet: false, dataMode: 1 },
    closed: { reservedTrack: false, blank: false, packet: false, dataMode: 1 },
  },
};

/** DVD+R, 4.7 GB (profile 1Bh): sessions of one track each. */
export const dvdPlusR: MediumTable = {
  id: "dvd+r",
  profile: 0x1b,
  family: "dvd",
  mark: { book: 10, version: 1, layerType: 2 },
  structures: "dvd-plus",
  unit: 16,
  blocks: 2_295_104, // captured
  minimumUnits: 512,
  isErasable: false,
  isUnrestricted: false,
  control: 7, // captured
  recording,
  maximumSessions: 153, // MMC
  maximumTracks: 153, // one in each session
  maximumOpenTracks: 15, // MMC: fragments
  mapEntries: 0,
  updates: 0,
  isReformattable: false,
  formatsInBackground: false,
  conditions: [
    {
      id: "unformatted",
      writeModel: "sequential",
      unwritten: sense(8, 0x00, 0x00), // unconfirmed
      capacity: "complete-sessions",
      emptyStatus: { disc: 0, session: 0 },
      descriptor: 1,
    },
  ],
  formats: [],
  close: { unformatted: { 1: "track", 2: "session", 5: "disc", 6: "disc" } },
  blanks: {},
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [22_160, 16_620, 11_080, 5540], // 16x, 12x, 8x and 4x of 1385
  readSpeed: 22_160,
  mediaId: { manufacturer: "VIRTUAL", type: "R01", revision: 0 },
};

/** DVD+R with two layers, 8.5 GB (profile 2Bh): as a DVD+R (the gap is inferred). */
export const dvdPlusRDl: MediumTable = {
  ...dvdPlusR,
  id: "dvd+r-dl",
  profile: 0x2b,
  mark: { book: 14, version: 1, layerType: 2, layer0Blocks: 2_086_912 }, // captured
  blocks: 4_173_824, // captured
  close: { unformatted: { 1: "track", 2: "session", 4: "session", 5: "disc", 6: "disc" } },
  writeSpeeds: [11_080, 5540, 3324],
  readSpeed: 11_080,
  mediaId: { manufacturer: "VIRTUAL", type: "D01", revision: 0 },
};
