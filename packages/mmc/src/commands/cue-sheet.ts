import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bits, type Codec, concat, entriesOf, struct, u8, u24, type ValuesOf } from "../struct.ts";

/** SEND CUE SHEET (5Dh, MMC): the whole plan of a session that is written at once. */
export const sendCueSheet = command(opcodes.sendCueSheet, {
  /** Bytes of the sheet, a multiple of 8. */
  size: u24(6),
});

/** One line of {@link cueSheet}. */
export const cueEntry = struct(
  {
    /** 4 data; 0 audio with two channels. */
    control: bits(0, 7, 4),
    adr: bits(0, 3, 0),
    /** 0 lead-in, `LEAD_OUT` lead-out. */
    track: u8(1),
    /** 0 pregap, 1 the track itself. */
    index: u8(2),
    /** One of {@link cueDataForms}, plus `CUE_CD_TEXT`. */
    dataForm: u8(3),
    /** Alternate copy bit. */
    serialCopy: u8(4),
    /** Minute, second, frame as `msfOf` makes them: 00:00:00 is block -150. */
    address: u24(5),
  },
  { defaults: { adr: 1 } },
);

/** One line of a cue sheet. */
export type CueEntry = ValuesOf<typeof cueEntry>;

/** Forms of the data of a cue sheet's line, as far as the initiator sends whole blocks (MMC). */
export const cueDataForms = { audio: 0x00, audioPause: 0x01, mode1: 0x10, mode1Pause: 0x14 } as const;

/** Bit of a line's data form: the lead-in holds CD-Text. */
export const CUE_CD_TEXT = 0x40;

/** SEND CUE SHEET list (MMC): lead-in, the indexes of each track in order, lead-out. */
export const cueSheet: Codec<readonly CueEntry[]> = {
  parse: (bytes) => entriesOf(bytes, cueEntry.size).map(cueEntry.parse),
  build: (entries) => concat(...entries.map(cueEntry.build)),
};
