import type { Blocks, Lba } from "@multisession/core";

/** Consecutive blocks that go into one command. */
export interface Piece {
  /** First block. */
  readonly at: Lba;
  /** Number of blocks. */
  readonly blocks: Blocks;
}

/**
 * Cuts a range into pieces of at most `most` blocks that end on multiples of `unit` where they can, so that a drive never
 * gets a part of a unit that it must hold back or read first.
 */
export function pieces(at: Lba, blocks: Blocks, most: Blocks, unit: Blocks): readonly Piece[] {
  const end = at + blocks;
  const cut: Piece[] = [];
  for (let next = at; next < end; ) {
    const aligned = Math.floor((next + most) / unit) * unit;
    const stop = Math.min(end, aligned > next ? aligned : next + most);
    cut.push({ at: next, blocks: stop - next });
    next = stop;
  }
  return cut;
}
