import { bdStructure, type CapturedDisc, dvdStructure } from "./captured-discs.ts";

/** A feature that is current, without data that counts. */
const current = (code: string) => `${code} 03 00`;
const readCapacity = (blocks: number) => `${(blocks - 1).toString(16).padStart(8, "0")} 00000800`;

const bdRBlank = (blocks: number, structure = ""): CapturedDisc => ({
  profile: 0x41,
  disc: "0020 00 01 01 01 01 20 00",
  tracks: [{ state: 0x6f, valid: 1, free: blocks, size: blocks }],
  ...(structure && { structure }),
});

/** BD-R 100 GB, blank: MATSHITA BD-MLT UJ260. */
export const blankBdRTripleLayer = bdRBlank(48_878_592);

/** The same, with a second session at 2048 behind 1024 written blocks: perhaps made up (the gap is unconfirmed). */
export const suspectBdRTripleLayer: CapturedDisc = {
  profile: 0x41,
  disc: "0020 01 01 02 02 02 20 00",
  tracks: [
    { state: 0xa1, size: 1024 },
    { session: 2, state: 0x6f, valid: 1, start: 2048, next: 2048, free: 48_876_544, size: 48_876_544 },
  ],
};

/** BD-R, blank: RITEK/BR2. */
export const blankBdRRitek = bdRBlank(12_219_392, bdStructure("RITEK", "BR2"));
/** M-DISC BD-R, blank: MILLEN/MR1. */
export const blankBdRMDisc = bdRBlank(12_219_392, bdStructure("MILLEN", "MR1"));

/** BD-RE with its formats: PIONEER BDR-209D, CMCMAG/CN2. */
export const bdReWithFormats: CapturedDisc = {
  profile: 0x43,
  disc: "0020 1E 01 01 01 01 00 00",
  tracks: [{ state: 0x01, size: 11_826_176 }],
  capacity: readCapacity(11_826_176),
  formats:
    "00000030 00B47400 02000800 00B47400 00003000 00B47400 C0003000 00B07400 C0005000 00B87400 C0001000 00BA7400 C4000800",
  structure: bdStructure("CMCMAG", "CN2"),
};

/** DVD+R, closed, two sessions: NEC ND-3500AG, AML/001. */
export const closedDvdPlusR: CapturedDisc = {
  profile: 0x1b,
  disc: "0020 0E 01 02 02 02 00 00",
  tracks: [
    { state: 0x01, size: 1_433_568 },
    { session: 2, state: 0x01, start: 1_435_616, size: 750_256 },
  ],
  capacity: readCapacity(2_185_872),
  structure: dvdStructure("AML", "001"),
};

/** DVD+R, one closed session: TSSTcorp SH-224DB, RITEK/F16. */
export const dvdPlusRAfterOne: CapturedDisc = {
  profile: 0x1b,
  disc: "0020 01 01 02 02 02 00 00",
  tracks: [
    { state: 0x01, size: 1_784_656 },
    { session: 2, state: 0x4f, valid: 1, start: 1_786_704, next: 1_786_704, free: 508_400, size: 508_400 },
  ],
  capacity: readCapacity(1_784_656),
  structure: dvdStructure("RITEK", "F16"),
  nextTrack: 0xff,
};

/** DVD+R, five closed sessions: TSSTcorp SE-S084F, CMC MAG/M01. Sizes from the starts, less the gap. */
export const dvdPlusRAfterFive: CapturedDisc = {
  profile: 0x1b,
  disc: "0020 01 01 06 06 06 00 00",
  tracks: [
    ...[0, 67_312, 220_096, 362_064, 364_416].map((start, i, all) => ({
      session: i + 1,
      state: 0x01,
      start,
      size: (all[i + 1] ?? 369_968) - 2048 - start,
    })),
    { session: 6, state: 0x4f, valid: 1, start: 369_968, next: 369_968, free: 1_925_136, size: 1_925_136 },
  ],
  structure: dvdStructure("CMC MAG", "M01"),
};

/** DVD+R, blank: TSSTcorp TS-L632H, SONY/D21. */
export const blankDvdPlusR: CapturedDisc = {
  profile: 0x1b,
  disc: "0020 00 01 01 01 01 00 00",
  tracks: [{ state: 0x4f, valid: 1, free: 2_295_104, size: 2_295_104 }],
  structure: dvdStructure("SONY", "D21"),
  nextTrack: 0xff,
};

/** DVD+R with two layers, blank: HL-DT-ST BT20N, MKM/001. */
export const blankDvdPlusRDoubleLayer: CapturedDisc = {
  ...blankDvdPlusR,
  profile: 0x2b,
  tracks: [{ state: 0x4f, valid: 1, free: 4_173_824, size: 4_173_824 }],
  structure: dvdStructure("MKM", "001"),
};

/** DVD-R, blank: HL-DT-ST GSA-H31N. */
export const blankDvdR: CapturedDisc = {
  profile: 0x11,
  features: current("0021"),
  disc: "0020 00 01 01 01 01 00 00",
  tracks: [{ state: 0x6f, valid: 1, free: 2_297_888, size: 2_297_888 }],
};

/** DVD-R 8 cm in use, its session open: ASUS DRW-2014L1T, AML. */
export const openDvdR: CapturedDisc = {
  profile: 0x11,
  disc: "0020 05 01 01 01 05 00 00",
  tracks: [
    { state: 0xef, valid: 1, next: 0, free: 12_272, size: 12_272 },
    { state: 0x21, valid: 2, start: 12_288, size: 256, last: 12_543 },
    { state: 0x21, start: 12_560, size: 665_120 },
    { state: 0x21, start: 677_696, size: 32 },
    { state: 0x6f, valid: 1, start: 677_744, next: 677_744, free: 36_208, size: 36_208 },
  ],
};

/** DVD-R 8 cm in use: HL-DT-ST GUC0N, CMC MAG. AM3. What was written before is not in the capture. */
export const dvdREightCentimetres: CapturedDisc = {
  profile: 0x11,
  disc: "0020 05 01 01 01 02 00 00",
  tracks: [
    { state: 0x21, size: 125_344 },
    { state: 0x6f, valid: 1, start: 125_360, next: 125_360, free: 588_640, size: 588_640 },
  ],
  preRecorded: "CMC MAG. AM3",
};

/** DVD-RW with one closed border: RITEKW04. */
export const dvdRwAfterOne: CapturedDisc = {
  profile: 0x14,
  features: current("0021"),
  disc: "0020 11 01 02 02 02 00 00",
  tracks: [
    { state: 0x21, size: 145_680 },
    { session: 2, state: 0x6f, valid: 1, start: 174_368, next: 174_368, free: 2_123_520, size: 2_123_520 },
  ],
  formats: "00000020 00023910 02000800 00231020 00000800 00231020 40000010 00231020 54000010",
  preRecorded: "RITEKW04",
};

/** The DVD-RW that was closed at once, blanked: AOPEN DUW1608, CMCW02. */
export const blankDvdRw: CapturedDisc = {
  profile: 0x14,
  features: current("0021"),
  disc: "0020 10 01 01 01 01 00 00",
  tracks: [{ state: 0x6f, valid: 1, free: 2_297_888, size: 2_297_888 }],
  formats: "00000020 00231020 01000800 00231020 00000800 00231020 40000010 00231020 54000010",
  preRecorded: "CMCW02",
};

/** A DVD-RW whose minimal blank took incremental recording away (the profile stays, feature 0021h goes). */
export const minimallyBlankedDvdRw: CapturedDisc = { ...blankDvdRw, features: "" };

/** DVD-RW, restricted overwrite: MATSHITA UJ8B0AW, OPTODISCW002. */
export const dvdRwRestricted: CapturedDisc = {
  profile: 0x13,
  disc: "0020 1E 01 01 01 01 00 00",
  tracks: [{ state: 0x01, size: 537_856 }],
  capacity: readCapacity(537_856),
  preRecorded: "OPTODISCW002",
};

/** DVD-RAM with its formats: TSSTcorp SH-S182M. */
export const dvdRamWithFormats: CapturedDisc = {
  profile: 0x12,
  disc: "0020 1F 01 01 01 01 00 00",
  tracks: [{ state: 0x01, size: 2_236_704 }],
  capacity: readCapacity(2_236_704),
  formats: "00000028 00222120 02000800 00222120 00000800 00230520 00000800 0021FB20 04000800 0021D520 04000800",
};

/** CD-R, two closed sessions: UDFclient's cd_sessions. */
export const cdRAfterTwo: CapturedDisc = {
  profile: 0x09,
  disc: "0020 01 01 03 03 03 00 FF",
  tracks: [
    { state: 0x01, size: 608 },
    { session: 2, state: 0x01, start: 12_010, size: 5888 },
    { session: 3, state: 0x4f, valid: 1, start: 24_800, next: 24_800, free: 335_045, size: 335_045 },
  ],
  nextTrack: 0xff,
};

/** CD-R, blank, as cdrecord prints it; made by CMC. */
export const blankCdR: CapturedDisc = {
  profile: 0x09,
  disc: "0020 00 01 01 01 01 00 FF",
  tracks: [{ state: 0x4f, valid: 1, free: 359_844, size: 359_844 }],
  atip: "001A 0000 D4 00 80 00 611A42 00 4F3B47 00 000000 00 000000 00 000000 00",
  nextTrack: 0xff,
};

/** CD-RW, blank: Princo, 97m27s29f/79m59s74f. */
export const blankCdRw: CapturedDisc = {
  profile: 0x0a,
  disc: "0020 10 01 01 01 01 00 FF",
  tracks: [{ state: 0x4f, valid: 1, next: -150, free: 359_847, size: 359_847 }],
  atip: "001A 0000 D4 00 C0 00 611B1D 00 4F3B4A 00 000000 00 000000 00 000000 00",
};

/** CD-RW, formatted with fixed packets. */
export const packetCdRw: CapturedDisc = {
  profile: 0x0a,
  disc: "0020 1E 01 01 01 01 00 FF",
  tracks: [{ mode: 7, state: 0xb2, size: 295_264, packet: 32 }],
};

/** CD-RW, closed. */
export const closedCdRw: CapturedDisc = {
  profile: 0x0a,
  disc: "0020 1E 01 01 01 01 00 FF",
  tracks: [{ state: 0x01, size: 0x8581 }],
};

/** DVD-R 8 cm, closed by a video recorder: sectors 30000h to E611Fh. */
export const closedDvdR: CapturedDisc = {
  profile: 0x11,
  disc: "0020 0E 01 01 01 01 00 00",
  tracks: [{ state: 0x21, size: 0xe6120 - 0x30000 }],
  capacity: readCapacity(0xe6120 - 0x30000),
};
