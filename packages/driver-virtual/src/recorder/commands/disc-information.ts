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
  trackResources,
} from "@multisession/mmc";
import { sense } from "../../media/medium-table.ts";
import { freeIn, isWritable, type MediumState } from "../../medium-state.ts";
import { type CommandEntry, invalidField, onDisc, type Reply, upTo } from "../command-entry.ts";

/** Session states of READ DISC INFORMATION. */
const sessionStates = { empty: 0, incomplete: 1, damaged: 2, complete: 3 } as const;
/** Disc states of READ DISC INFORMATION. */
const discStates = { empty: 0, appendable: 1, complete: 2 } as const;
const NO_ADDRESS = 0xffff_ffff;

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

function standardInformation(state: MediumState): Uint8Array {
  const { disc, session } = statusOf(state);
  const last = state.tracks.at(-1)?.session ?? 1;
  const firstTrack = state.tracks.findIndex((track) => track.session === last) + 1;
  return discInformation.build({
    erasable: state.table.isErasable,
    lastSessionState: session,
    discStatus: disc,
    sessions: last,
    firstTrackOfLastSession: firstTrack,
    lastTrack: state.tracks.length,
    unrestricted: state.table.isUnrestricted,
    backgroundFormat: state.background,
    lastLeadIn: state.isFinalized ? NO_ADDRESS : state.track(firstTrack).start,
    lastLeadOut: state.isFinalized ? NO_ADDRESS : state.blocks,
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

/** A session that readers see: where it starts and ends. */
interface VisibleSession {
  readonly start: Lba;
  readonly end: Lba;
}

/** The sessions of the table of contents. A medium without sessions shows one of its whole size once it is written. */
function visibleSessions(state: MediumState): readonly VisibleSession[] {
  const { condition, closedSessions, tracks, blocks } = state;
  if (condition.capacity !== "complete-sessions") {
    return condition.capacity === "when-written" && state.isEmpty ? [] : [{ start: 0, end: blocks }];
  }
  const sessions: VisibleSession[] = [];
  for (const { session, start, next } of tracks) {
    if (session <= closedSessions) sessions[session - 1] = { start: sessions[session - 1]?.start ?? start, end: next };
  }
  return sessions;
}

/** Table of contents numbers have one byte; drives of media with more sessions show the last one and all before it. */
const MOST_ENTRIES = 99;

function shownSessions(sessions: readonly VisibleSession[]): readonly VisibleSession[] {
  const [first, last] = [sessions[0], sessions.at(-1)];
  return sessions.length > MOST_ENTRIES && first && last ? [{ ...first, end: last.start }, last] : sessions;
}

interface TocRequest {
  readonly msf: boolean;
  readonly from: number;
}

function tableOfContents(state: MediumState, format: number, { msf, from }: TocRequest): Reply {
  const sessions = shownSessions(visibleSessions(state));
  const last = sessions.at(-1);
  if (last === undefined) return state.isEmpty ? state.table.senses.noToc : sense(3, 0x57, 0x00);
  const address = (lba: Lba): number => (msf ? msfOf(lba) : lba);
  const { control } = state.table;
  if (format === 1) {
    const count = sessions.length;
    const start = address(last.start);
    return sessionInformation.build({
      firstSession: 1,
      lastSession: count,
      adr: 1,
      control,
      track: count,
      address: start,
    });
  }
  if (from > sessions.length && from !== LEAD_OUT) return invalidField;
  const entry = (track: number, lba: Lba): TocEntry => ({ adr: 1, control, track, address: address(lba) });
  const tracks = sessions.map(({ start }, index) => entry(index + 1, start)).filter(({ track }) => track >= from);
  return toc.build({ first: 1, last: sessions.length, entries: [...tracks, entry(LEAD_OUT, last.end)] });
}

/** READ DISC INFORMATION, READ TOC and READ CAPACITY (MMC). */
export const discInformationCommands: readonly CommandEntry[] = [
  onDisc(readDiscInformation, ({ fields, state }) => {
    const { standard, tracks, pseudoOverwrite } = discInformationTypes;
    if (fields.dataType === standard) return upTo(standardInformation(state), fields.allocationLength);
    if (fields.dataType === tracks) return upTo(trackCounts(state), fields.allocationLength);
    const isReplacing = state.condition.writeModel === "pseudo-overwrite";
    if (fields.dataType !== pseudoOverwrite || !isReplacing) return invalidField;
    return upTo(replacementCounts(state), fields.allocationLength);
  }),

  onDisc(readToc, ({ fields, state }) => {
    const format = tocFormat(fields);
    if (format > 1) return invalidField;
    const reply = tableOfContents(state, format, fields);
    return reply instanceof Uint8Array ? upTo(reply, fields.allocationLength) : reply;
  }),

  onDisc(readCapacity, ({ state }) => {
    const end = visibleSessions(state).at(-1)?.end ?? 0;
    return capacityData.build({ lastLba: Math.max(0, end - 1) });
  }),
];
