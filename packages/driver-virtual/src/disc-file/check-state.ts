import type { Lba } from "@multisession/core";
import type { MediumState, TrackState } from "../medium-state.ts";
import { sparesOf } from "../write-model/spares.ts";
import type { DiscCheck, DiscCheckName } from "./check-disc.ts";

/** Faults of one rule that are told; more are counted. */
const TOLD = 4;

/** Checks what must be true of a medium's state, rule by rule. Pure. */
export function checkState(state: MediumState): readonly DiscCheck[] {
  const { tracks, closedSessions, map, orphans, unreadable } = state;
  const trackWord = tracks.length === 1 ? "1 track" : `${tracks.length} tracks`;
  return [
    ...verdict("numbers", numberFaults(state), `${state.table.id}, ${state.condition.id}, ${state.blocks} blocks`),
    ...verdict("tracks", trackFaults(state), `${trackWord}, inside the disc and apart`),
    ...verdict("next-addresses", tracks.flatMap(nextFaults), "every next address lies in its track"),
    ...verdict("sessions", sessionFaults(state), `${closedSessions} closed, in order, with all their tracks closed`),
    ...verdict(
      "replacements",
      replacementFaults(state),
      `${map.size} replaced clusters, ${orphans.size} used up for it`,
    ),
    ...(state.isRandomOnce || state.recorded.end > 0 || state.spared.size > 0
      ? verdict("recorded", recordedFaults(state), recordedText(state))
      : []),
    ...verdict("unreadable", unreadableFaults(state), `${unreadable.size} blocks are known to be torn`),
  ];
}

function verdict(check: DiscCheckName, faults: readonly string[], good: string): readonly DiscCheck[] {
  if (faults.length === 0) return [{ check, outcome: "good", what: good }];
  const told = faults.slice(0, TOLD).map((what): DiscCheck => ({ check, outcome: "bad", what }));
  const rest = faults.length - told.length;
  return rest === 0 ? told : [...told, { check, outcome: "bad", what: `and ${rest} more of this kind` }];
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function numberFaults({ blocks, mediumBlocks, closedSessions, updates, background, table }: MediumState): string[] {
  const faults: string[] = [];
  if (!isCount(mediumBlocks) || mediumBlocks === 0 || mediumBlocks > table.blocks)
    faults.push(`a ${table.id} has no ${mediumBlocks} blocks; the largest has ${table.blocks}`);
  if (!isCount(blocks) || blocks > mediumBlocks)
    faults.push(`${blocks} blocks can be addressed, of ${mediumBlocks} that the disc has`);
  if (!isCount(closedSessions)) faults.push(`${closedSessions} is no number of sessions`);
  if (!isCount(updates) || updates > table.updates) faults.push(`${updates} updates are left, of ${table.updates}`);
  if (![0, 1, 2, 3].includes(background)) faults.push(`the background format is in state ${background}, which is none`);
  return faults;
}

function trackFaults({ tracks, blocks }: MediumState): string[] {
  if (tracks.length === 0) return ["there is no track at all"];
  return tracks.flatMap((track, index) => {
    const name = `track ${index + 1}`;
    const { start, size } = track;
    if (!isCount(start) || !isCount(size)) return [`${name} starts at ${start} and has ${size} blocks`];
    const faults: string[] = [];
    const before = tracks[index - 1];
    if (before !== undefined && start < before.start + before.size)
      faults.push(`${name} starts at ${start}, before track ${index} ends at ${before.start + before.size}`);
    if (start + size > blocks) faults.push(`${name} ends at ${start + size}, behind the disc's ${blocks} blocks`);
    if (track.kind === "invisible" && index < tracks.length - 1)
      faults.push(`${name} is the empty rest of the disc, but another one follows`);
    return faults;
  });
}

function nextFaults({ start, size, next, kind }: TrackState, index: number): string[] {
  const name = `track ${index + 1}`;
  if (!["invisible", "reserved", "open", "closed"].includes(kind)) return [`${name} is "${kind}", which no track is`];
  if (!isCount(next) || next < start || next > start + size)
    return [`the next address of ${name} is ${next}, outside ${start} to ${start + size}`];
  if ((kind === "invisible" || kind === "reserved") && next !== start)
    return [`${name} is empty, but its next address is ${next}, not ${start}`];
  return [];
}

function sessionFaults({ tracks, closedSessions }: MediumState): string[] {
  const faults = tracks.flatMap(({ session, kind }, index) => {
    const name = `track ${index + 1}`;
    const before = tracks[index - 1]?.session ?? 1;
    if (index === 0 ? session !== 1 : session !== before && session !== before + 1)
      return [`${name} is of session ${session}, behind one of session ${index === 0 ? 0 : before}`];
    if (session <= closedSessions && kind !== "closed")
      return [`${name} is ${kind}, but its session ${session} is closed`];
    return [];
  });
  const last = tracks.at(-1)?.session ?? 0;
  if (last !== closedSessions && last !== closedSessions + 1)
    faults.push(`${closedSessions} sessions are closed, but the last track is of session ${last}`);
  return faults;
}

function replacementFaults(state: MediumState): string[] {
  const { map, orphans, table, condition } = state;
  if (condition.writeModel !== "pseudo-overwrite") {
    const count = map.size + orphans.size;
    return count === 0 ? [] : [`${count} replacements on a disc that is not formatted for pseudo-overwrite`];
  }
  const faults: string[] = [];
  if (map.size > table.mapEntries) faults.push(`${map.size} replaced clusters, but the map takes ${table.mapEntries}`);
  const taken = new Map<Lba, Lba>();
  for (const [unit, by] of map) {
    if (!isRecordedUnit(state, unit)) faults.push(`cluster ${unit} is replaced, but was never recorded`);
    if (!orphans.has(by)) faults.push(`cluster ${unit} is replaced by ${by}, which is not among those used up`);
    const other = taken.get(by);
    if (other !== undefined) faults.push(`clusters ${other} and ${unit} are both replaced by ${by}`);
    taken.set(by, unit);
  }
  for (const orphan of orphans)
    if (!isRecordedUnit(state, orphan))
      faults.push(`cluster ${orphan} is used up, but lies in no recorded part of a track`);
  return faults;
}

/** Whether a whole cluster begins there, in the written part of a track. */
function isRecordedUnit(state: MediumState, unit: Lba): boolean {
  const { unit: length } = state.table;
  const track = isCount(unit) && unit % length === 0 ? state.tracks[state.trackAt(unit) - 1] : undefined;
  return track !== undefined && unit >= track.start && unit + length <= track.next;
}

function recordedText({ recorded, spared }: MediumState): string {
  const random = recorded.end === 0 ? "nothing" : `${recorded.blocks} blocks in ${recorded.ranges.length} places`;
  return `${random} by random recording, ${spared.size} defects with a spare place`;
}

/** Whole units, in order and apart, where random recording is; spares for units of the disc, as many as there are. */
function recordedFaults(state: MediumState): string[] {
  const { recorded, spared, table, blocks, isRandomOnce } = state;
  const faults: string[] = [];
  if (!isRandomOnce && recorded.end > 0) faults.push("random recording on a disc that is not formatted for it");
  const isUnit = (at: Lba): boolean => isCount(at) && at % table.unit === 0 && at <= blocks;
  for (const [index, [from, to]] of recorded.ranges.entries()) {
    const before = recorded.ranges[index - 1]?.[1] ?? -1;
    if (!isUnit(from) || !isUnit(to) || from >= to || from <= before)
      faults.push(`blocks ${from} to ${to} cannot have been recorded so`);
  }
  for (const unit of spared) if (!isUnit(unit)) faults.push(`no unit begins at ${unit}, but a spare one stands for it`);
  const allocated = sparesOf(state)?.allocated ?? 0;
  if (spared.size * table.unit > allocated)
    faults.push(`${spared.size} spare units are used, of ${allocated / table.unit}`);
  return faults;
}

function unreadableFaults({ unreadable, mediumBlocks }: MediumState): string[] {
  return [...unreadable]
    .filter((block) => !isCount(block) || block >= mediumBlocks)
    .map((block) => `block ${block} is torn, but lies outside the disc`);
}
