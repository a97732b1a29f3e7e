import { commonSenses, type MediumTable, sense } from "./medium-table.ts";
import { plainRecording } from "./recording.ts";

/** DVD+RW, 4.7 GB (profile 1Ah): overwritten in place, after a format that runs in the background. */
export const dvdPlusRw: MediumTable = {
  id: "dvd+rw",
  profile: 0x1a,
  family: "dvd",
  mark: { book: 9, version: 2, layerType: 4 },
  structures: "dvd-plus",
  unit: 16,
  blocks: 2_295_104, // captured on four discs
  minimumUnits: 16,
  isErasable: true,
  isUnrestricted: false,
  control: 7,
  recording: plainRecording,
  maximumSessions: 1,
  maximumTracks: 1,
  maximumOpenTracks: 1,
  mapEntries: 0,
  updates: 0,
  isReformattable: true,
  formatsInBackground: true,
  conditions: [
    {
      id: "unformatted",
      writeModel: "none",
      unwritten: sense(8, 0x00, 0x00), // unconfirmed
      capacity: "complete-sessions",
      emptyStatus: { disc: 0, session: 0 },
      descriptor: 1,
    },
    {
      id: "formatted",
      writeModel: "overwrite",
      unwritten: "zeros",
      capacity: "all",
      emptyStatus: { disc: 2, session: 3 },
      descriptor: 2,
    },
  ],
  formats: [{ type: 0x26, becomes: ["formatted"], spares: [0], parameter: 0, size: "listed" }],
  close: {
    // Captured: closing a session of an unformatted disc is refused.
    unformatted: { 0: sense(5, 0x30, 0x10), 2: sense(5, 0x30, 0x10), 3: sense(5, 0x30, 0x10) },
    formatted: { 0: "stop-format", 2: "stop-format", 3: "stop-format" },
  },
  blanks: {},
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [11_080, 5540, 3324], // 8x, 4x and 2.4x of 1385
  readSpeed: 11_080,
  mediaId: { manufacturer: "VIRTUAL", type: "W01", revision: 0 },
};
