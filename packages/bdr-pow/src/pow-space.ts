import {
  type AddressSpace,
  appendTrack,
  type Blocks,
  CHAIN_UNIT,
  FIRST_SESSION,
  type History,
  type Medium,
  type Price,
  type Refusal,
  refuse,
  type Track,
  type WritableRange,
} from "@multisession/core";

/** Blocks of the track that holds the disc's head: one cluster. */
export const HEAD_BLOCKS: Blocks = FIRST_SESSION;

/**
 * Replacements, map entries and updates that must be left. A burn and its repair may need a bridge, a commit, and both
 * again; a repair alone replaces the head. Drives count the free clusters as replacements, so on a full disc few are left.
 */
const LEAST_RESOURCES = { burn: 4, repair: 1 } as const;

/** The space of a disc in use. A cut leaves a dead head where the chain goes on: a bridge must lead from there. */
export function usedSpace(
  medium: Medium,
  history: History,
  purpose: keyof typeof LEAST_RESOURCES,
): AddressSpace | Refusal {
  const data = appendTrack(medium);
  if (data === undefined || data.start < HEAD_BLOCKS)
    return refuse("DISC_FULL", "No track has a writable address left.", "Import the disc and record to a new one.");
  if (isExhausted(medium, purpose))
    return refuse("RESOURCES_EXHAUSTED", "The disc's resources for pseudo-overwrite are used up.", "");
  const { next } = data;
  const { unit } = medium;
  const replaced = (start: number, end: number): WritableRange => ({
    start,
    end,
    rule: "replace",
    unit,
    perUnit: perCluster(unit),
    takesFrom: next,
  });
  const head = headTrack(medium)?.next === 0 ? headAppend(unit) : replaced(0, HEAD_BLOCKS);
  const space = spaceOf(medium, next > HEAD_BLOCKS ? [head, replaced(HEAD_BLOCKS, next)] : [head], {
    start: next,
    end: data.start + data.size,
  });
  const expected = history.appendAt ?? next;
  return expected < next ? { ...space, chainFrom: expected } : space;
}

/** The written ranges, and the one append range behind them. */
export function spaceOf(
  { unit }: Medium,
  written: readonly WritableRange[],
  { start, end }: { start: number; end: number },
): AddressSpace {
  return {
    ranges: [...written, { start, end, rule: "append", next: start, unit }],
    sessionStart: start,
    sessionUnit: CHAIN_UNIT,
    mediumEnd: end,
    minimum: 0,
    published: { by: "head", at: 0, unit },
    barrier: { ordered: [], durable: [{ resource: "updates", amount: 1 }] },
  };
}

/** The head track before its first commit. */
export const headAppend = (unit: Blocks): WritableRange => ({
  start: 0,
  end: HEAD_BLOCKS,
  rule: "append",
  next: 0,
  unit,
});

/** Each replaced cluster takes one of the data track, one replacement and one map entry. */
function perCluster(unit: Blocks): readonly Price[] {
  return [
    { resource: "blocks", amount: unit },
    { resource: "replacements", amount: 1 },
    { resource: "map-entries", amount: 1 },
  ];
}

/** The track that holds only the head, once it was reserved. */
export function headTrack({ tracks }: Medium): Track | undefined {
  return tracks.find(({ start, size }) => start === 0 && size === HEAD_BLOCKS);
}

/** Whether a burn with its repair, or a repair alone, might run out of replacements, map entries or updates. */
export function isExhausted({ resources }: Medium, purpose: keyof typeof LEAST_RESOURCES): boolean {
  if (resources === undefined) return false;
  const { replacements, mapEntries, updates } = resources;
  return Math.min(replacements, mapEntries, updates) < LEAST_RESOURCES[purpose];
}
