import { dvdMinusR } from "./dvd-minus-r.ts";
import { type Condition, type MediumTable, sense } from "./medium-table.ts";

const [sequential] = dvdMinusR.conditions as readonly [Condition];
const RESTRICTED_PROFILE = 0x13;

/**
 * DVD-RW, 4.7 GB: sequential as a DVD-R (profile 14h), or formatted for restricted overwrite (profile 13h). BLANK and FORMAT
 * UNIT lead from the one to the other.
 */
export const dvdMinusRw: MediumTable = {
  ...dvdMinusR,
  id: "dvd-rw",
  profile: 0x14,
  mark: { book: 3, version: 2, layerType: 4 },
  isErasable: true,
  isReformattable: true,
  conditions: [
    sequential,
    // Blanked minimally: no incremental recording any more (captured: WRITE gives 5/64/00), but still disc at once.
    { ...sequential, id: "minimal", onlyAtOnce: true },
    {
      id: "restricted",
      profile: RESTRICTED_PROFILE,
      writeModel: "restricted-overwrite",
      unwritten: "zeros",
      capacity: "all",
      emptyStatus: { disc: 2, session: 3 }, // captured
      descriptor: 2,
    },
    {
      id: "intermediate",
      profile: RESTRICTED_PROFILE,
      writeModel: "growing-overwrite",
      unwritten: sequential.unwritten,
      capacity: "complete-sessions",
      emptyStatus: { disc: 1, session: 1 },
      descriptor: 3,
    },
  ],
  // Captured.
  formats: [
    { type: 0x00, becomes: ["restricted"], spares: [0], parameter: 0x800, size: "listed" },
    { type: 0x10, becomes: ["restricted"], spares: [0], parameter: 0x10, size: "listed" },
    { type: 0x15, becomes: ["intermediate"], spares: [0], parameter: 0x10, size: "listed" },
  ],
  // Captured: growing is offered for a whole format too, by no blocks. Where an added border lies is unconfirmed: behind the
  // gap of sequential recording.
  extensions: [
    { type: 0x11, does: "grow", condition: "restricted", parameter: 0x10, certifies: true },
    { type: 0x12, does: "add", condition: "restricted", parameter: 0x10, certifies: true },
    { type: 0x13, does: "grow", condition: "restricted", parameter: 0x10, certifies: false },
    { type: 0x14, does: "add", condition: "restricted", parameter: 0x10, certifies: false },
  ],
  close: {
    ...dvdMinusR.close,
    minimal: {},
    // Whether the format is still growing: there is nothing to stop in the background.
    restricted: { 2: "stop-format", 3: "stop-format" },
    intermediate: { 2: "end-growth", 3: "end-growth" },
  },
  blanks: { 0: "unformatted", 1: "minimal" },
  // What tells of the sessions goes first.
  erasing: "minimal",
  senses: { ...dvdMinusR.senses, unformatted: sense(5, 0x64, 0x00) },
  writeSpeeds: [8310, 5540, 2770], // 6x, 4x and 2x of 1385
  mediaId: { manufacturer: "VIRTUA", type: "LW01", revision: 0 },
};
