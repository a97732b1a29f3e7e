import {
  type DriveQuirks,
  longTrackInformation,
  readTrackInformation,
  trackAddressTypes,
  trackInformation,
} from "@multisession/mmc";
import type { RecordingRules } from "../../media/recording.ts";
import { freeIn, isWritable, type MediumState, type TrackState } from "../../medium-state.ts";
import { type CommandEntry, invalidField, onDisc, upTo } from "../command-entry.ts";
import { UNSET } from "./disc-information.ts";

/** The number that stands for the track that is written next, where a medium has one (MMC). */
const NEXT_TRACK = 0xff;

/** Bits of the one track of a random writable medium (captured on DVD+RW). */
const randomBits = {
  blank: { reservedTrack: false, blank: true, packet: false },
  complete: { reservedTrack: false, blank: false, packet: true },
} as const;

type Values = Parameters<typeof trackInformation.build>[0];

function numberAsked(state: MediumState, addressType: number, number: number): number {
  if (addressType === trackAddressTypes.lba) return state.trackAt(number);
  if (addressType === trackAddressTypes.track) {
    if (number === NEXT_TRACK && state.table.recording.knowsNextTrack) return nextTrack(state);
    return number <= state.tracks.length ? number : 0;
  }
  return state.tracks.findIndex(({ session }) => session === number) + 1;
}

function nextTrack({ tracks }: MediumState): number {
  const last = tracks.at(-1);
  return last === undefined || last.kind === "closed" ? 0 : tracks.length;
}

function sequentialTrack(track: TrackState, recording: RecordingRules, isFragment: boolean): Values {
  const isOpen = isWritable(track);
  const isTold = recording.tellsLastRecorded && track.kind === "closed" && track.next > track.start;
  return {
    ...recording.bits[track.kind],
    ...(track.isMode2 && { dataMode: 2 }),
    // A closed fragment is no track yet.
    ...(isFragment && { reservedTrack: true }),
    ...(isTold && { lastRecordedValid: true, lastRecorded: track.next - 1 }),
    damage: track.isDamaged,
    nextWritableValid: isOpen,
    nextWritable: isOpen ? track.next : 0,
    freeBlocks: isOpen ? freeIn(track) : 0,
  };
}

/** Write models of restricted overwrite: growisofs refuses a disc whose track does not say that it has fixed packets. */
const fixedPackets: ReadonlySet<string> = new Set(["restricted-overwrite", "growing-overwrite"]);

function randomTrack({ condition, blocks, isRandomOnce, recorded }: MediumState): Values {
  // Captured of a CD-RW with fixed packets.
  if (condition.packets !== undefined) return { ...randomBits.complete, reservedTrack: true };
  // Unconfirmed: no drive of the field that was captured has random recording.
  if (isRandomOnce) return { ...randomBits.complete, freeBlocks: blocks - recorded.blocks };
  return condition.writeModel === "none" ? { ...randomBits.blank, freeBlocks: blocks } : randomBits.complete;
}

/** A CD's pregap, where its first track begins for some drives: -150. */
const PREGAP = -150 >>> 0;
/** Bytes of a reply to the end of the read compatibility address. */
const LONG_REPLY = 40;

/** What a drive leaves out, or says in another way. */
function withQuirks(quirks: DriveQuirks, state: MediumState, values: Values): Values {
  const isClosed = state.isFinalized && state.table.recording.toc.lists !== "tracks";
  return {
    ...values,
    ...(quirks.withoutNextWritable && { nextWritableValid: false, nextWritable: 0 }),
    ...(quirks.withoutLastRecorded && { lastRecordedValid: false, lastRecorded: 0 }),
    ...(quirks.startsInPregap && state.isEmpty && state.table.family === "cd" && { nextWritable: PREGAP }),
    ...(quirks.zeroTrackSize && isClosed && { size: 0 }),
    ...(quirks.unsetTrackSize &&
      isClosed && { size: UNSET, lastRecordedValid: true, lastRecorded: (values.start ?? 0) + (values.size ?? 0) - 1 }),
  };
}

/** READ TRACK INFORMATION (MMC). Track FFh is taken for CD and DVD+R only: elsewhere the last track has its own number. */
export const trackInformationCommands: readonly CommandEntry[] = [
  onDisc(readTrackInformation, ({ fields, state, drive }) => {
    if (fields.addressType > trackAddressTypes.session) return invalidField(readTrackInformation, "addressType");
    const asked = numberAsked(state, fields.addressType, fields.number);
    const number = fields.open
      ? state.tracks.findIndex((track, index) => index + 1 >= asked && isWritable(track) && !state.isInPlace) + 1
      : asked;
    const track = asked === 0 ? undefined : state.tracks[number - 1];
    if (track === undefined) return invalidField(readTrackInformation, "number");
    const { condition } = state;
    const { writeModel } = condition;
    const { recording } = state.table;
    const isFragment = recording.mergesTracks && track.kind === "closed" && track.session > state.closedSessions;
    const isUnformatted = writeModel === "none" && condition.id === "unformatted";
    const isRandom = isUnformatted || state.isInPlace || state.isRandomOnce;
    const { quirks } = drive.traits;
    const values = withQuirks(quirks, state, {
      trackNumber: number,
      sessionNumber: track.session,
      trackMode: state.control,
      dataMode: track.isMode2 ? 2 : 1,
      start: track.start,
      size: track.size,
      packetSize: state.table.family === "cd" ? (condition.packets?.user ?? 0) : state.table.unit,
      fixedPacket: fixedPackets.has(writeModel),
      ...(isRandom ? randomTrack(state) : sequentialTrack(track, recording, isFragment)),
    });
    const { readCompatibility } = quirks;
    const isLong = readCompatibility !== undefined && recording.mergesTracks;
    const reply = isLong
      ? longTrackInformation.build({ ...values, readCompatibility, dataLength: LONG_REPLY - 2 }).subarray(0, LONG_REPLY)
      : trackInformation.build(values);
    return upTo(reply, fields.allocationLength);
  }),
];
