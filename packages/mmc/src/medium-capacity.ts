import type { Blocks } from "@multisession/core";
import { lbaOfMsf } from "./commands/toc.ts";
import type { MediumReport } from "./medium-report.ts";
import { profiles } from "./profiles.ts";

/** Addresses and sizes from here on are no blocks of a disc: unset fields, and the bogus sizes of DVD-RW (captured). */
export const UNSET = 0x8000_0000;

/**
 * Addressable blocks of a medium: the highest end that anything tells of. READ CAPACITY is 0 where no session is complete,
 * and some drives report unset numbers as sizes (captured). Pure.
 */
export function capacityOf({ lastLba, formats, tracks }: MediumReport): Blocks {
  const ends = tracks.flatMap(({ start, size, nextWritable, nextWritableValid, freeBlocks }) => [
    size < UNSET ? start + size : 0,
    // A blank CD's next address is -150 in some drives (captured).
    nextWritableValid ? (nextWritable < UNSET ? nextWritable : 0) + freeBlocks : 0,
  ]);
  const readable = lastLba !== undefined && lastLba > 0 && lastLba < UNSET ? lastLba + 1 : 0;
  const capacity = Math.max(0, readable, ...ends.filter((end) => end <= UNSET));
  return capacity > 0 ? capacity : (formats?.blocks ?? 0);
}

/**
 * Addressable blocks of a medium once it is blanked: one that is closed, or formatted as far as it was written, tells less
 * of itself than it has, and its formats tell the rest. Pure.
 */
export function blankCapacityOf(report: MediumReport): Blocks {
  const { blocks = 0, formats = [] } = report.formats ?? {};
  return Math.max(
    capacityOf(report),
    pressedCapacity(report),
    blocks < UNSET ? blocks : 0,
    ...formats.map((format) => format.blocks),
  );
}

/** Blocks behind a track that belong to no track (captured). */
const RUN_OUT: Blocks = 2;
/** Last time that a CD can have: 99:59:74. */
const LAST_TIME = 0x63_3b_4a;

/** Blocks of a CD up to the last place for its lead-out, which is pressed into it; packets leave some of them out. */
function pressedCapacity({ configuration, disc: { lastLeadOut } }: MediumReport): Blocks {
  const isCompact = profiles.get(configuration.profile)?.family === "cd";
  return isCompact && lastLeadOut <= LAST_TIME ? lbaOfMsf(lastLeadOut) - RUN_OUT : 0;
}
