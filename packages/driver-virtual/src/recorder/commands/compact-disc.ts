import type { Lba } from "@multisession/core";
import { atip, msfOf, type RawTocEntry, rawToc, sessionFormats, tocPoints } from "@multisession/mmc";
import { physicalBlocks } from "../../media/packets.ts";
import { type MediumState, runOutBehind, type TrackState } from "../../medium-state.ts";
import type { DriveTraits } from "../drive-traits.ts";

/** Start of the first lead-in, which names the maker of a CD (captured of one of CMC). */
const FIRST_LEAD_IN: Lba = -11_634;

/** What a CD calls itself by, where the drive was captured with one. */
type Times = DriveTraits["times"];
/** Pregap and lead-in before the program area of a later session (MMC). */
const LEAD_IN_BLOCKS = 4500 + 150;
const NO_TIME = 0xff_ffff;
const ENTRY = { adr: 1, track: 0, zero: 0 } as const;

/** Last possible start of the lead-out. */
const lastLeadOutOf = ({ table, mediumBlocks }: MediumState, times: Times): Lba =>
  mediumBlocks === table.blocks && times !== undefined ? times.lastLeadOut : mediumBlocks + table.recording.reserve;

const firstLeadIn = (times: Times): Lba => times?.leadIn ?? FIRST_LEAD_IN;

/** Start of the lead-in of a session that begins there. */
export const leadInOf = (start: Lba, times: Times): Lba => (start === 0 ? firstLeadIn(times) : start - LEAD_IN_BLOCKS);

/** Disc type of READ DISC INFORMATION and of the raw table of contents: CD-ROM, or CD-ROM XA where tracks are of Mode 2 (MMC). */
export function discTypeOf({ tracks }: MediumState): number {
  return tracks.some(({ isMode2 }) => isMode2) ? sessionFormats.cdRomXa : sessionFormats.cdRom;
}

/** READ TOC, format 4: what is pressed into a CD-R or CD-RW. */
export function atipData(state: MediumState, times: Times): Uint8Array {
  return atip.build({
    writingPower: 5,
    referenceSpeed: state.table.isErasable ? 2 : 0,
    rewritable: state.table.isErasable,
    leadIn: msfOf(firstLeadIn(times)),
    lastLeadOut: msfOf(lastLeadOutOf(state, times)),
  });
}

/** READ TOC, format 2, from a session on: the lead-in of each complete session. */
export function rawTocData(state: MediumState, from: number, times: Times): Uint8Array {
  const sessions = Array.from({ length: state.completeSessions }, (_, index) => index + 1);
  const entries = sessions
    .filter((session) => session >= from)
    .flatMap((session) => leadInEntries(state, session, times));
  return rawToc.build({ first: 1, last: state.completeSessions, entries });
}

/** Where the lead-out begins: times are those of the disc, where what links packets is not hidden. */
function endOf(state: MediumState, track: TrackState): Lba {
  const { packets } = state.condition;
  if (packets === undefined) return track.next + runOutBehind(state, track);
  return track.start + physicalBlocks(packets, track.size);
}

function leadInEntries(state: MediumState, session: number, times: Times): readonly RawTocEntry[] {
  const tracks = state.tracks.flatMap((track, index) =>
    track.session === session ? [{ number: index + 1, start: track.start, end: endOf(state, track) }] : [],
  );
  const [first, last] = [tracks[0], tracks.at(-1)];
  if (first === undefined || last === undefined) return [];
  const point = (code: number, pointTime: number): RawTocEntry => ({
    ...ENTRY,
    control: state.control,
    session,
    point: code,
    time: 0,
    pointTime,
  });
  const next = state.tracks[last.number]?.start;
  const program = next === undefined ? NO_TIME : msfOf(next - 150);
  return [
    point(tocPoints.firstTrack, (first.number << 16) | (discTypeOf(state) << 8)),
    point(tocPoints.lastTrack, last.number << 16),
    point(tocPoints.leadOut, msfOf(last.end)),
    ...tracks.map(({ number, start }) => point(number, msfOf(start))),
    { ...point(tocPoints.nextProgram, msfOf(lastLeadOutOf(state, times))), adr: 5, time: program },
    ...(session === 1 ? [{ ...point(tocPoints.leadIn, msfOf(firstLeadIn(times))), adr: 5 }] : []),
  ];
}
