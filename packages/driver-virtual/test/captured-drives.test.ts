import {
  capacityData,
  configuration,
  discInformation,
  dvdSpare,
  formatCapacities,
  getConfiguration,
  getPerformance,
  longTrackInformation,
  performance,
  readCapacity,
  readDiscInformation,
  readDiscStructure,
  readFormatCapacities,
  readToc,
  readTrackInformation,
  sessionInformation,
  toc,
  trackInformation,
  writeSpeeds,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import type { DiscOptions, StateRecord } from "../src/index.ts";
import type { Initiator } from "./support/initiator.ts";
import { blocksOf } from "./support/initiator.ts";
import { closedSession, closedTrack, usedDisc } from "./support/used-disc.ts";

/** What a drive of the field answered, in the form that the programs print that asked it. */
interface Captured {
  /** READ DISC INFORMATION: disc status, last session's state, sessions, first track of the last one, last track. */
  readonly disc?: readonly [number, number, number, number, number];
  readonly backgroundFormat?: number;
  readonly lastLeadOut?: number;
  /** READ TRACK INFORMATION: RT, Blank and Packet; start; next address; free blocks; size. `-` was not printed. */
  readonly tracks?: Readonly<Record<number, readonly [string, number, number | "-", number | "-", number | "-"]>>;
  /** Last recorded addresses by track; absent where the drive told none. */
  readonly lastRecorded?: Readonly<Record<number, number>>;
  readonly damaged?: number;
  /** READ CAPACITY: last block. */
  readonly lastLba?: number;
  /** `track=ADR CONTROL@address`. */
  readonly toc?: readonly string[];
  /** READ TOC, format 1: first track of the last complete session and where it starts. */
  readonly lastSession?: readonly [number, number];
  /** READ FORMAT CAPACITIES: state and blocks, then type, parameter and blocks. */
  readonly formats?: readonly (readonly number[])[];
  /** GET PERFORMANCE, type 3: rotation and speed, and the last block. */
  readonly writeSpeeds?: { readonly endLba: number; readonly speeds: readonly (readonly [number, number])[] };
  readonly readSpeed?: number;
  /** GET PERFORMANCE, type 0: last block and speed of each stretch. */
  readonly zones?: readonly (readonly [number, number])[];
  readonly readCompatibility?: number;
  readonly current?: readonly number[];
  readonly notCurrent?: readonly number[];
  /** READ(10) of block 0. */
  readonly read?: string;
  readonly spare?: string;
  readonly close?: readonly [number, string];
}

const shown = {
  disc: (host: Initiator) => {
    const { discStatus, lastSessionState, sessions, firstTrackOfLastSession, lastTrack } = host.disc();
    return [discStatus, lastSessionState, sessions, firstTrackOfLastSession, lastTrack];
  },
  backgroundFormat: (host: Initiator) => host.disc().backgroundFormat,
  lastLeadOut: (host: Initiator) =>
    discInformation.parse(host.data(readDiscInformation.build({ allocationLength: 34 }))).lastLeadOut,
  lastLba: (host: Initiator) => capacityData.parse(host.data(readCapacity.build({}))).lastLba,
  toc: (host: Initiator) =>
    toc
      .parse(host.data(readToc.build({ allocationLength: 804 })))
      .entries.map(({ adr, control, track, address }) => `${track}=${adr}${control}@${address}`),
  lastSession: (host: Initiator) => {
    const { track, address } = sessionInformation.parse(host.data(readToc.build({ format: 1, allocationLength: 12 })));
    return [track, address];
  },
  formats: (host: Initiator) => {
    const { state, blocks, formats } = formatCapacities.parse(
      host.data(readFormatCapacities.build({ allocationLength: 252 })),
    );
    return [[state, blocks], ...formats.map((format) => [format.type, format.parameter, format.blocks])];
  },
  writeSpeeds: (host: Initiator) => {
    const all = writeSpeeds.parse(host.data(getPerformance.build({ type: 3, maximumDescriptors: 16 })));
    return { endLba: all[0]?.endLba, speeds: all.map(({ rotation, writeSpeed }) => [rotation, writeSpeed]) };
  },
  readSpeed: (host: Initiator) =>
    writeSpeeds.parse(host.data(getPerformance.build({ type: 3, maximumDescriptors: 16 })))[0]?.readSpeed,
  zones: (host: Initiator) =>
    performance
      .parse(host.data(getPerformance.build({ type: 0, dataType: 0x14, maximumDescriptors: 16 })))
      .speeds.map(({ endLba, endSpeed }) => [endLba, endSpeed]),
  readCompatibility: (host: Initiator) =>
    longTrackInformation.parse(
      host.data(readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 48 })),
    ).readCompatibility,
  read: (host: Initiator) => String(host.read(0, 1)).split("@")[0],
  spare: (host: Initiator) => host.send(readDiscStructure.build({ mediaType: 1, format: 0x0a, allocationLength: 16 })),
} satisfies Partial<Record<keyof Captured, (host: Initiator) => unknown>>;

function currentCodes(host: Initiator): readonly number[] {
  const reply = host.data(getConfiguration.build({ requestType: 1, allocationLength: 4096 }));
  return configuration.parse(reply).features.map(({ code }) => code);
}

function compare(host: Initiator, captured: Captured): void {
  const { tracks = {}, lastRecorded = {}, damaged, current = [], notCurrent = [], close, ...answers } = captured;
  for (const [name, value] of Object.entries(answers)) {
    expect(shown[name as keyof typeof shown](host), name).toEqual(value);
  }
  for (const [number, [bits, start, next, free, size]] of Object.entries(tracks)) {
    const track = host.track(Number(number));
    const seen = [track.reservedTrack, track.blank, track.packet].map(Number).join("");
    const is = <T>(value: T, told: T | "-"): T | "-" => (told === "-" ? "-" : value);
    expect(
      [seen, track.start, is(track.nextWritable, next), is(track.freeBlocks, free), is(track.size, size)],
      `track ${number}`,
    ).toEqual([bits, start, next, free, size]);
    expect(track.nextWritableValid, `track ${number}`).toBe(next !== "-" && free !== 0);
    expect(track.damage).toBe(Number(number) === damaged);
  }
  for (const [number, block] of Object.entries(lastRecorded)) {
    expect(host.track(Number(number))).toMatchObject({ lastRecordedValid: true, lastRecorded: block });
  }
  expect(currentCodes(host)).toEqual(expect.arrayContaining([...current]));
  for (const code of notCurrent) expect(currentCodes(host)).not.toContain(code);
  if (close !== undefined) expect(host.close(close[0])).toBe(close[1]);
}

const bdRFormats = [
  [1, 12_219_392],
  [0x00, 0x3000, 11_826_176],
  [0x32, 0, 11_826_176],
  [0x32, 0, 5_796_864],
  [0x32, 0, 12_088_320],
];
const rwFormats = [
  [0x00, 0x800, 2_297_888],
  [0x10, 0x10, 2_297_888],
  [0x15, 0x10, 2_297_888],
];
const pow = { is: "format", condition: "pseudo-overwrite", blocks: 12_088_320, background: 0 } as const;

const captures: readonly (readonly [string, DiscOptions, readonly StateRecord[], Captured])[] = [
  [
    "HL-DT-ST WH16NS40: BD-R, blank",
    { medium: "bd-r", drive: "hl-dt-st-wh16ns40" },
    [],
    {
      disc: [0, 0, 1, 1, 1],
      formats: bdRFormats,
      tracks: { 1: ["011", 0, 0, 12_219_392, 12_219_392] },
      lastLba: 0,
      spare: "5/24/00",
      readSpeed: 26_976,
      writeSpeeds: {
        endLba: 12_219_391,
        speeds: [
          [1, 53_952],
          [1, 44_960],
          [1, 35_968],
          [1, 26_976],
          [0, 17_984],
        ],
      },
      notCurrent: [0x38],
    },
  ],
  [
    "HL-DT-ST WH16NS40: BD-R with pseudo-overwrite, in use",
    { medium: "bd-r", drive: "hl-dt-st-wh16ns40" },
    [
      pow,
      ...closedTrack(1, 761_152),
      ...closedTrack(2, 761_152 + 1_906_976),
      { is: "append", track: 3, next: 7_925_792 },
    ],
    {
      disc: [1, 1, 1, 1, 3],
      tracks: {
        1: ["101", 0, "-", 0, 761_152],
        2: ["101", 761_152, "-", 0, 1_906_976],
        3: ["001", 2_668_128, 7_925_792, 4_162_528, 9_420_192],
      },
      toc: ["1=14@0", "170=14@12088320"],
      lastSession: [1, 0],
      lastLba: 12_088_319,
      current: [0x38],
    },
  ],
  [
    "ATAPI iHBS112: BD-R, blank, with pseudo-overwrite shown as current",
    { medium: "bd-r", drive: "atapi-ihbs112" },
    [],
    {
      disc: [0, 0, 1, 1, 1],
      formats: bdRFormats,
      tracks: { 1: ["011", 0, 0, 12_219_392, 12_219_392] },
      writeSpeeds: { endLba: 12_219_391, speeds: [[0, 8990]] },
      current: [0x38],
    },
  ],
  [
    "MATSHITA UJ260: BD-R of 100 GB, blank",
    { medium: "bd-r", capacity: 48_878_592, drive: "matshita-uj260" },
    [],
    { disc: [0, 0, 1, 1, 1], tracks: { 1: ["011", 0, 0, 48_878_592, 48_878_592] } },
  ],
  [
    "PIONEER BDR-209D: BD-RE, formatted with the default spare areas",
    { medium: "bd-re", formatted: true, drive: "pioneer-bdr-209d" },
    [],
    {
      disc: [2, 3, 1, 1, 1],
      toc: ["1=14@0", "170=14@11826176"],
      formats: [
        [2, 11_826_176],
        [0x00, 0x3000, 11_826_176],
        [0x30, 0x3000, 11_826_176],
        [0x30, 0x5000, 11_564_032],
        [0x30, 0x1000, 12_088_320],
        [0x31, 0x800, 12_219_392],
      ],
    },
  ],
  [
    "NEC ND-1300A: DVD+R, three closed sessions",
    { medium: "dvd+r", drive: "nec-nd-1300a" },
    [...closedSession(1, 899_648), ...closedSession(2, 901_696 + 435_648), ...closedSession(3, 1_339_392 + 896_000)],
    {
      disc: [1, 0, 4, 4, 4],
      lastLeadOut: 2_295_104,
      tracks: {
        1: ["000", 0, "-", "-", 899_648],
        2: ["000", 901_696, "-", "-", 435_648],
        3: ["000", 1_339_392, "-", "-", 896_000],
        4: ["010", 2_237_440, 2_237_440, 57_664, "-"],
      },
      toc: ["1=17@0", "2=17@901696", "3=17@1339392", "170=17@2235392"],
      lastSession: [3, 1_339_392],
    },
  ],
  [
    "NEC ND-3500AG: DVD+R, closed with two sessions",
    { medium: "dvd+r", drive: "nec-nd-3500ag" },
    [...closedSession(1, 1_433_568), ...closedSession(2, 1_435_616 + 750_256), { is: "finalize" }],
    {
      disc: [2, 3, 2, 2, 2],
      tracks: { 1: ["000", 0, "-", "-", 1_433_568], 2: ["000", 1_435_616, "-", "-", 750_256] },
      lastSession: [2, 1_435_616],
      lastLba: 2_185_871,
    },
  ],
  [
    "TSSTcorp SH-224DB: DVD+R, one closed session",
    { medium: "dvd+r", drive: "tsstcorp-sh-224db" },
    closedSession(1, 1_784_656),
    {
      disc: [1, 0, 2, 2, 2],
      tracks: { 1: ["000", 0, "-", "-", 1_784_656], 2: ["010", 1_786_704, 1_786_704, 508_400, "-"] },
      readCompatibility: 270_336,
      lastLba: 1_784_655,
    },
  ],
  [
    "TSSTcorp TS-L632H: DVD+R, blank",
    { medium: "dvd+r", drive: "tsstcorp-ts-l632h" },
    [],
    { tracks: { 1: ["010", 0, 0, 2_295_104, "-"] } },
  ],
  [
    "HL-DT-ST BT20N: DVD+R with two layers, blank",
    { medium: "dvd+r-dl", drive: "hl-dt-st-bt20n" },
    [],
    {
      tracks: { 1: ["010", 0, 0, 4_173_824, "-"] },
      readCompatibility: 266_240,
      zones: [
        [219_903, 3324],
        [3_953_919, 5540],
        [4_173_823, 3324],
      ],
    },
  ],
  [
    "HL-DT-ST GSA-H31N: DVD-R, blank",
    { medium: "dvd-r", drive: "hl-dt-st-gsa-h31n" },
    [],
    {
      disc: [0, 0, 1, 1, 1],
      tracks: { 1: ["011", 0, 0, 2_297_888, 2_297_888] },
      lastLeadOut: 2_298_496,
      read: "5/64/00",
    },
  ],
  [
    // The drive told the last recorded address of track 2 alone, and printed track 4 as it was.
    "ASUS DRW-2014L1T: DVD-R of 8 cm, its session open",
    { medium: "dvd-r", capacity: 713_952, drive: "asus-drw-2014l1t" },
    [
      { is: "reserve", track: 1, end: 12_272 },
      ...closedTrack(2, 12_544),
      ...closedTrack(3, 677_680),
      ...closedTrack(4, 677_728),
    ],
    {
      disc: [1, 1, 1, 1, 5],
      lastLeadOut: 714_560,
      tracks: {
        1: ["111", 0, 0, 12_272, 12_272],
        2: ["001", 12_288, "-", "-", 256],
        3: ["001", 12_560, "-", "-", 665_120],
        4: ["001", 677_696, "-", "-", 32],
        5: ["011", 677_744, 677_744, 36_208, "-"],
      },
      lastRecorded: { 2: 12_543 },
    },
  ],
  [
    // Captured with a next address also on the damaged track; here REPAIR TRACK comes first (MMC).
    "ASUS DRW-1608P2: DVD-RW, one border, and a second one that a cut damaged",
    { medium: "dvd-rw", drive: "asus-drw-1608p2" },
    closedSession(1, 132_800),
    {
      tracks: { 1: ["001", 0, "-", "-", 132_800], 2: ["011", 161_488, 161_488, 2_136_400, "-"] },
      formats: [[2, 132_800], ...rwFormats],
      lastLba: 4_294_770_688,
    },
  ],
  [
    "AOPEN DUW1608: DVD-RW, recorded at once and closed",
    { medium: "dvd-rw", drive: "aopen-duw1608" },
    [...closedSession(1, 2_285_854), { is: "finalize" }],
    {
      disc: [2, 3, 1, 1, 1],
      tracks: { 1: ["001", 0, "-", "-", 4_294_770_688] },
      lastRecorded: { 1: 2_285_853 },
    },
  ],
  [
    "AOPEN DUW1608: the same DVD-RW, blanked",
    { medium: "dvd-rw", drive: "aopen-duw1608" },
    [],
    { tracks: { 1: ["011", 0, 0, 2_297_888, 2_297_888] }, lastLba: 0 },
  ],
  [
    "MATSHITA UJ8B0AW: DVD-RW for restricted overwrite",
    { medium: "dvd-rw-ro", capacity: 537_856, drive: "matshita-uj8b0aw" },
    [],
    { disc: [2, 3, 1, 1, 1], lastLba: 537_855 },
  ],
  [
    "ASUS DRW-24B1ST: DVD+RW, its format stopped",
    { medium: "dvd+rw", formatted: true, drive: "asus-drw-24b1st" },
    [{ is: "background", value: 1 }],
    {
      disc: [2, 3, 1, 1, 1],
      backgroundFormat: 1,
      formats: [
        [2, 2_295_104],
        [0x26, 0, 2_295_104],
      ],
      tracks: { 1: ["001", 0, "-", "-", 2_295_104] },
      toc: ["1=17@0", "170=17@2295104"],
    },
  ],
  [
    "ASUS DRW-1608P2: DVD+RW, as bought",
    { medium: "dvd+rw", drive: "asus-drw-1608p2" },
    [],
    {
      disc: [0, 0, 1, 1, 1],
      formats: [
        [1, 2_295_104],
        [0x26, 0, 2_295_104],
      ],
      close: [2, "5/30/10"],
    },
  ],
  [
    "TSSTcorp SH-S182M: DVD-RAM",
    { medium: "dvd-ram", drive: "tsstcorp-sh-s182m" },
    [],
    {
      disc: [3, 3, 1, 1, 1],
      lastLba: 2_236_703,
      toc: ["1=14@0", "170=14@2236704"],
      formats: [
        [2, 2_236_704],
        [0x00, 0x800, 2_236_704],
        [0x00, 0x800, 2_295_072],
        [0x01, 0x800, 2_226_976],
        [0x01, 0x800, 2_217_248],
      ],
    },
  ],
  [
    "a blank CD-R of CMC",
    { medium: "cd-r" },
    [],
    { disc: [0, 0, 1, 1, 1], tracks: { 1: ["010", 0, 0, 359_844, 359_844] } },
  ],
  [
    // The captured disc had one block more in all (335045).
    "a CD-R with two closed sessions",
    { medium: "cd-r" },
    [...closedSession(1, 608), ...closedSession(2, 12_010 + 5888)],
    {
      tracks: {
        1: ["000", 0, "-", "-", 608],
        2: ["000", 12_010, "-", "-", 5888],
        3: ["010", 24_800, 24_800, 335_044, "-"],
      },
    },
  ],
  [
    "LITE-ON LTR-48125S: a blank CD-RW that begins in its pregap",
    { medium: "cd-rw", drive: "lite-on-ltr-48125s" },
    [],
    { tracks: { 1: ["010", 0, -150 >>> 0, "-", "-"] } },
  ],
  [
    "TOSHIBA SD-R5272: a closed DVD+R",
    { medium: "dvd+r", drive: "toshiba-sd-r5272" },
    [...closedSession(1, 1_433_568), { is: "finalize" }],
    { disc: [2, 3, 1, 1, 1], tracks: { 1: ["000", 0, "-", "-", 0] } },
  ],
];

describe("what drives of the field answered, by their profiles", () => {
  it.each(captures)("%s", (_name, options, records, captured) => compare(usedDisc(options, ...records), captured));

  it("ATAPI iHBS112: a BD-R takes no WRITE after the format that growisofs does", () => {
    const host = usedDisc({ medium: "bd-r", drive: "atapi-ihbs112" });
    expect(host.format(0x32, 0, 12_088_320)).toBe("good");
    expect(host.write(0, blocksOf(32, 1))).toBe("5/21/00");
  });

  it("ASUS DRW-1608P2: after BLANK all of the DVD-RW is free again, and its damage is told", () => {
    const host = usedDisc({ medium: "dvd-rw", drive: "asus-drw-1608p2" }, ...closedSession(1, 132_800), {
      is: "damage",
      track: 2,
    });
    expect(host.track(2)).toMatchObject({ damage: true, start: 161_488 });
    expect(host.disc()).toMatchObject({ discStatus: 1, sessions: 2 });
    expect(host.send(Uint8Array.from([0xa1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBe("good");
    expect(host.track(1).freeBlocks).toBe(2_297_888);
  });

  it("TSSTcorp SH-S182M: the spare areas of a DVD-RAM; 16 blocks of the first were used up on the captured disc", () => {
    const host = usedDisc({ medium: "dvd-ram", drive: "tsstcorp-sh-s182m" });
    const reply = host.data(readDiscStructure.build({ mediaType: 0, format: 0x0a, allocationLength: 16 }));
    expect(dvdSpare.parse(reply.subarray(4))).toEqual({
      primaryFree: 12_784 + 16,
      supplementaryFree: 58_368,
      supplementary: 58_368,
    });
  });

  it("BLANK of a BD-R and a CD-R is refused", () => {
    const blank = Uint8Array.from([0xa1, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(usedDisc({ medium: "bd-r", drive: "hl-dt-st-wh16ns40" }).send(blank)).toBe("5/30/06");
    expect(usedDisc({ medium: "cd-r" }).send(blank)).toBe("5/30/06");
  });

  it("a drive that hides its next address hides it on every track", () => {
    const drive = {
      identity: { vendor: "X", product: "Y", revision: "" },
      media: [{ profile: "0041", quirks: { withoutNextWritable: true } }],
    } as const;
    const host = usedDisc({ medium: "bd-r", drive });
    const reply = host.data(readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 36 }));
    expect(trackInformation.parse(reply)).toMatchObject({ nextWritableValid: false, freeBlocks: 12_219_392 });
  });
});
