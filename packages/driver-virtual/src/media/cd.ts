import { commonSenses, type MediumTable, sense } from "./medium-table.ts";
import type { PacketLayout } from "./packets.ts";
import { plainRecording, type RecordingRules } from "./recording.ts";

/** Blocks of a CD that hold no data (MMC). */
const areas = { runOut: 2, firstLeadOut: 6750, laterLeadOut: 2250, leadIn: 4500, pregap: 150 } as const;

/** Track at once, Mode 1. Captured: 608 and 5888 blocks; the next sessions at 12010 and 24800. */
const recording: RecordingRules = {
  ...plainRecording,
  sessionGap: {
    first: areas.runOut + areas.firstLeadOut + areas.leadIn + areas.pregap,
    later: areas.runOut + areas.laterLeadOut + areas.leadIn + areas.pregap,
  },
  trackGap: areas.runOut + areas.pregap,
  runOut: areas.runOut,
  minimumTrack: 300,
  reserve: areas.runOut, // captured: 359844 free, lead-out at 359846
  endsTrackOnFlush: true,
  knowsNextTrack: true,
  toc: { lists: "tracks", most: 99 },
  page: { writeType: 1, dataBlockTypes: [8, 10], mode2BlockType: 10, takesCueSheets: true, failsOnUnderrun: true },
  bits: {
    invisible: { reservedTrack: false, blank: true, packet: false, dataMode: 15 },
    reserved: { reservedTrack: true, blank: true, packet: false, dataMode: 15 },
    open: { reservedTrack: false, blank: false, packet: false, dataMode: 1 },
    closed: { reservedTrack: false, blank: false, packet: false, dataMode: 1 },
  },
};

/**
 * CD-R of 80 minutes (profile 09h), recorded track by track, or a session of data tracks at once.
 */
export const cdR: MediumTable = {
  id: "cd-r",
  profile: 0x09,
  family: "cd",
  mark: "",
  structures: "none",
  unit: 1,
  blocks: 359_844, // captured
  minimumUnits: 65_536,
  isErasable: false,
  isUnrestricted: false,
  control: 4,
  recording,
  maximumSessions: 99,
  maximumTracks: 99,
  maximumOpenTracks: 1,
  mapEntries: 0,
  updates: 0,
  isReformattable: false,
  formatsInBackground: false,
  conditions: [
    {
      id: "unformatted",
      writeModel: "sequential",
      unwritten: sense(5, 0x64, 0x00), // unconfirmed; also of the run-out blocks
      capacity: "complete-sessions",
      emptyStatus: { disc: 0, session: 0 },
      descriptor: 1,
    },
  ],
  formats: [],
  close: { unformatted: { 1: "track", 2: "session-by-page" } },
  blanks: {},
  nothingToClose: "good",
  senses: commonSenses,
  writeSpeeds: [8467, 7056, 4234, 2822], // 48x, 40x, 24x and 16x of 176.4
  readSpeed: 8467,
  mediaId: { manufacturer: "", type: "", revision: 0 },
};

/** CD-RW in packets of 32 blocks (MMC). Which of the links lie in the pregap is inferred: 295264 blocks were captured. */
const packets: PacketLayout = { user: 32, links: 7, inPregap: 5 };

/** Blocks of a packet, as formats tell them. */
const PACKET = 0x20;

/** CD-RW of 80 minutes (profile 0Ah): as a CD-R, can be blanked, and formatted with fixed packets that are overwritten. */
export const cdRw: MediumTable = {
  ...cdR,
  id: "cd-rw",
  profile: 0x0a,
  blocks: 359_847, // captured
  isErasable: true,
  isReformattable: true,
  conditions: [
    ...cdR.conditions,
    {
      id: "packets",
      writeModel: "restricted-overwrite",
      unwritten: "zeros",
      capacity: "all",
      emptyStatus: { disc: 2, session: 3 }, // unconfirmed; as a DVD-RW
      descriptor: 2,
      packets,
      control: 7, // captured of a disc of cdrwtool; 5 is possible
      page: { writeType: 0, dataBlockTypes: [8, 10], mode2BlockType: 10, packetSize: packets.user },
    },
  ],
  // No listing of a CD-RW was captured; sizes below the largest are MMC's.
  formats: [{ type: 0x10, becomes: ["packets"], spares: [0], parameter: PACKET, size: "up-to" }],
  extensions: [
    { type: 0x11, does: "grow", condition: "packets", parameter: PACKET, certifies: true },
    { type: 0x12, does: "add", condition: "packets", parameter: PACKET, certifies: true },
  ],
  close: { ...cdR.close, packets: { 1: "track", 2: "session" } },
  blanks: { 0: "unformatted", 1: "unformatted" },
  writeSpeeds: [4234, 2822, 1764], // 24x, 16x and 10x
};
