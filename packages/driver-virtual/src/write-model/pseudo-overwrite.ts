import type { Lba, Sense } from "@multisession/core";
import { roundUp } from "@multisession/core";
import { isWritable, type MediumState, type TrackState } from "../medium-state.ts";
import type { BufferedDisc } from "./buffered-disc.ts";
import { mergedUnit, partsOf, type UnitPart } from "./parts.ts";
import type { WriteModel } from "./write-model.ts";

/**
 * BD-R pseudo-overwrite (MMC-5 4.5.3.5.4, as described by libburn and patents): a write at a next writable address is an
 * append; a write to what was recorded goes to the next address of an open track instead, cluster by cluster, and a map
 * leads reads there. Appends come first, so that a write across the next address does not move its own tail.
 */
export const pseudoOverwrite: WriteModel = {
  admit(disc, at, data) {
    const split = splitWrite(disc.state, partsOf(at, data, disc.table.unit));
    if ("key" in split) return { at, ...split };
    const refused = resourcesFor(disc.state, split);
    if (refused !== undefined) return { ...refused, at };
    // Merged before anything changes: a cluster that cannot be read refuses the whole write.
    const merged = new Map<UnitPart, Uint8Array>();
    for (const part of split.replaced) {
      const whole = mergedUnit(disc, part);
      if (!(whole instanceof Uint8Array)) return whole;
      merged.set(part, whole);
    }
    return () => {
      for (const part of split.appended) disc.append(disc.state.trackAt(part.from), part.data);
      for (const [part, whole] of merged) replace(disc, part.unit, whole);
    };
  },
  // A cluster is replaced as a whole or not at all.
  received: ({ table }, at, received) => Math.max(0, at + received - ((at + received) % table.unit) - at),
};

interface SplitWrite {
  readonly appended: readonly UnitPart[];
  readonly replaced: readonly UnitPart[];
  /** Next addresses after the appends, by track number. */
  readonly next: ReadonlyMap<number, Lba>;
}

function splitWrite(state: MediumState, parts: readonly UnitPart[]): SplitWrite | Sense {
  const appended: UnitPart[] = [];
  const replaced: UnitPart[] = [];
  const next = new Map<number, Lba>();
  for (const part of parts) {
    const number = state.trackAt(part.from);
    const track = state.tracks[number - 1];
    if (track === undefined) return { ...state.table.senses.notWritable, at: part.from };
    if (isWritable(track) && part.from === (next.get(number) ?? track.next)) {
      appended.push(part);
      next.set(number, part.to);
    } else if (track.kind === "closed" || part.to <= track.next) {
      replaced.push(part);
    } else {
      return { ...state.table.senses.notWritable, at: part.from };
    }
  }
  return { appended, replaced, next };
}

/** Refuses a write that the open tracks, the map or the updates cannot take as a whole. */
function resourcesFor(state: MediumState, { replaced, next: appendedTo }: SplitWrite): Sense | undefined {
  if (replaced.length === 0) return undefined;
  const { senses, unit, mapEntries } = state.table;
  const entries = replaced.filter((part) => !state.map.has(part.unit)).length;
  if (state.map.size + entries > mapEntries || state.updates === 0) return senses.noMapEntry;
  const next = new Map(appendedTo);
  const free = (track: TrackState, number: number): number =>
    isWritable(track) ? track.start + track.size - roundUp(next.get(number) ?? track.next, unit) : 0;
  for (const part of replaced) {
    const own = state.trackAt(part.unit);
    const number = chooseTrack(state.tracks, own, (track, candidate) => free(track, candidate) >= unit);
    if (number === 0) return senses.noReplacement;
    next.set(number, roundUp(next.get(number) ?? state.track(number).next, unit) + unit);
  }
  return undefined;
}

/** The written track itself where it has room, else the lowest one that has; 0 when none has. */
function chooseTrack(
  tracks: readonly TrackState[],
  own: number,
  hasRoom: (track: TrackState, number: number) => boolean,
): number {
  const track = tracks[own - 1];
  if (track !== undefined && hasRoom(track, own)) return own;
  return tracks.findIndex((candidate, index) => hasRoom(candidate, index + 1)) + 1;
}

function replace(disc: BufferedDisc, unit: Lba, whole: Uint8Array): void {
  const { state, table } = disc;
  const own = state.trackAt(unit);
  // The cluster itself may still be filling; then its rest is used up first.
  if (state.track(own).next < unit + table.unit) disc.seal(own);
  const number = chooseTrack(
    state.tracks,
    own,
    (track) => isWritable(track) && track.start + track.size - roundUp(track.next, table.unit) >= table.unit,
  );
  disc.replace(unit, whole, number);
}
