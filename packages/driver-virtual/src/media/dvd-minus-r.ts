import { commonSenses, type MediumTable, sense } from "./medium-table.ts";
import { incrementalBits, plainRecording, type RecordingRules } from "./recording.ts";

/** Incremental recording in borders (MMC; captured on DVD-R and DVD-RW of 12 and 8 cm). */
const recording: RecordingRules = {
  ...plainRecording,
  // Captured twice; behind later borders unconfirmed.
  sessionGap: { first: 28_688, later: 6160 },
  trackGap: 16, // captured: a link of one unit
  reserve: 608, // inferred: 2298496 less 2297888, also on 8 cm
  tellsLastRecorded: true,
  // The last border is track 2, all before it track 1: a disc can have more borders than a table has numbers.
  toc: { lists: "sessions", most: 2 },
  page: { writeType: 0, dataBlockTypes: [8], recordsDiscAtOnce: true },
  bits: {
    invisible: { ...incrementalBits.invisible, dataMode: 15 },
    reserved: { ...incrementalBits.reserved, dataMode: 15 },
    open: incrementalBits.open,
    closed: { ...incrementalBits.closed, reservedTrack: false },
  },
};

/** DVD-R, 4.7 GB (profile 11h), recorded incrementally, or the whole disc at once. */
export const dvdMinusR: MediumTable = {
  id: "dvd-r",
  profile: 0x11,
  family: "dvd",
  mark: { book: 2, version: 5, layerType: 2 },
  structures: "dvd-minus",
  unit: 16,
  blocks: 2_297_888, // captured
  minimumUnits: 4096,
  isErasable: false,
  isUnrestricted: false,
  control: 4, // 7 is possible (unconfirmed)
  recording,
  maximumSessions: 300, // MMC: borders
  maximumTracks: 2302, // not confirmed by a capture
  maximumOpenTracks: 3,
  mapEntries: 0,
  updates: 0,
  isReformattable: false,
  formatsInBackground: false,
  conditions: [
    {
      id: "unformatted",
      writeModel: "sequential",
      unwritten: sense(5, 0x64, 0x00), // captured; 8/00/00 and 5/21/00 are possible
      capacity: "complete-sessions",
      emptyStatus: { disc: 0, session: 0 },
      descriptor: 1,
    },
  ],
  formats: [],
  close: { unformatted: { 1: "track", 2: "session-by-page", 3: "disc" } },
  blanks: {},
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [22_160, 16_620, 11_080, 5540], // 16x, 12x, 8x and 4x of 1385
  readSpeed: 22_160,
  mediaId: { manufacturer: "VIRTUA", type: "LR01", revision: 0 },
};

/**
 * DVD-R with two layers, 8.5 GB (profile 15h): as a DVD-R, but the border-out of its one session ends the disc (MMC: disc at
 * once, or incremental in a single session). Layer jump recording (profile 16h) is not offered: where its jumps lie is not
 * known from any capture, and no program asks for it unless the feature is current.
 */
export const dvdMinusRDl: MediumTable = {
  ...dvdMinusR,
  id: "dvd-r-dl",
  profile: 0x15,
  mark: { book: 2, version: 6, layerType: 2, layer0Blocks: 2_085_856 }, // half of them; a capture is missing
  blocks: 4_171_712,
  // Unconfirmed: the reserve of the single layer may apply here too.
  recording: { ...recording, reserve: 0 },
  maximumSessions: 1,
  writeSpeeds: [11_080, 8310, 5540, 2770], // 8x, 6x, 4x and 2x of 1385
  readSpeed: 11_080,
  mediaId: { manufacturer: "VIRTUA", type: "LD01", revision: 0 },
};
