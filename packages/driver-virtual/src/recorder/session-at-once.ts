import type { Blocks, Lba, Sense } from "@multisession/core";
import { type CueEntry, cueDataForms, LEAD_OUT, lbaOfMsf, msfOf, writeTypes } from "@multisession/mmc";
import { sense } from "../media/medium-table.ts";
import { isWritable, type MediumState } from "../medium-state.ts";
import type { StateRecord } from "../state-record.ts";
import { endsDisc, writeParametersOf } from "./mode-pages.ts";

/** A session of one data track that is recorded without a pause, as its cue sheet says. */
export interface SessionAtOnce {
  /** First block of the track; its pregap lies before it. */
  readonly start: Lba;
  /** Where the lead-out begins. */
  readonly end: Lba;
}

/** Longest cue sheet: lead-in, pregap and start of 99 tracks, lead-out, of 8 bytes each. */
export const MOST_CUE_BYTES: number = (2 + 2 * 99) * 8;

/** Blocks of a pregap, which the host sends before those of the track (MMC). */
const PREGAP: Blocks = 150;
/** 5/26/02, parameter value invalid. */
const invalidValue: Sense = sense(5, 0x26, 0x02);

/** What a cue sheet describes, when it is a session that the disc can take next: one data track of Mode 1. */
export function sessionOf(entries: readonly CueEntry[], state: MediumState): SessionAtOnce | Sense {
  const [leadIn, pregap, index, leadOut, ...more] = entries;
  const track = state.tracks.at(-1);
  if (leadIn?.track !== 0 || leadOut?.track !== LEAD_OUT || more.length > 0) return invalidValue;
  if (pregap?.track !== index?.track || pregap?.index !== 0 || index?.index !== 1) return invalidValue;
  if (index.dataForm !== cueDataForms.mode1 || track === undefined) return invalidValue;
  const start = track.next;
  const end = lbaOfMsf(leadOut.address);
  // Mode 1 and Mode 2 never share a disc.
  if (!isWritable(track) || track.next > track.start || state.tracks.some(({ isMode2 }) => isMode2))
    return invalidValue;
  if (index.address !== msfOf(start) || end <= start || end > track.start + track.size) return invalidValue;
  return { start, end };
}

/** The session that a WRITE belongs to, when mode page 05h asks for one at once. */
export function currentSession(
  session: SessionAtOnce | undefined,
  modePages: ReadonlyMap<number, Uint8Array>,
): SessionAtOnce | undefined {
  return writeParametersOf(modePages).writeType === writeTypes.sessionAtOnce ? session : undefined;
}

/** How many of these blocks lie in the pregap: the drive records them, and they can never be read. */
export function pregapIn({ start }: SessionAtOnce, lba: Lba, blocks: Blocks): Blocks {
  return lba < start - PREGAP ? 0 : Math.max(0, Math.min(blocks, start - lba));
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
  return [{ is: "close-track", track: number }, { is: "close-session" }, ...last];
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
