import type { Blocks, Lba, Sense } from "@multisession/core";
import {
  CUE_CD_TEXT,
  type CueEntry,
  cueDataForms,
  cueEntry,
  LEAD_OUT,
  lbaOfMsf,
  type SenseData,
  writeTypes,
} from "@multisession/mmc";
import { sense } from "../media/medium-table.ts";
import { isWritable, type MediumState } from "../medium-state.ts";
import type { StateRecord } from "../state-record.ts";
import { invalidParameter } from "./command-entry.ts";
import { endsDisc, writeParametersOf } from "./mode-pages.ts";

/** A track of a session that is recorded at once. */
interface TrackAtOnce {
  /** First block; its pregap lies before it. */
  readonly start: Lba;
  /** First block behind it. */
  readonly end: Lba;
}

/** A session of data tracks that is recorded without a pause, as its cue sheet says: at least one, in order. */
export interface SessionAtOnce {
  /** Behind each other, with or without a pregap between them. */
  readonly tracks: readonly TrackAtOnce[];
  /** Where the lead-out begins. */
  readonly end: Lba;
}

/** Numbers of tracks that a table of contents has. */
const MOST_TRACKS = 99;
/** Longest cue sheet: lead-in, pregap and start of 99 tracks, lead-out, of 8 bytes each. */
export const MOST_CUE_BYTES: number = (2 + 2 * 99) * 8;

/** Blocks of a pregap, which the host sends before those of the track (MMC). */
const PREGAP: Blocks = 150;
/** 5/26/02, parameter value invalid. */
const invalidValue: Sense = sense(5, 0x26, 0x02);

/** Reads a cue sheet line by line. What it does not take is the fault of a field in a line. */
class CueReader {
  readonly #entries: readonly CueEntry[];
  #at = 0;

  constructor(entries: readonly CueEntry[]) {
    this.#entries = entries;
  }

  /** The next line when it has that track and index. */
  take(track: number, index: number): CueEntry | undefined {
    const entry = this.#entries[this.#at];
    if (entry?.track !== track || entry.index !== index) return undefined;
    this.#at += 1;
    return entry;
  }

  /** Whether all lines were taken. */
  get isAtEnd(): boolean {
    return this.#at === this.#entries.length;
  }

  /** The fault of the line that was taken last, or of the next one where it is another than it should be. */
  fault(name: keyof CueEntry): SenseData {
    const line = name === "track" ? this.#at : this.#at - 1;
    const place = Math.min(line, this.#entries.length - 1) * cueEntry.size;
    return { ...invalidParameter(cueEntry, name, place), ...invalidValue };
  }
}

/** Sub-channel Q tells addresses. */
const ADDRESSES = 1;
/** Bit of CONTROL: data. */
const DATA = 4;

/** Lines of one track: where the one before it ends, and where it starts. */
interface CueTrack {
  /** Start of the pregap, or of the track where there is none. */
  readonly from: Lba;
  readonly start: Lba;
}

/** The lines of one track of Mode 1; marks inside it change nothing. */
function takeTrack(cues: CueReader, number: number): CueTrack | SenseData {
  const pregap = cues.take(number, 0);
  const index = cues.take(number, 1);
  if (index === undefined || number > MOST_TRACKS) return cues.fault("track");
  if (index.adr !== ADDRESSES) return cues.fault("adr");
  if (index.dataForm !== cueDataForms.mode1) return cues.fault("dataForm");
  if ((index.control & DATA) === 0) return cues.fault("control");
  const start = lbaOfMsf(index.address);
  const from = lbaOfMsf((pregap ?? index).address);
  if (start < from) return cues.fault("address");
  for (let mark = 2; cues.take(number, mark) !== undefined; mark++);
  return { from, start };
}

/**
 * What a cue sheet describes, when it is a session that the disc can take next: data tracks of Mode 1 (MMC). Audio and
 * CD-Text are refused: their blocks have other sizes, which the disc has no room for.
 */
export function sessionOf(entries: readonly CueEntry[], state: MediumState): SessionAtOnce | SenseData {
  const cues = new CueReader(entries);
  const rest = state.tracks.at(-1);
  const leadIn = cues.take(0, 0);
  if (leadIn === undefined || rest === undefined || !isWritable(rest) || rest.next > rest.start)
    return cues.fault("track");
  // Mode 1 and Mode 2 never share a disc.
  if ((leadIn.dataForm & CUE_CD_TEXT) !== 0 || state.tracks.some(({ isMode2 }) => isMode2))
    return cues.fault("dataForm");
  const first = takeTrack(cues, state.tracks.length);
  if ("key" in first) return first;
  if (first.from !== rest.start - PREGAP || first.start !== rest.start) return cues.fault("address");
  const tracks: TrackAtOnce[] = [];
  const { minimumTrack } = state.table.recording;
  for (let { start } = first; ; ) {
    const leadOut = cues.take(LEAD_OUT, 1);
    const next = leadOut === undefined ? takeTrack(cues, state.tracks.length + tracks.length + 1) : undefined;
    if (next !== undefined && "key" in next) return next;
    const end = next?.from ?? lbaOfMsf(leadOut?.address ?? 0);
    // The drive fills up the last one.
    const isLong = next === undefined ? end > start : end >= start + minimumTrack;
    if (!isLong || end > rest.start + rest.size) return cues.fault("address");
    tracks.push({ start, end });
    if (next === undefined) return cues.isAtEnd ? { tracks, end } : cues.fault("track");
    start = next.start;
  }
}

/** The session that a WRITE belongs to, when mode page 05h asks for one at once. */
export function currentSession(
  session: SessionAtOnce | undefined,
  modePages: ReadonlyMap<number, Uint8Array>,
): SessionAtOnce | undefined {
  return writeParametersOf(modePages).writeType === writeTypes.sessionAtOnce ? session : undefined;
}

/** A part of a session that a WRITE falls into. */
export interface SessionPart {
  /** First block behind it. */
  readonly until: Lba;
  /** The track; the drive records what lies before it, and that can never be read. */
  readonly track: TrackAtOnce | undefined;
}

/** The part that holds a block: a pregap, or a track. Before the first pregap and behind the lead-out there is none. */
export function partAt({ tracks }: SessionAtOnce, lba: Lba): SessionPart | undefined {
  const track = tracks.find(({ end }) => lba < end);
  if (track === undefined) return undefined;
  if (lba >= track.start) return { until: track.end, track };
  const isFirst = track === tracks[0];
  return isFirst && lba < track.start - PREGAP ? undefined : { until: track.start, track: undefined };
}

/** What begins a track behind another one of its session: that one ends where it was written to its end. */
export function beginTrack(
  { tracks: states }: MediumState,
  { tracks }: SessionAtOnce,
  at: Lba,
): readonly StateRecord[] {
  const before = tracks[tracks.findIndex(({ start }) => start === at) - 1];
  const open = states.findIndex(({ kind, next }) => kind === "open" && next === before?.end) + 1;
  return open === 0 ? [] : [{ is: "close-track", track: open, isAtOnce: true, rest: at }];
}

/** A session that is recorded at once ends with the flush behind its last block (MMC). */
export function endOfSession(
  { tracks }: MediumState,
  { end }: SessionAtOnce,
  modePages: ReadonlyMap<number, Uint8Array>,
): readonly StateRecord[] {
  const number = tracks.findIndex(({ kind, next }) => kind === "open" && next === end) + 1;
  if (number === 0) return [];
  const last: readonly StateRecord[] = endsDisc(modePages) ? [{ is: "finalize" }] : [];
  return [{ is: "close-track", track: number, isAtOnce: true }, { is: "close-session" }, ...last];
}

/** Whether mode page 05h asks for a disc at once where one is possible, and a track was reserved for it (MMC, DVD-R and DVD-RW). */
export function isDiscAtOnce(
  { table, tracks, closedSessions }: MediumState,
  modePages: ReadonlyMap<number, Uint8Array>,
): boolean {
  if (!table.recording.page?.recordsDiscAtOnce || closedSessions > 0 || tracks.length > 2) return false;
  return writeParametersOf(modePages).writeType === writeTypes.sessionAtOnce && tracks[0]?.kind !== "invisible";
}

/** A disc that is recorded at once ends with the flush behind the last block of its reserved track (MMC). */
export function endOfDisc(state: MediumState, modePages: ReadonlyMap<number, Uint8Array>): readonly StateRecord[] {
  const isWhole = isDiscAtOnce(state, modePages) && state.tracks[0]?.kind === "closed";
  return isWhole ? [{ is: "close-session" }, { is: "finalize" }] : [];
}
