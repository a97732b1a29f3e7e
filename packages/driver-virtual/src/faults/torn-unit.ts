import type { Blocks, Lba } from "@multisession/core";
import type { Random } from "./random.ts";

/** WRITE says GOOD, but the unit is torn when it gets onto the medium: some of its blocks, at least one, cannot be read. */
export interface TornUnitFault {
  /** Which fault it is. */
  readonly fault: "torn-unit";
  /** A block of the unit. */
  readonly at: Lba;
}

/** Blocks of the unit at `unit` that are lost, by chance. */
export function lostBlocks(unit: Lba, blocks: Blocks, random: Random): readonly Lba[] {
  const all = Array.from({ length: blocks }, (_, index) => unit + index);
  const lost = all.filter(() => random.next() < 0.5);
  return lost.length > 0 ? lost : all.slice(-1);
}
