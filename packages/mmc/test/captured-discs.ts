import { fails, hex, type ScriptedDrive } from "./scripted-drive.ts";

/** Bits of a captured READ TRACK INFORMATION reply, written down without the package's own layout. */
interface CapturedTrack {
  readonly session?: number;
  /** Byte 5: damage, track mode. */
  readonly mode?: number;
  /** Byte 6: RT, Blank, Packet and data mode. */
  readonly state: number;
  /** Byte 7: validity of last recorded and next writable address. */
  readonly valid?: number;
  readonly start?: number;
  readonly next?: number;
  readonly free?: number;
  readonly size?: number;
  readonly last?: number;
  /** Blocks of a packet. */
  readonly packet?: number;
}

/** A disc in a drive, as captured. Hexadecimal replies, `5/24/00` for a refusal. */
export interface CapturedDisc {
  readonly profile: number;
  readonly features?: string;
  readonly disc: string;
  readonly tracks: readonly CapturedTrack[];
  readonly capacity?: string;
  readonly formats?: string;
  readonly structure?: string;
  /** Name in the pre-recorded lead-in of a DVD-R or DVD-RW. */
  readonly preRecorded?: string;
  /** ATIP of a CD. */
  readonly atip?: string;
  /** What READ TRACK INFORMATION knows the track by that is written next; refused where it is left out. */
  readonly nextTrack?: number;
  readonly resources?: string;
}

function trackReply(number: number, track: CapturedTrack): Uint8Array {
  const view = new DataView(new ArrayBuffer(36));
  view.setUint16(0, 34);
  view.setUint8(2, number);
  view.setUint8(3, track.session ?? 1);
  view.setUint8(5, track.mode ?? 4);
  view.setUint8(6, track.state);
  view.setUint8(7, track.valid ?? 0);
  view.setUint32(8, track.start ?? 0);
  view.setInt32(12, track.next ?? 0);
  view.setUint32(16, track.free ?? 0);
  view.setUint32(20, track.packet ?? 0);
  view.setUint32(24, track.size ?? 0);
  view.setUint32(28, track.last ?? 0);
  return new Uint8Array(view.buffer);
}

function configurationReply(profile: number, features: string): Uint8Array {
  const list = hex(features);
  const reply = new Uint8Array(8 + list.length);
  const view = new DataView(reply.buffer);
  view.setUint32(0, 4 + list.length);
  view.setUint16(6, profile);
  reply.set(list, 8);
  return reply;
}

/** Puts a disc into the drive. */
export function insert(drive: ScriptedDrive, disc: CapturedDisc): ScriptedDrive {
  const refused = fails("5/24/00");
  return drive
    .always("getConfiguration", configurationReply(disc.profile, disc.features ?? ""))
    .always("readDiscInformation", ({ cdb }) => {
      if (cdb[1] === 2) return disc.resources ? hex(disc.resources) : refused;
      const reply = new Uint8Array(34);
      reply.set(hex(disc.disc));
      return reply;
    })
    .always("readTrackInformation", ({ cdb }) => {
      const number = cdb[5] ?? 0;
      const track = disc.tracks[number === disc.nextTrack ? disc.tracks.length - 1 : number - 1];
      return cdb[1] === 1 && track ? trackReply(number, track) : refused;
    })
    .always("readCapacity", disc.capacity ? hex(disc.capacity) : hex("00000000 00000800"))
    .always("readFormatCapacities", disc.formats ? hex(disc.formats) : refused)
    .always("readToc", ({ cdb }) => (disc.atip && cdb[2] === 4 ? hex(disc.atip) : refused))
    .always("readDiscStructure", ({ cdb }) => {
      if (disc.preRecorded && cdb[7] === 0x0e) return preRecordedStructure(disc.preRecorded);
      if (!disc.structure || (cdb[7] !== 0x00 && cdb[7] !== 0x11)) return refused;
      return hex(disc.structure);
    });
}

const pseudoOverwriteFeature = "0038 03 04 00000000";

/** Media id in BD disc information; the unit is a captured one, the id that of the disc. */
export function bdStructure(manufacturer: string, mediaType: string): string {
  const unit = "44490128000062004244520112010000010000000000000000020000001 94E7E".replaceAll(" ", "");
  const id = Buffer.from(manufacturer.padEnd(6, "\0") + mediaType, "latin1").toString("hex");
  return `1002 0000 ${unit}${"00".repeat(100 - unit.length / 2)}${id}${"00".repeat(4096 - 109)}`;
}

/** ADIP of a DVD+RW: the manufacturer at 19, the media type at 27. */
export function dvdStructure(manufacturer: string, mediaType: string): string {
  const id = Buffer.from(manufacturer.padEnd(8, "\0") + mediaType.padEnd(3, "\0"), "latin1").toString("hex");
  return `0802 0000 ${"00".repeat(19)}${id}${"00".repeat(2048 - 30)}`;
}

/** Pre-recorded lead-in: a name of up to 12 characters in two fields of 6. */
function preRecordedStructure(name: string): Uint8Array {
  const digits = Buffer.from(name.padEnd(12, "\0"), "latin1").toString("hex");
  return hex(`002A 0000 ${"00".repeat(16)} 03${digits.slice(0, 12)}00 04${digits.slice(12)}00 ${"00".repeat(8)}`);
}

const bdRFormats = "00000028 00BA7400 01000800 00B47400 00003000 00B47400 C8000000 00587400 C8000000 00B87400 C8000000";

/** BD-R, blank: HL-DT-ST WH16NS40, VERBAT/IMe. */
export const blankBdR: CapturedDisc = {
  profile: 0x41,
  disc: "0020 00 01 01 01 01 20 00",
  tracks: [{ state: 0x6f, valid: 1, free: 12_219_392, size: 12_219_392 }],
  formats: bdRFormats,
  structure: bdStructure("VERBAT", "IMe"),
};

/** BD-R, blank, in a drive that shows pseudo-overwrite as current on every BD-R: iHBS112, VERBAT/IMw. */
export const blankBdRWithFeature: CapturedDisc = {
  ...blankBdR,
  features: pseudoOverwriteFeature,
  structure: bdStructure("VERBAT", "IMw"),
};

/** BD-R with pseudo-overwrite in use: HL-DT-ST WH16NS40, VERBAT/IMe. */
export const usedBdRPow: CapturedDisc = {
  profile: 0x41,
  features: pseudoOverwriteFeature,
  disc: "0020 05 01 01 01 03 20 00 00000000 00000000",
  tracks: [
    { state: 0xa1, size: 761_152 },
    { state: 0xa1, start: 761_152, size: 1_906_976 },
    { state: 0x21, valid: 1, start: 2_668_128, next: 7_925_792, free: 4_162_528, size: 9_420_192 },
  ],
  capacity: "00B873FF 00000800",
  structure: bdStructure("VERBAT", "IMe"),
};

/** DVD+RW, formatted, its background format suspended: ASUS DRW-24B1ST, PHILIPS/041. */
export const formattedDvdPlusRw: CapturedDisc = {
  profile: 0x1a,
  disc: "0020 1E 01 01 01 01 21 00",
  tracks: [{ mode: 5, state: 0x21, size: 2_295_104 }],
  capacity: "0023053F 00000800",
  formats: "00000010 00230540 02000800 00230540 98000000",
  structure: dvdStructure("PHILIPS", "041"),
};

/** DVD+RW, never formatted: ASUS DRW-1608P2, RITEK/004. */
export const blankDvdPlusRw: CapturedDisc = {
  profile: 0x1a,
  disc: "0020 10 01 01 01 01 20 00",
  tracks: [{ state: 0x4f, free: 2_295_104, size: 2_295_104 }],
  formats: "00000010 00230540 01000800 00230540 98000000",
  structure: dvdStructure("RITEK", "004"),
};

/** DVD+R, three closed sessions, the fourth empty: NEC ND-1300A, RICOHJPN/R01. */
export const appendableDvdPlusR: CapturedDisc = {
  profile: 0x1b,
  disc: "0020 01 01 04 04 04 00 00",
  tracks: [
    { state: 0x01, size: 899_648 },
    { session: 2, state: 0x01, start: 901_696, size: 435_648 },
    { session: 3, state: 0x01, start: 1_339_392, size: 896_000 },
    { session: 4, state: 0x4f, valid: 1, start: 2_237_440, next: 2_237_440, free: 57_664, size: 57_664 },
  ],
  capacity: "00221BFF 00000800",
  structure: dvdStructure("RICOHJPN", "R01"),
};

/** DVD-RW, closed by disc at once, with the bogus track size of an unset field: AOPEN DUW1608, CMCW02. */
export const closedDvdRw: CapturedDisc = {
  profile: 0x14,
  disc: "0020 1E 01 01 01 01 00 00",
  tracks: [{ state: 0x01, valid: 2, size: 4_294_770_688, last: 2_285_853 }],
  capacity: "0023127F 00000800",
};

/** DVD-RW with one closed border and a damaged open track: ASUS DRW-1608P2, CMCW02. */
export const damagedDvdRw: CapturedDisc = {
  profile: 0x14,
  disc: "0020 19 01 02 02 02 00 00",
  tracks: [
    { state: 0x21, size: 132_800 },
    { session: 2, mode: 0x25, state: 0x6f, valid: 1, start: 161_488, next: 161_488, free: 2_136_400, size: 2_136_400 },
  ],
  capacity: "FFFD0000 00000800",
};

/** DVD-RAM: TSSTcorp SH-S182M. */
export const dvdRam: CapturedDisc = {
  profile: 0x12,
  disc: "0020 1F 01 01 01 01 00 00",
  tracks: [{ state: 0x01, size: 2_236_704 }],
  capacity: "0022211F 00000800",
};

/** CD-R, blank, in a drive whose next writable address counts the pregap: NWA -150. */
export const blankCdR: CapturedDisc = {
  profile: 0x09,
  disc: "0020 00 01 01 01 01 00 FF",
  tracks: [{ state: 0x4f, valid: 1, next: -150, free: 359_844, size: 359_844 }],
};
