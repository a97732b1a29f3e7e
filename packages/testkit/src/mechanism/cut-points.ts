import type { LoggedCommand } from "@multisession/driver-virtual";
import { deedOf } from "../workbench/recorder-log.ts";

/** A moment at which the power goes. */
export interface Cut {
  /** What is counted: whole commands, blocks that a WRITE brings, changes that get onto the medium. */
  readonly after: "command" | "block" | "effect";
  /** How many of them still take place. */
  readonly count: number;
  /** Decides what of the buffer survives. */
  readonly seed: number;
}

/** Which cuts are tried. */
export interface CutOptions {
  /** Only every n-th cut of each kind; 1, all of them, when left out. The last ones are always tried. */
  readonly step?: number;
  /** How often each cut is tried, each time with another part of the buffer on the medium; 1 when left out. */
  readonly tries?: number;
  /** Whether the largest session that the disc takes is cut too; `false` saves time on discs with many blocks. */
  readonly largest?: boolean;
}

/** What a whole burn did, as the bounds of its cuts. */
export interface BurnExtent {
  /** Its commands. */
  readonly log: readonly LoggedCommand[];
  /** Blocks that were written. */
  readonly blocks: number;
  /** Changes of the medium. */
  readonly effects: number;
}

/**
 * Every moment of a burn at which a cut makes a difference: after each command that changes the disc, after each block,
 * and after each change of the medium. A cut behind a command that only looks is the cut behind the one before it.
 */
export function cutsOf({ log, blocks, effects }: BurnExtent, options: CutOptions = {}): readonly Cut[] {
  const { step = 1, tries = 1 } = options;
  const commands = [0, ...log.flatMap((command, index) => (deedOf(command) === undefined ? [] : [index + 1]))];
  const counts: readonly (readonly [Cut["after"], readonly number[]])[] = [
    ["command", commands],
    ["block", upTo(blocks)],
    ["effect", upTo(effects)],
  ];
  return counts.flatMap(([after, all]) =>
    everyNth(all, step).flatMap((count) =>
      Array.from({ length: tries }, (_, index) => ({ after, count, seed: 1 + count + 7919 * index })),
    ),
  );
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index);
}

/** Around the end, where the commit is, all are taken. */
function everyNth(all: readonly number[], step: number): readonly number[] {
  return all.filter((_, index) => index % step === 0 || index >= all.length - 3);
}

/** A cut in words, with all that is needed to make it again. */
export function cutText({ after, count, seed }: Cut): string {
  return `a power cut after ${after} ${count} (seed ${seed})`;
}
