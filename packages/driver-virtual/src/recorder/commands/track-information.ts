import { readTrackInformation, trackAddressTypes, trackInformation } from "@multisession/mmc";
import { freeIn, isWritable, type MediumState, type TrackState } from "../../medium-state.ts";
import { type CommandEntry, invalidField, onDisc, upTo } from "../command-entry.ts";

/** Bits of READ TRACK INFORMATION byte 6 (captured on BD-R): reserved track, blank, packet. */
const kindBits = {
  invisible: { reservedTrack: false, blank: true, packet: true },
  reserved: { reservedTrack: true, blank: true, packet: true },
  open: { reservedTrack: false, blank: false, packet: true },
  closed: { reservedTrack: true, blank: false, packet: true },
} as const;

/** Bits of the one track of a random writable medium (captured on DVD+RW). */
const randomBits = {
  blank: { reservedTrack: false, blank: true, packet: false },
  complete: { reservedTrack: false, blank: false, packet: true },
} as const;

function numberAsked(state: MediumState, addressType: number, number: number): number {
  if (addressType === trackAddressTypes.lba) return state.trackAt(number);
  if (addressType === trackAddressTypes.track) return number <= state.tracks.length ? number : 0;
  return state.tracks.findIndex(({ session }) => session === number) + 1;
}

function sequentialTrack(track: TrackState): Parameters<typeof trackInformation.build>[0] {
  const isOpen = isWritable(track);
  return {
    ...kindBits[track.kind],
    damage: track.isDamaged,
    nextWritableValid: isOpen,
    nextWritable: isOpen ? track.next : 0,
    freeBlocks: isOpen ? freeIn(track) : 0,
  };
}

function randomTrack({ condition, blocks }: MediumState): Parameters<typeof trackInformation.build>[0] {
  return condition.writeModel === "none" ? { ...randomBits.blank, freeBlocks: blocks } : randomBits.complete;
}

/** READ TRACK INFORMATION (MMC). Track FFh is not taken for BD and DVD+RW: there the last track has its own number. */
export const trackInformationCommands: readonly CommandEntry[] = [
  onDisc(readTrackInformation, ({ fields, state }) => {
    const asked = numberAsked(state, fields.addressType, fields.number);
    const number = fields.open
      ? state.tracks.findIndex((track, index) => index + 1 >= asked && isWritable(track)) + 1
      : asked;
    const track = asked === 0 ? undefined : state.tracks[number - 1];
    if (track === undefined) return invalidField;
    const { writeModel } = state.condition;
    const isRandom = writeModel === "none" || writeModel === "overwrite";
    const reply = trackInformation.build({
      trackNumber: number,
      sessionNumber: track.session,
      trackMode: state.table.control,
      dataMode: 1,
      start: track.start,
      size: track.size,
      packetSize: state.table.unit,
      ...(isRandom ? randomTrack(state) : sequentialTrack(track)),
    });
    return upTo(reply, fields.allocationLength);
  }),
];
