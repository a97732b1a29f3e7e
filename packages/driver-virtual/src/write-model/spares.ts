import type { Blocks } from "@multisession/core";
import type { MediumState } from "../medium-state.ts";

/** Spare areas as a medium tells of them. */
export interface Spares {
  /** All that are there for defects. */
  readonly allocated: Blocks;
  /** Those that are not used up. */
  readonly free: Blocks;
}

/**
 * The spare areas of a medium that replaces what it cannot record; absent where it does not: it has none, or is not formatted.
 * What a format does not address is spare, less what the medium keeps of it for its own management.
 */
export function sparesOf({ table, mediumBlocks, blocks, condition, spared }: MediumState): Spares | undefined {
  const { defects, unit } = table;
  if (defects === undefined || condition.descriptor !== 2) return undefined;
  const taken = mediumBlocks - blocks;
  const share = taken === 0 ? 0 : Math.max(1, Math.floor((taken * defects.share) / unit)) * unit;
  const allocated = defects.primary + share;
  return { allocated, free: Math.max(0, allocated - spared.size * unit) };
}
