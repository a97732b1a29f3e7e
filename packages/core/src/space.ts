import type { Blocks, Lba } from "./units.ts";

/** Something that a burn uses up. */
export interface Price {
  /** What is used up. */
  readonly resource: "blocks" | "replacements" | "map-entries" | "updates" | "milliseconds";
  /** How much of it. */
  readonly amount: number;
}

/**
 * Consecutive blocks that may be written, and by which rule.
 *
 * - `append`: only at `next`, which moves behind what was written.
 * - `once`: any block that is still unwritten.
 * - `overwrite`: any block, in place.
 * - `replace`: an overwritten unit moves to the next address of the append range that starts at `takesFrom` (pseudo-overwrite).
 */
export interface WritableRange {
  /** First block. */
  readonly start: Lba;
  /** Exclusive. */
  readonly end: Lba;
  /** How its blocks may be written. */
  readonly rule: "append" | "once" | "overwrite" | "replace";
  /** Present exactly when the rule is `append`. */
  readonly next?: Lba;
  /** Alignment of writes; what a cut may destroy as a whole. */
  readonly unit: Blocks;
  /** What one written unit uses up beside its own blocks; on `replace` ranges its `blocks` move the range in `takesFrom`. */
  readonly perUnit?: readonly Price[];
  /** `replace` only: start of the append range whose `next` moves. */
  readonly takesFrom?: Lba;
}

/**
 * How readers come to see the new session.
 *
 * - `close`: by closing the session (write-once media).
 * - `head`: by writing the one unit `at` that holds the disc's first descriptors (overwritable media).
 * - `tail`: by the last recorded blocks (UDF's VAT), written `copies` times.
 */
export type Publication =
  | { readonly by: "close" }
  | { readonly by: "head"; readonly at: Lba; readonly unit: Blocks }
  | { readonly by: "tail"; readonly copies: Blocks };

/** All that a file system knows of a medium: where the next session may lie, as it is after the preparation. */
export interface AddressSpace {
  /** What may be written; ranges do not overlap. */
  readonly ranges: readonly WritableRange[];
  /** First block of the next session. */
  readonly sessionStart: Lba;
  /** The session's length is a multiple of it; the file system fills it up. */
  readonly sessionUnit: Blocks;
  /** Where readers of the chain of sessions look next, when that is not `sessionStart`: a bridge head must lead on from there. */
  readonly chainFrom?: Lba;
  /** Exclusive end of what can be addressed. */
  readonly mediumEnd: Lba;
  /** Shortest session that the medium takes. */
  readonly minimum: Blocks;
  /** How the session becomes visible. */
  readonly published: Publication;
  /** What a barrier uses up; paid only after a replacement. */
  readonly barrier: Readonly<Record<"ordered" | "durable", readonly Price[]>>;
}

/** The range that holds all of `blocks` blocks from `at` on. */
export function rangeOf(space: AddressSpace, at: Lba, blocks: Blocks): WritableRange | undefined {
  return space.ranges.find((range) => at >= range.start && at + blocks <= range.end);
}

/** Blocks of the append range that replacing `blocks` blocks at `at` uses up: 0 where nothing is replaced. */
export function replacementBlocks(space: AddressSpace, at: Lba, blocks: Blocks): Blocks {
  const range = rangeOf(space, at, blocks);
  if (range?.rule !== "replace") return 0;
  const price = range.perUnit?.find(({ resource }) => resource === "blocks")?.amount ?? 0;
  return Math.ceil(blocks / range.unit) * price;
}
