import { type Condition, commonSenses, type MediumTable, sense } from "./medium-table.ts";
import { plainRecording } from "./recording.ts";

/** READ of a block that was never recorded. Unconfirmed, differs by drive: 5/21/00 and 5/64/00 are possible. */
const blankCheck = sense(8, 0x00, 0x00);

const sequential: Omit<Condition, "id"> = {
  writeModel: "sequential",
  unwritten: blankCheck,
  capacity: "complete-sessions",
  emptyStatus: { disc: 0, session: 0 },
  descriptor: 1,
};

/** BD-R, 25 GB, single layer (profile 41h): sequential recording, and pseudo-overwrite after a format. */
export const bdR: MediumTable = {
  id: "bd-r",
  profile: 0x41,
  family: "bd",
  mark: "BDR",
  structures: "bd",
  unit: 32,
  blocks: 12_219_392, // captured on five discs
  minimumUnits: 16,
  isErasable: false,
  isUnrestricted: true, // captured: RDI byte 7 is 20h
  control: 4,
  recording: plainRecording,
  maximumTracks: 7927, // not confirmed by a capture, as are the 16 below
  maximumOpenTracks: 16,
  mapEntries: 31_744, // proposed: a list of 4 clusters with 8-byte entries
  updates: 2048, // clusters of the inner management area
  isReformattable: false,
  formatsInBackground: false,
  conditions: [
    { ...sequential, id: "unformatted" },
    // Sequential with spares. A formatted, unwritten disc says "appendable" with an empty session.
    {
      ...sequential,
      id: "sequential",
      emptyStatus: { disc: 1, session: 0 },
      descriptor: 2,
    },
    {
      id: "pseudo-overwrite",
      writeModel: "pseudo-overwrite",
      unwritten: "zeros", // unconfirmed: blank check is possible
      capacity: "when-written",
      emptyStatus: { disc: 1, session: 0 },
      descriptor: 2,
    },
  ],
  formats: [
    {
      type: 0x00,
      becomes: ["pseudo-overwrite", "sequential"],
      spares: [12_288],
      parameter: "spares",
      size: "ignored",
    },
    {
      type: 0x32,
      becomes: ["pseudo-overwrite", "sequential"],
      spares: [12_288, 200_704, 4096],
      parameter: 0,
      size: "any",
    },
  ],
  close: {
    unformatted: { 1: "track", 2: "session", 6: "disc" },
    sequential: { 1: "track", 2: "session", 6: "disc" },
    // 010b on a pseudo-overwrite disc is refused; whether 110b is taken is unconfirmed.
    "pseudo-overwrite": { 1: "track", 6: "disc" },
  },
  blanks: {},
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [53_952, 44_960, 35_968, 26_976, 17_984], // captured
  readSpeed: 26_976,
  mediaId: { manufacturer: "VIRTUA", type: "Re1", revision: 0 },
};
