import { command } from "../command.ts";
import { opcodes } from "../opcodes.ts";
import { bit, bits, type Codec, concat, entriesOf, struct, u8, u16, u32, type ValuesOf } from "../struct.ts";

/** READ TOC/PMA/ATIP (43h, MMC). */
export const readToc = command(opcodes.readToc, {
  /** Addresses as minute, second, frame instead of block numbers. */
  msf: bit(1, 1),
  format: bits(2, 3, 0),
  /** Number of the first track or session that is asked for. */
  from: u8(6),
  allocationLength: u16(7),
  /** The place of the format in old ATAPI drives, still used by Linux. */
  oldFormat: bits(9, 7, 6),
});

/** The format that is asked for, wherever the initiator put it: byte 9 counts when byte 2 is 0. */
export function tocFormat(fields: ValuesOf<typeof readToc>): number {
  return fields.format === 0 ? fields.oldFormat : fields.format;
}

/** Number of the lead-out in a table of contents. */
export const LEAD_OUT = 0xaa;

const tocHead = struct({ length: u16(0), first: u8(2), last: u8(3) });
/** One track of {@link toc}. */
export const tocEntry = struct({ adr: bits(1, 7, 4), control: bits(1, 3, 0), track: u8(2), address: u32(4) });

/** One track of a table of contents. */
export type TocEntry = ValuesOf<typeof tocEntry>;

/** READ TOC data, format 0. */
export interface Toc {
  /** Number of the first track. */
  readonly first: number;
  /** Number of the last track. */
  readonly last: number;
  /** Tracks in order, {@link LEAD_OUT} last. The address is a block number, or {@link msfOf} when MSF was asked for. */
  readonly entries: readonly TocEntry[];
}

/** READ TOC data, format 0 (MMC). Made up by the drive on DVD and BD. */
export const toc: Codec<Toc> = {
  parse(bytes) {
    const { length, first, last } = tocHead.parse(bytes);
    return { first, last, entries: entriesOf(bytes.subarray(4, 2 + length), tocEntry.size).map(tocEntry.parse) };
  },
  build({ first, last, entries }) {
    const list = entries.map(tocEntry.build);
    return concat(tocHead.build({ length: 2 + 8 * list.length, first, last }), ...list);
  },
};

/** READ TOC data, format 1 (MMC): the first track of the last complete session. */
export const sessionInformation = struct(
  {
    length: u16(0),
    firstSession: u8(2),
    lastSession: u8(3),
    adr: bits(5, 7, 4),
    control: bits(5, 3, 0),
    track: u8(6),
    address: u32(8),
  },
  { defaults: { length: 10 } },
);

/** Frames (blocks) of a second, and blocks between address 0 and 00:00:00. */
const FRAMES = 75;
const PREGAP = 150;
/** Blocks from 90:00:00 on are the negative addresses of the lead-in (MMC). */
const WRAP = 450_150;

/** A block number as 00 M S F in one number. Beyond 255:59:74 it is clamped, as readers that ask MSF of a DVD expect. */
export function msfOf(lba: number): number {
  const frames = Math.min(lba < -PREGAP ? lba + WRAP : lba + PREGAP, (255 * 60 + 59) * FRAMES + 74);
  const seconds = Math.floor(frames / FRAMES);
  return (Math.floor(seconds / 60) << 16) | ((seconds % 60) << 8) | (frames % FRAMES);
}

/** The block number of 00 M S F. */
export function lbaOfMsf(msf: number): number {
  const minute = (msf >> 16) & 0xff;
  const frames = (minute * 60 + ((msf >> 8) & 0xff)) * FRAMES + (msf & 0xff);
  return minute < 90 ? frames - PREGAP : frames - WRAP;
}
