import { type AddressSpace, type Blocks, FIRST_SESSION, type Lba } from "@multisession/core";

/** A kind of space that mechanisms offer, and where its sessions may start. */
export interface SampleSpace {
  /** For the report. */
  readonly name: string;
  /** Start of the first session. */
  readonly first: Lba;
  /** The space of a session that starts there. */
  at(start: Lba): AddressSpace;
}

/** Addressable blocks of all of them. */
export const SPACE_BLOCKS: Blocks = 4096;

/** Written once and published by a close; in place and published by the head; pseudo-overwrite with a dead head to bridge. */
export const sampleSpaces: readonly SampleSpace[] = [
  {
    name: "sessions that are closed",
    first: 0,
    at: (start) => ({
      ranges: [{ start, end: SPACE_BLOCKS, rule: "append", next: start, unit: 32 }],
      sessionStart: start,
      sessionUnit: 32,
      mediumEnd: SPACE_BLOCKS,
      minimum: 32,
      published: { by: "close" },
      barrier: { ordered: [], durable: [] },
    }),
  },
  {
    name: "a head that is overwritten",
    first: FIRST_SESSION,
    at: (start) => ({
      ranges: [
        { start: 0, end: FIRST_SESSION, rule: "overwrite", unit: 16 },
        { start, end: SPACE_BLOCKS, rule: "overwrite", unit: 16 },
      ],
      sessionStart: start,
      sessionUnit: 32,
      mediumEnd: SPACE_BLOCKS,
      minimum: 0,
      published: { by: "head", at: 16, unit: 16 },
      barrier: { ordered: [], durable: [] },
    }),
  },
];
