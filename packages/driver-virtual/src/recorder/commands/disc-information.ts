import type { Lba } from "@multisession/core";
import {
  capacityData,
  discInformation,
  discInformationTypes,
  LEAD_OUT,
  msfOf,
  pseudoOverwriteResources,
  readCapacity,
  readDiscInformation,
  readToc,
  sessionInformation,
  type TocEntry,
  toc,
  tocFormat,
  tocFormats,
  trackResources,
} from "@multisession/mmc";
import { sense } from "../../media/medium-table.ts";
import { freeIn, isWritable, type MediumState, runOutBehind } from "../../medium-state.ts";
import { type CommandEntry, invalidField, onDisc, type Reply, upTo } from "../command-entry.ts";
import type { DriveTraits } from "../drive-traits.ts";
import { atipData, discTypeOf, leadInOf, rawTocData } from "./compact-disc.ts";

/** Session states of READ DISC INFORMATION. */
const sessionStates = { empty: 0, incomplete: 1, damaged: 2, complete: 3 } as const;
/** Disc states of READ DISC INFORMATION. */
const discStates = { empty: 0, appendable: 1, complete: 2 } as const;
const NO_ADDRESS = 0xffff_ffff;
/** What some drives tell that have nothing to tell: 0 less the first sector of a DVD. */
export const UNSET = 0xfffd_0000;
/** Disc type of a CD without a session (MMC). */
const UNDEFINED_TYPE = 0xff;

function statusOf(state: MediumState): { readonly disc: number; readonly session: number } {
  const { emptyStatus } = state.condition;
  if (state.isFinalized) return { disc: discStates.complete, session: sessionStates.complete };
  if (state.isEmpty) return emptyStatus;
  const open = state.openSession;
  // The disc is full: there is no room for another session.
  if (open.length === 0) return { disc: discStates.complete, session: sessionStates.complete };
  const { appendable: disc } = discStates;
  if (open.every(({ kind }) => kind === "invisible")) return { disc, session: sessionStates.empty };
  return { disc, session: open.some(({ isDamaged }) => isDamaged) ? sessionStates.damaged : sessionStates.incomplete };
}

function standardInformation(state: MediumState, { times }: DriveTraits): Uint8Array {
  const { disc, session } = statusOf(state);
  const last = state.tracks.at(-1)?.session ?? 1;
  const firstTrack = state.tracks.findIndex((track) => track.session === last) + 1;
  const isCompact = state.table.family === "cd";
  const { start } = state.track(firstTrack);
  // A CD tells times.
  const leadIn = isCompact ? msfOf(leadInOf(start, times)) : start;
  // What a format leaves of a CD lies between its packets.
  const leadOut = (isCompact ? state.mediumBlocks : state.blocks) + state.table.recording.reserve;
  return discInformation.build({
    erasable: state.table.isErasable,
    lastSessionState: session,
    discStatus: disc,
    sessions: last,
    firstTrackOfLastSession: firstTrack,
    lastTrack: state.tracks.length,
    unrestricted: state.table.isUnrestricted,
    backgroundFormat: state.background,
    discType: isCompact && state.isEmpty && !state.isInPlace ? UNDEFINED_TYPE : discTypeOf(state),
    lastLeadIn: state.isFinalized ? NO_ADDRESS : leadIn,
    lastLeadOut: state.isFinalized ? NO_ADDRESS : isCompact ? msfOf(leadOut) : leadOut,
  });
}

function trackCounts({ table, tracks }: MediumState): Uint8Array {
  return trackResources.build({
    maximumTracks: table.maximumTracks,
    assignedTracks: tracks.length,
    maximumOpenTracks: table.maximumOpenTracks,
    openTracks: tracks.filter(({ kind }) => kind !== "closed").length,
  });
}

function replacementCounts({ table, tracks, map, updates }: MediumState): Uint8Array {
  const clusters = tracks.map((track) => (isWritable(track) ? Math.floor(freeIn(track) / table.unit) : 0));
  return pseudoOverwriteResources.build({
    replacements: clusters.reduce((sum, free) => sum + free, 0),
    mapEntries: table.mapEntries - map.size,
    updates,
  });
}

/** A session or track that readers see: where it starts and ends. */
interface Visible {
  /** Number of its session, and of its first track. */
  readonly session: number;
  readonly track: number;
  readonly start: Lba;
  readonly end: Lba;
}

/**
 * What the table of contents is made of: the tracks of complete sessions, or the sessions as if they were tracks. A medium
 * without sessions shows one of its whole size once it is written.
 */
function visible(state: MediumState): readonly Visible[] {
  const { condition, completeSessions, tracks, blocks, table } = state;
  const isOne = !state.isInPlace || tracks.length === 1;
  if (condition.capacity !== "complete-sessions" && isOne) {
    const isHidden = condition.capacity === "when-written" && state.isEmpty;
    return isHidden ? [] : [{ session: 1, track: 1, start: 0, end: blocks }];
  }
  const { lists } = table.recording.toc;
  const shown: Visible[] = [];
  tracks.forEach((track, index) => {
    const { session, start, next } = track;
    if (session > completeSessions) return;
    const before = shown.at(-1);
    const end = next + runOutBehind(state, track);
    if (lists === "sessions" && before?.session === session) shown[shown.length - 1] = { ...before, end };
    else shown.push({ session, track: lists === "sessions" ? session : index + 1, start, end });
  });
  return shown;
}

/** A table of contents has few numbers: drives of media with more sessions show the last one, and all before it as one. */
function shownIn({ table }: MediumState, all: readonly Visible[]): readonly Visible[] {
  const [first, last] = [all[0], all.at(-1)];
  if (all.length <= table.recording.toc.most || first === undefined || last === undefined) return all;
  return [
    { ...first, end: last.start },
    { ...last, session: 2, track: 2 },
  ];
}

interface TocRequest {
  readonly msf: boolean;
  readonly from: number;
}

function tableOfContents(state: MediumState, format: number, { msf, from }: TocRequest): Reply {
  const shown = shownIn(state, visible(state));
  const last = shown.at(-1);
  if (last === undefined) return state.isEmpty ? state.table.senses.noToc : sense(3, 0x57, 0x00);
  const address = (lba: Lba): number => (msf ? msfOf(lba) : lba);
  const { control } = state;
  if (format === tocFormats.sessions) {
    const first = shown.find(({ session }) => session === last.session) ?? last;
    const { track, start } = first;
    return sessionInformation.build({
      ...{ firstSession: 1, lastSession: last.session, adr: 1, control, track },
      address: address(start),
    });
  }
  if (from > last.track && from !== LEAD_OUT) return invalidField(readToc, "from");
  const entry = (track: number, lba: Lba): TocEntry => ({ adr: 1, control, track, address: address(lba) });
  const tracks = shown.filter(({ track }) => track >= from).map(({ track, start }) => entry(track, start));
  return toc.build({ first: 1, last: last.track, entries: [...tracks, entry(LEAD_OUT, last.end)] });
}

interface CompactDiscRequest extends TocRequest {
  readonly times: DriveTraits["times"];
}

function compactDiscToc(state: MediumState, format: number, { from, times }: CompactDiscRequest): Reply {
  if (format === tocFormats.atip) return atipData(state, times);
  if (format !== tocFormats.raw) return invalidField(readToc, "format");
  return state.completeSessions === 0 ? state.table.senses.noToc : rawTocData(state, from, times);
}

/** READ DISC INFORMATION, READ TOC and READ CAPACITY (MMC). */
export const discInformationCommands: readonly CommandEntry[] = [
  onDisc(readDiscInformation, ({ fields, state, drive }) => {
    const { standard, tracks, pseudoOverwrite } = discInformationTypes;
    if (fields.dataType === standard) return upTo(standardInformation(state, drive.traits), fields.allocationLength);
    if (fields.dataType === tracks) return upTo(trackCounts(state), fields.allocationLength);
    const isReplacing = state.condition.writeModel === "pseudo-overwrite";
    if (fields.dataType !== pseudoOverwrite || !isReplacing) return invalidField(readDiscInformation, "dataType");
    return upTo(replacementCounts(state), fields.allocationLength);
  }),

  onDisc(readToc, ({ fields, state, drive }) => {
    const format = tocFormat(fields);
    const isCompact = state.table.family === "cd";
    if (format > tocFormats.sessions && !isCompact) return invalidField(readToc, "format");
    const reply =
      format > tocFormats.sessions
        ? compactDiscToc(state, format, { ...fields, times: drive.traits.times })
        : tableOfContents(state, format, fields);
    return reply instanceof Uint8Array ? upTo(reply, fields.allocationLength) : reply;
  }),

  onDisc(readCapacity, ({ fields, state, drive }) => {
    // The end of the medium is asked for, not that of a part of it (SBC).
    if (fields.partial) return invalidField(readCapacity, "partial");
    if (fields.lba !== 0) return invalidField(readCapacity, "lba");
    const isUnset = drive.traits.quirks.unsetCapacity && state.condition.writeModel === "sequential";
    if (isUnset && !state.isFinalized && !state.isEmpty) return capacityData.build({ lastLba: UNSET });
    const end = visible(state).at(-1)?.end ?? 0;
    return capacityData.build({ lastLba: Math.max(0, end - 1) });
  }),
];
