import type { Blocks, Lba } from "@multisession/core";
import { BlockRanges } from "./block-ranges.ts";
import { type Condition, conditionOf, type MediumTable } from "./media/medium-table.ts";
import type { FreshDisc } from "./media/virtual-media.ts";
import type { StateRecord } from "./state-record.ts";

/** A track (on BD-R a sequential recording range) as the medium knows it. Never changed, only replaced. */
export interface TrackState {
  /** Counted from 1. */
  readonly session: number;
  /** First block. */
  readonly start: Lba;
  /** All its blocks, written or not. */
  readonly size: Blocks;
  /** Where the next block goes; equal to `start` in an empty track. */
  readonly next: Lba;
  /** `invisible`: the empty rest of the disc. `reserved`: split off and empty. `open`: written. */
  readonly kind: "invisible" | "reserved" | "open" | "closed";
  /** Left by a power cut so that its next address must be found again (REPAIR TRACK). */
  readonly isDamaged: boolean;
  /** CD: recorded in Mode 2, not in Mode 1. */
  readonly isMode2?: true;
  /** CD: of a session that was recorded at once, so that nothing runs out behind it. */
  readonly isAtOnce?: true;
}

/** All that a medium knows beside its blocks. Changed by `apply` only. */
export class MediumState {
  /** Facts about this kind of medium. */
  readonly table: MediumTable;
  /** Blocks of the medium, spare areas included. */
  readonly mediumBlocks: Blocks;
  /** Addressable blocks as it is formatted now. */
  blocks: Blocks;
  /** What the medium is now, by its format. */
  condition: Condition;
  /** Background format: 0 none, 1 stopped, 2 running, 3 done. */
  background = 0;
  /** In order of their addresses; track n is at n - 1. */
  tracks: TrackState[];
  /** Sessions that are closed. */
  closedSessions = 0;
  /** Closed for good. */
  isFinalized = false;
  /** Pseudo-overwrite: replaced cluster to the cluster that holds its data, by first block. */
  readonly map: Map<Lba, Lba> = new Map();
  /** Pseudo-overwrite: clusters used up as replacements, by first block; their own addresses hold nothing. */
  readonly orphans: Set<Lba> = new Set();
  /** Pseudo-overwrite: flushes of a changed map that are left. */
  updates: number;
  /** Random recording: what was recorded. */
  readonly recorded: BlockRanges = new BlockRanges();
  /** Units that a spare one stands for, by first block. */
  readonly spared: Set<Lba> = new Set();
  /** Blocks that cannot be read, left by a torn write. */
  readonly unreadable: Set<Lba> = new Set();

  constructor(table: MediumTable, mediumBlocks: Blocks, condition: string, blocks: Blocks) {
    this.table = table;
    this.mediumBlocks = mediumBlocks;
    this.blocks = blocks;
    this.condition = conditionOf(table, condition);
    this.updates = table.updates;
    this.tracks = [emptyTrack(1, 0, blocks)];
  }

  /** A medium fresh from the factory, or freshly formatted. */
  static fresh({ table, mediumBlocks, condition, blocks }: FreshDisc): MediumState {
    const state = new MediumState(table, mediumBlocks, condition, blocks);
    if (table.formatsInBackground && state.condition.writeModel === "overwrite") state.background = 3;
    return state;
  }

  /** A copy that can be changed on its own. */
  clone(): MediumState {
    const copy = new MediumState(this.table, this.mediumBlocks, this.condition.id, this.blocks);
    copy.assign(this);
    return copy;
  }

  /** Takes over all that `other`, a state of the same medium, says. */
  assign(other: MediumState): void {
    this.blocks = other.blocks;
    this.condition = other.condition;
    this.background = other.background;
    this.tracks = other.tracks.slice();
    this.closedSessions = other.closedSessions;
    this.isFinalized = other.isFinalized;
    this.updates = other.updates;
    replaceAll(this.map, other.map);
    this.recorded.assign(other.recorded);
    addAnew(this.orphans, other.orphans);
    addAnew(this.spared, other.spared);
    addAnew(this.unreadable, other.unreadable);
  }

  /** The track of that number. @throws `TypeError` when there is none: the caller has not checked. */
  track(number: number): TrackState {
    const track = this.tracks[number - 1];
    if (track === undefined) throw new TypeError(`There is no track ${number}`);
    return track;
  }

  /** Number of the track that holds a block; 0 when none does (a gap, or beyond the end). */
  trackAt(lba: Lba): number {
    let low = 0;
    let high = this.tracks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.tracks[middle]?.start ?? 0) <= lba) low = middle + 1;
      else high = middle;
    }
    const track = this.tracks[low - 1];
    return track !== undefined && lba < track.start + track.size ? low : 0;
  }

  /** Whether anything was ever written, reserved or closed. */
  get isEmpty(): boolean {
    const [first] = this.tracks;
    return this.tracks.length === 1 && first?.kind === "invisible" && this.closedSessions === 0 && !this.isFinalized;
  }

  /** MMC profile number. */
  get profile(): number {
    return this.condition.profile ?? this.table.profile;
  }

  /** Write unit: what is written as a whole. */
  get unit(): Blocks {
    return this.condition.packets?.user ?? this.table.unit;
  }

  /** CONTROL of its tracks. */
  get control(): number {
    return this.condition.control ?? this.table.control;
  }

  /** Sessions that readers find: those that are closed, and the one of a medium that is formatted as a whole. */
  get completeSessions(): number {
    return this.isInPlace ? this.tracks.length : this.closedSessions;
  }

  /** Whether blocks of the disc lie in one and the same track. */
  isInOneTrack(from: Lba, to: Lba): boolean {
    if (this.tracks.length === 1 || from === to) return true;
    const track = this.tracks[this.trackAt(from) - 1];
    return track !== undefined && to <= track.start + track.size;
  }

  /** Whether it is overwritten in place, as far as it is addressable: one track, or one for each session that was added. */
  get isInPlace(): boolean {
    return this.condition.writeModel === "overwrite" || this.condition.writeModel === "restricted-overwrite";
  }

  /** Whether each unit can be written once, anywhere. */
  get isRandomOnce(): boolean {
    return this.condition.writeModel === "random-once";
  }

  /** Exclusive end of the recorded blocks in the unit that starts at `unit`: `unit` itself when there are none. */
  recordedIn(unit: Lba): Lba {
    const end = unit + this.unit;
    if (this.isRandomOnce) return this.recorded.holds(unit, end) ? end : unit;
    if (this.isInPlace || this.map.has(unit)) return end;
    if (this.orphans.has(unit)) return unit;
    const track = this.tracks[this.trackAt(unit) - 1];
    return track === undefined ? unit : Math.min(end, Math.max(unit, track.next));
  }

  /** Whether all blocks of a range are recorded, each at its own address; `false` where that takes a closer look. */
  isRecorded(from: Lba, to: Lba): boolean {
    if (this.isInPlace) return true;
    if (this.isRandomOnce) return this.recorded.holds(from, to);
    if (this.map.size + this.orphans.size > 0) return false;
    const track = this.tracks[this.trackAt(from) - 1];
    return track !== undefined && to <= track.next;
  }

  /** The tracks of the session that is not closed yet. */
  get openSession(): readonly TrackState[] {
    return this.tracks.slice(this.tracks.findLastIndex(({ session }) => session <= this.closedSessions) + 1);
  }

  /** Exclusive end of what was written or used up on write-once media; 0 on others. */
  get writtenEnd(): Lba {
    if (this.isInPlace) return 0;
    if (this.isRandomOnce) return this.recorded.end;
    return this.tracks.findLast(({ start, next }) => next > start)?.next ?? 0;
  }
}

function addAnew(target: Set<Lba>, source: ReadonlySet<Lba>): void {
  target.clear();
  for (const block of source) target.add(block);
}

function replaceAll<K, V>(target: Map<K, V>, source: ReadonlyMap<K, V>): void {
  target.clear();
  for (const [key, value] of source) target.set(key, value);
}

/** The empty rest of a disc. */
function emptyTrack(session: number, start: Lba, size: Blocks): TrackState {
  return { session, start, size, next: start, kind: "invisible", isDamaged: false };
}

/** Blocks that can still be appended to a track. */
export function freeIn(track: TrackState): Blocks {
  return track.kind === "closed" ? 0 : track.start + track.size - track.next;
}

/** Whether a track takes data. */
export function isWritable(track: TrackState): boolean {
  return track.kind !== "closed" && !track.isDamaged && freeIn(track) > 0;
}

/** Carries out one change. The same records make the state again from a disc file. */
export function apply(state: MediumState, record: StateRecord): void {
  switch (record.is) {
    case "format":
      format(state, record.condition, record.blocks, record.background);
      if (record.isMode2) state.tracks[0] = { ...state.track(1), isMode2: true };
      if (record.erases) state.unreadable.clear();
      break;
    case "extend":
      extend(state, record.blocks, record.start);
      break;
    case "background":
      state.background = record.value;
      break;
    case "append":
      if (record.isMode2) state.tracks[record.track - 1] = { ...state.track(record.track), isMode2: true };
      advance(state, record.track, record.next);
      break;
    case "replace":
      advance(state, record.track, record.by + state.table.unit);
      state.orphans.add(record.by);
      state.map.set(record.unit, record.by);
      clearUnreadable(state, record.unit, state.table.unit);
      break;
    case "lose":
      advance(state, record.track, record.by + state.table.unit);
      state.orphans.add(record.by);
      break;
    case "update":
      state.updates -= 1;
      break;
    case "overwrite":
      clearUnreadable(state, record.at, record.blocks);
      break;
    case "record":
      state.recorded.add(record.at, record.at + record.blocks);
      clearUnreadable(state, record.at, record.blocks);
      break;
    case "spare":
      state.spared.add(record.unit);
      break;
    case "unreadable":
      for (const block of record.blocks) state.unreadable.add(block);
      break;
    case "reserve":
      reserve(state, record.track, record.end);
      break;
    case "close-track":
      closeTrack(state, record);
      break;
    case "close-session":
      closeSession(state);
      break;
    case "finalize":
      state.isFinalized = true;
      if (state.tracks.length > 1 && state.tracks.at(-1)?.kind === "invisible") state.tracks.pop();
      break;
    case "damage":
      state.tracks[record.track - 1] = { ...state.track(record.track), isDamaged: true };
      break;
    case "repair":
      state.tracks[record.track - 1] = { ...state.track(record.track), isDamaged: false };
      break;
  }
}

function format(state: MediumState, condition: string, blocks: Blocks, background: number): void {
  state.condition = conditionOf(state.table, condition);
  state.blocks = blocks;
  state.background = background;
  state.tracks = [emptyTrack(1, 0, blocks)];
  state.closedSessions = 0;
  state.isFinalized = false;
  state.updates = state.table.updates;
  state.recorded.assign(new BlockRanges());
  state.spared.clear();
}

/** More blocks for what is formatted. With a second session, all of them are closed ones. */
function extend(state: MediumState, blocks: Blocks, start: Lba | undefined): void {
  const last = state.track(state.tracks.length);
  state.blocks = blocks;
  if (start === undefined) {
    const size = blocks - last.start;
    const next = last.kind === "closed" ? blocks : last.next;
    state.tracks[state.tracks.length - 1] = { ...last, size, next };
    return;
  }
  state.tracks = state.tracks.map((track) => ({ ...track, kind: "closed", next: track.start + track.size }));
  state.closedSessions = state.tracks.length + 1;
  const session = state.closedSessions;
  state.tracks.push({ ...last, session, start, size: blocks - start, next: blocks, kind: "closed" });
}

/** A track that is written to its end has no next address: it is as good as closed. */
function advance(state: MediumState, number: number, next: Lba): void {
  const track = state.track(number);
  // Once for each write: to copy first and then change is the fast way (measured).
  const moved: { -readonly [K in keyof TrackState]: TrackState[K] } = { ...track };
  moved.next = next;
  moved.kind = next === track.start + track.size ? "closed" : "open";
  state.tracks[number - 1] = moved;
}

function clearUnreadable(state: MediumState, at: Lba, blocks: Blocks): void {
  if (state.unreadable.size === 0) return;
  for (let block = at; block < at + blocks; block++) state.unreadable.delete(block);
}

function reserve(state: MediumState, number: number, end: Lba): void {
  const track = state.track(number);
  const kind = track.kind === "invisible" ? "reserved" : track.kind;
  state.tracks[number - 1] = { ...track, size: end - track.start, kind };
  const next = end + state.table.recording.trackGap;
  const rest = track.start + track.size - next;
  if (rest > 0) state.tracks.push(emptyTrack(track.session, next, rest));
}

function closeTrack(state: MediumState, { track: number, isAtOnce, rest: restAt }: CloseTrack): void {
  const track = state.track(number);
  const isLast = number === state.tracks.length;
  const { minimumTrack, trackGap } = state.table.recording;
  const limit = track.start + track.size;
  // A short one is filled up.
  const next = Math.max(track.next, Math.min(limit, track.start + minimumTrack));
  // Only the last track gives its rest back: the others lie between tracks.
  const size = isLast ? next - track.start : track.size;
  const closed: TrackState = { ...track, kind: "closed", isDamaged: false, size, next, ...(isAtOnce && { isAtOnce }) };
  state.tracks[number - 1] = closed;
  const start = restAt ?? next + trackGap - runOutSaved(state, closed);
  if (isLast && limit > start && !hasAllTracks(state))
    state.tracks.push(emptyTrack(track.session, start, limit - start));
}

type CloseTrack = StateRecord & { readonly is: "close-track" };

/** Blocks that run out behind a track, and do not behind one that was recorded at once. */
function runOutSaved({ table }: MediumState, track: TrackState | undefined): Blocks {
  return track?.isAtOnce ? table.recording.runOut : 0;
}

/** Blocks behind a track that count to its session but cannot be read. */
export function runOutBehind(state: MediumState, track: TrackState): Blocks {
  // Packets run out by themselves.
  return state.condition.packets === undefined ? state.table.recording.runOut - runOutSaved(state, track) : 0;
}

/** Where tracks are listed one by one, there are no more than the table of contents has numbers. */
function hasAllTracks({ table, tracks }: MediumState): boolean {
  const { lists, most } = table.recording.toc;
  return lists === "tracks" && tracks.length >= most;
}

/** The fragments of the session that is being closed become one track. */
function mergeTracks(state: MediumState): void {
  const { closedSessions: session } = state;
  const parts = state.tracks.filter((track) => track.session === session && track.kind === "closed");
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return;
  const size = last.start + last.size - first.start;
  const merged: TrackState = { ...first, size, next: last.next };
  state.tracks = state.tracks.flatMap((track) => (track === first ? [merged] : parts.includes(track) ? [] : [track]));
}

function closeSession(state: MediumState): void {
  const { recording } = state.table;
  state.closedSessions += 1;
  if (recording.mergesTracks) mergeTracks(state);
  const last = state.tracks.at(-1);
  if (state.closedSessions >= state.table.maximumSessions) state.isFinalized = true;
  if (last?.kind !== "invisible") return;
  const { first, later } = recording.sessionGap;
  // Both gaps are shorter behind a session that was recorded at once, by the same blocks.
  const start = last.start - recording.trackGap + (state.closedSessions === 1 ? first : later);
  const size = last.start + last.size - start;
  if (size > 0 && !state.isFinalized)
    state.tracks[state.tracks.length - 1] = emptyTrack(state.closedSessions + 1, start, size);
  else state.tracks.pop();
}
