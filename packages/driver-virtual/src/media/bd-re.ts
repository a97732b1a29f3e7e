import { commonSenses, type MediumTable, sense } from "./medium-table.ts";
import { plainRecording } from "./recording.ts";

/** BD-RE, 25 GB, single layer (profile 43h): overwritten in place after a format, with or without spare areas. */
export const bdRe: MediumTable = {
  id: "bd-re",
  profile: 0x43,
  family: "bd",
  mark: "BDW",
  structures: "bd",
  unit: 32,
  blocks: 12_219_392, // captured: the size without spare areas
  minimumUnits: 16,
  isErasable: true,
  isUnrestricted: false, // captured: RDI byte 7 is 00h
  control: 4, // captured
  recording: plainRecording,
  maximumTracks: 1,
  maximumOpenTracks: 1,
  mapEntries: 0,
  updates: 0,
  isReformattable: true,
  formatsInBackground: false,
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
  // Captured: 11826176; 11826176, 11564032, 12088320; 12219392. Sub-types as a Pioneer BDR-203 takes them, and the full ones.
  formats: [
    { type: 0x00, becomes: ["formatted"], spares: [12_288], parameter: "spares", size: "ignored" },
    {
      type: 0x30,
      becomes: ["formatted", "formatted", "formatted", "formatted"],
      spares: [12_288, 20_480, 4096],
      parameter: "spares",
      size: "any",
    },
    { type: 0x31, becomes: ["formatted", "formatted"], spares: [0], parameter: 0x800, size: "ignored" },
  ],
  close: {}, // MMC: there is nothing to close
  blanks: {},
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [8990], // 2x
  readSpeed: 26_976,
  mediaId: { manufacturer: "VIRTUA", type: "We1", revision: 0 },
};
