import { type Condition, commonSenses, type FormatRule, type MediumTable, sense } from "./medium-table.ts";
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

/** Clusters of spare areas of the formats that drives list: the usual ones, most of them, and fewest. */
interface Spares {
  readonly usual: number;
  readonly most: number;
  readonly fewest: number;
}

/** Captured on a disc of 25 GB: 11826176, then 5796864 and 12088320 blocks are left. */
const singleLayerSpares: Spares = { usual: 12_288, most: 200_704, fewest: 4096 };

/** Sub-types of its formats (MMC). */
const subTypes = ["pseudo-overwrite", "sequential", "random"];

function formatsWith({ usual, most, fewest }: Spares): readonly FormatRule[] {
  return [
    { type: 0x00, becomes: subTypes, spares: [usual], parameter: "spares", size: "ignored" },
    {
      type: 0x32,
      becomes: subTypes,
      spares: [usual, most, fewest],
      parameter: 0,
      size: "any",
    },
  ];
}

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
  // The management areas run out at some time; libburn warns from 300 on, no number is confirmed.
  maximumSessions: Number.POSITIVE_INFINITY,
  maximumTracks: 7927, // not confirmed by a capture, as are the 16 below
  maximumOpenTracks: 16,
  mapEntries: 31_744, // proposed: a list of 4 clusters with 8-byte entries
  updates: 2048, // clusters of the inner management area
  // Inferred of a disc with the fewest spares (captured: 65536 blocks of 131072): the rest holds the disc management.
  defects: { primary: 0, share: 0.5 },
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
    {
      id: "random",
      profile: 0x42,
      writeModel: "random-once",
      unwritten: blankCheck,
      capacity: "all",
      // Unconfirmed: no drive of the field that was captured has this mode. "Other", as other random media.
      emptyStatus: { disc: 3, session: 3 },
      descriptor: 2,
    },
  ],
  formats: formatsWith(singleLayerSpares),
  close: {
    unformatted: { 1: "track", 2: "session", 6: "disc" },
    sequential: { 1: "track", 2: "session", 6: "disc" },
    // 010b on a pseudo-overwrite disc is refused; whether 110b is taken is unconfirmed.
    "pseudo-overwrite": { 1: "track", 6: "disc" },
    random: { 6: "disc" },
  },
  blanks: {},
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [53_952, 44_960, 35_968, 26_976, 17_984], // captured
  readSpeed: 26_976,
  mediaId: { manufacturer: "VIRTUA", type: "Re1", revision: 0 },
};

/** BD-R with two layers, 50 GB. The fewest spares are known; twice those of one layer otherwise. */
export const bdRDl: MediumTable = {
  ...bdR,
  id: "bd-r-dl",
  blocks: 24_438_784,
  layers: 2,
  formats: formatsWith({ usual: 24_576, most: 401_408, fewest: 4096 }),
  mediaId: { ...bdR.mediaId, type: "Rd1" },
};

/** Known of three layers: 48854016 blocks are left. */
const FEWEST_XL_SPARES = 768;

/** BD-R XL with three layers, 100 GB (captured size). How many spares are usual is unconfirmed. */
export const bdRTl: MediumTable = {
  ...bdR,
  id: "bd-r-tl",
  blocks: 48_878_592,
  layers: 3,
  formats: formatsWith({ usual: 49_152, most: 802_816, fewest: FEWEST_XL_SPARES }),
  writeSpeeds: [17_984, 8992], // 4x and 2x of 4496
  mediaId: { ...bdR.mediaId, type: "Rt1" },
};

/** BD-R XL with four layers, 128 GB. Its spares are unconfirmed: those of three layers are taken. */
export const bdRQl: MediumTable = {
  ...bdRTl,
  id: "bd-r-ql",
  blocks: 62_500_864,
  layers: 4,
  mediaId: { ...bdR.mediaId, type: "Rq1" },
};
