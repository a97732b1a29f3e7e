import { BLOCK_BYTES, type Lba } from "@multisession/core";
import { apply, freeIn, type MediumState } from "../medium-state.ts";
import type { Effect, StateRecord } from "../state-record.ts";
import type { BufferedDisc } from "../write-model/buffered-disc.ts";
import { effectOf, type PendingUnit } from "../write-model/pending-unit.ts";
import type { Random } from "./random.ts";

/**
 * What of the buffer got onto the medium when the power went, chosen by `random`.
 *
 * - Tracks are written in order: of each a prefix survives, and behind one the unit may be torn. A replacement survives as
 *   a whole or not at all: its cluster is used up, but the map may not have got it.
 * - In place, any of the units survive, and one of them may be torn: each of its blocks is old, new, or unreadable. So it is
 *   where units are written once and anywhere, but nothing old is there.
 */
export function survivors(disc: BufferedDisc, random: Random): readonly Effect[] {
  const how = random.next();
  // None and all of the buffer are the cases that show most.
  const chance = how < 0.2 ? 0 : how < 0.4 ? 1 : 0.5;
  const inPlace = disc.pending.filter(({ record }) => record.is === "overwrite" || record.is === "record");
  return inPlace.length > 0 ? survivorsInPlace(disc, inPlace, chance, random) : survivorsInTracks(disc, chance, random);
}

function survivorsInPlace(
  disc: BufferedDisc,
  pending: readonly PendingUnit[],
  chance: number,
  random: Random,
): readonly Effect[] {
  // Now and then the power goes between two units.
  const torn = Math.floor(random.next() * (pending.length + 1));
  return pending.flatMap((entry, index): readonly Effect[] => {
    if (index !== torn) return random.next() < chance ? [effectOf(entry)] : [];
    if (entry.record.is === "record") return tear(entry, undefined, random);
    const old = new Uint8Array(entry.data.length);
    disc.store.read(entry.at, old);
    return tear(entry, { bytes: old, unreadable: disc.store.state.unreadable }, random);
  });
}

function survivorsInTracks(disc: BufferedDisc, chance: number, random: Random): readonly Effect[] {
  const state = disc.store.state.clone();
  const effects: Effect[] = [];
  const take = (more: readonly Effect[]): void => {
    for (const effect of more) apply(state, effect.record);
    effects.push(...more);
  };
  const tracks = [...byTrack(disc.pending).values()];
  // One unit was being written when the power went, in one of the tracks.
  const written = Math.floor(random.next() * tracks.length);
  for (const [index, entries] of tracks.entries()) {
    const kept = chance === 0.5 ? Math.floor(random.next() * (entries.length + 1)) : chance * entries.length;
    for (const entry of entries.slice(0, kept)) take(settle(entry, state, random));
    const next = entries[kept];
    if (index === written && next !== undefined && random.next() < 0.5) take(tornInTrack(next, random));
  }
  return effects;
}

/** The unit that was being written: used up, and not a whole one. */
function tornInTrack(entry: PendingUnit, random: Random): readonly Effect[] {
  return entry.record.is === "replace" ? [lost(entry.record)] : tear(entry, undefined, random);
}

/** A unit that was written whole; a replacement may be lost from the map, and is when what it replaces is lost. */
function settle(entry: PendingUnit, state: MediumState, random: Random): readonly Effect[] {
  const { record } = entry;
  if (record.is !== "replace") return [effectOf(entry)];
  const isThere = state.recordedIn(record.unit) > record.unit || state.orphans.has(record.unit);
  return isThere && random.next() < 0.5 ? [effectOf(entry)] : [lost(record)];
}

function lost({ track, by }: StateRecord & { readonly is: "replace" }): Effect {
  return { record: { is: "lose", track, by } };
}

/** What a unit held before; write-once units held nothing. */
interface OldUnit {
  readonly bytes: Uint8Array;
  readonly unreadable: ReadonlySet<Lba>;
}

function tear({ at, data, record }: PendingUnit, old: OldUnit | undefined, random: Random): readonly Effect[] {
  const bytes = data.slice();
  const unreadable: Lba[] = [];
  for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
    const block = at + from / BLOCK_BYTES;
    const fate = Math.floor(random.next() * (old === undefined ? 2 : 3));
    if (fate === 2 && old !== undefined) bytes.set(old.bytes.subarray(from, from + BLOCK_BYTES), from);
    if (fate === 1 || (fate === 2 && old?.unreadable.has(block))) unreadable.push(block);
  }
  const effects: Effect[] = [{ record, data: { at, bytes } }];
  if (unreadable.length > 0) effects.push({ record: { is: "unreadable", blocks: unreadable } });
  return effects;
}

function byTrack(pending: readonly PendingUnit[]): ReadonlyMap<number, PendingUnit[]> {
  const tracks = new Map<number, PendingUnit[]>();
  for (const entry of pending) {
    if (!("track" in entry.record)) continue;
    const { track } = entry.record;
    const entries = tracks.get(track) ?? [];
    tracks.set(track, entries);
    entries.push(entry);
  }
  return tracks;
}

/** What the medium itself shows after the cut: a stopped background format, damaged tracks. */
export function aftermath(state: MediumState, damagesTracks: boolean): readonly Effect[] {
  const records: StateRecord[] = [];
  if (state.background === 2) records.push({ is: "background", value: 1 });
  if (damagesTracks) {
    state.tracks.forEach((track, index) => {
      if (track.kind === "open" && freeIn(track) > 0) records.push({ is: "damage", track: index + 1 });
    });
  }
  return records.map((record) => ({ record }));
}
