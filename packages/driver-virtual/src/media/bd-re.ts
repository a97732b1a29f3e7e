import { commonSenses, type FormatRule, type MediumTable, sense } from "./medium-table.ts";
import { plainRecording } from "./recording.ts";

/**
 * Captured of 25 GB: 11826176; 11826176, 11564032, 12088320; 12219392. Sub-types as a Pioneer BDR-203 takes them, and the full
 * ones.
 *
 * @param spares clusters of spare areas, the usual ones first.
 */
function formatsWith(spares: readonly number[]): readonly FormatRule[] {
  return [
    { type: 0x00, becomes: ["formatted"], spares: spares.slice(0, 1), parameter: "spares", size: "ignored" },
    {
      type: 0x30,
      becomes: ["formatted", "formatted", "formatted", "formatted"],
      spares,
      parameter: "spares",
      size: "any",
    },
    { type: 0x31, becomes: ["formatted", "formatted"], spares: [0], parameter: 0x800, size: "ignored" },
  ];
}

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
  maximumSessions: 1,
  maximumTracks: 1,
  maximumOpenTracks: 1,
  mapEntries: 0,
  updates: 0,
  defects: { primary: 0, share: 1 },
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
  formats: formatsWith([12_288, 20_480, 4096]),
  close: {}, // MMC: there is nothing to close
  blanks: {},
  erasing: "unformatted",
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [8990], // 2x
  readSpeed: 26_976,
  mediaId: { manufacturer: "VIRTUA", type: "We1", revision: 0 },
};

/** BD-RE with two layers, 50 GB. Its spares are unconfirmed: twice those of one layer. */
export const bdReDl: MediumTable = {
  ...bdRe,
  id: "bd-re-dl",
  blocks: 24_438_784,
  layers: 2,
  formats: formatsWith([24_576, 40_960, 8192]),
  mediaId: { ...bdRe.mediaId, type: "Wd1" },
};

/** BD-RE XL with three layers, 100 GB. Its spares are unconfirmed: four times those of one layer. */
export const bdReTl: MediumTable = {
  ...bdRe,
  id: "bd-re-tl",
  blocks: 48_878_592,
  layers: 3,
  formats: formatsWith([49_152, 81_920, 16_384]),
  mediaId: { ...bdRe.mediaId, type: "Wt1" },
};
