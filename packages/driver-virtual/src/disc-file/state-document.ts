import type { Lba } from "@multisession/core";
import { captureDocument, captureOf, type DriveCapture } from "@multisession/mmc";
import { type BlockRange, BlockRanges } from "../block-ranges.ts";
import { mediumTables } from "../media/virtual-media.ts";
import { MediumState, type TrackState } from "../medium-state.ts";

/** The whole state of a medium as JSON: the first record of a state file. */
export interface StateDocument {
  /** Tells it from the changes that follow. */
  readonly is: "state";
  /** The drive that the disc was made with; absent where that is the virtual one. */
  readonly drive?: object;
  /** Kind of medium. */
  readonly medium: string;
  /** Blocks of the medium, spare areas included. */
  readonly mediumBlocks: number;
  /** Format. */
  readonly condition: string;
  /** Addressable blocks. */
  readonly blocks: number;
  /** Background format: 0 none, 1 stopped, 2 running, 3 done. */
  readonly background: number;
  /** Closed sessions. */
  readonly closedSessions: number;
  /** Closed for good. */
  readonly isFinalized: boolean;
  /** Flushes of the map that are left. */
  readonly updates: number;
  /**
   * Session, start, size, next address, kind, damage, whether it is of Mode 2 of a CD, and recorded at once: one array a
   * track. What is `false` at its end is left out.
   */
  readonly tracks: readonly (readonly [
    number,
    number,
    number,
    number,
    TrackState["kind"],
    boolean,
    boolean?,
    boolean?,
  ])[];
  /** Replaced cluster and the one that holds its data, by first blocks. */
  readonly map: readonly (readonly [number, number])[];
  /** Clusters used up as replacements, by first block. */
  readonly orphans: readonly number[];
  /** Random recording: recorded ranges, first block and exclusive end. Absent where there are none. */
  readonly recorded?: readonly BlockRange[];
  /** Units that spare ones stand for, by first block. Absent where there are none. */
  readonly spared?: readonly number[];
  /** Blocks that cannot be read. */
  readonly unreadable: readonly number[];
}

/** Makes the document of a state. */
export function documentOf(state: MediumState, drive: DriveCapture | undefined): StateDocument {
  return {
    is: "state",
    ...(drive && { drive: captureDocument(drive) }),
    medium: state.table.id,
    mediumBlocks: state.mediumBlocks,
    condition: state.condition.id,
    blocks: state.blocks,
    background: state.background,
    closedSessions: state.closedSessions,
    isFinalized: state.isFinalized,
    updates: state.updates,
    tracks: state.tracks.map(trackOf),
    map: [...state.map],
    orphans: [...state.orphans],
    ...(state.recorded.end > 0 && { recorded: state.recorded.ranges }),
    ...(state.spared.size > 0 && { spared: [...state.spared] }),
    unreadable: [...state.unreadable],
  };
}

function trackOf(track: TrackState): StateDocument["tracks"][number] {
  const { session, start, size, next, kind, isDamaged, isMode2 = false, isAtOnce } = track;
  const always = [session, start, size, next, kind, isDamaged] as const;
  if (isAtOnce) return [...always, isMode2, isAtOnce];
  return isMode2 ? [...always, isMode2] : always;
}

/** The state that a document describes. @throws an error when it makes no sense. */
export function stateOf(document: StateDocument): MediumState {
  const table = mediumTables.get(document.medium);
  if (document.is !== "state" || table === undefined) throw new TypeError(`unknown medium "${document.medium}"`);
  const state = new MediumState(table, document.mediumBlocks, document.condition, document.blocks);
  state.background = document.background;
  state.closedSessions = document.closedSessions;
  state.isFinalized = document.isFinalized;
  state.updates = document.updates;
  state.tracks = document.tracks.map(([session, start, size, next, kind, isDamaged, isMode2, isAtOnce]) => ({
    session,
    start,
    size,
    next,
    kind,
    isDamaged,
    ...(isMode2 && { isMode2 }),
    ...(isAtOnce && { isAtOnce }),
  }));
  for (const [unit, by] of document.map) state.map.set(unit, by);
  addAll(state.orphans, document.orphans);
  addAll(state.spared, document.spared ?? []);
  state.recorded.assign(new BlockRanges(document.recorded));
  addAll(state.unreadable, document.unreadable);
  return state;
}

/** The drive that a document names. @throws `TypeError` when it makes no sense. */
export function driveOf({ drive }: StateDocument): DriveCapture | undefined {
  return drive === undefined ? undefined : captureOf(drive);
}

function addAll(set: Set<Lba>, blocks: readonly Lba[]): void {
  for (const block of blocks) set.add(block);
}
