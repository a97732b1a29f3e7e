import { commonSenses, type MediumTable, sense } from "./medium-table.ts";
import { plainRecording } from "./recording.ts";

/** DVD-RAM, 4.7 GB (profile 12h): overwritten in place; sold formatted. */
export const dvdRam: MediumTable = {
  id: "dvd-ram",
  profile: 0x12,
  family: "dvd",
  mark: { book: 1, version: 6, layerType: 4 },
  structures: "dvd-ram",
  unit: 16,
  blocks: 2_295_072, // captured: the largest format, without a supplementary spare area
  minimumUnits: 16,
  isErasable: true,
  isUnrestricted: false,
  control: 4, // captured
  recording: plainRecording,
  maximumSessions: 1,
  maximumTracks: 1,
  maximumOpenTracks: 1,
  mapEntries: 0,
  updates: 0,
  defects: { primary: 12_800, share: 1 }, // captured
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
      emptyStatus: { disc: 3, session: 3 }, // captured: "other", complete
      descriptor: 2,
    },
  ],
  // Captured: 2236704, 2295072; then with larger spare areas 2226976, 2217248. Only listed sizes are taken (MMC).
  formats: [
    { type: 0x00, becomes: ["formatted"], spares: [3648, 0], parameter: 0x800, size: "listed" },
    { type: 0x01, becomes: ["formatted"], spares: [4256, 4864], parameter: 0x800, size: "listed" },
  ],
  close: {}, // MMC: there is nothing to close
  blanks: {},
  erasing: "unformatted",
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [6925, 4155, 2770], // 5x, 3x and 2x of 1385
  readSpeed: 6925,
  mediaId: { manufacturer: "", type: "", revision: 0 },
};
