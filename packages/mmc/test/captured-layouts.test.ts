import { describe, expect, it } from "vitest";
import * as mmc from "../src/index.ts";
import { hex } from "./scripted-drive.ts";

describe("captured values of each medium, byte by byte", () => {
  it("the track of a blank BD-R", () => {
    const reply = hex("0022 01 01 00 04 6F 01 00000000 00000000 00BA7400 00000000 00BA7400 00000000 00000000");
    const track = mmc.trackInformation.parse(reply);
    expect(track).toMatchObject({
      trackNumber: 1,
      sessionNumber: 1,
      reservedTrack: false,
      blank: true,
      packet: true,
      nextWritableValid: true,
      lastRecordedValid: false,
      freeBlocks: 12_219_392,
      size: 12_219_392,
    });
    expect(mmc.trackInformation.build(track)).toEqual(reply);
  });

  it("the disc information that a program took for pseudo-overwrite resources", () => {
    const reply = hex("0020 05 01 01 01 03 20 00 00 00 00 00000000");
    expect(mmc.discInformation.parse(reply)).toMatchObject({
      discStatus: 1,
      lastSessionState: 1,
      sessions: 1,
      firstTrackOfLastSession: 1,
      lastTrack: 3,
      unrestricted: true,
    });
    expect(mmc.pseudoOverwriteResources.parse(reply)).toMatchObject({ replacements: 16_843_552, mapEntries: 0 });
  });

  it.each<[string, string, mmc.FormatCapacities]>([
    [
      "BD-RE",
      "30 00B47400 02000800 00B47400 00003000 00B47400 C0003000 00B07400 C0005000 00B87400 C0001000 00BA7400 C4000800",
      {
        blocks: 11_826_176,
        state: 2,
        blockBytes: 2048,
        formats: [
          { type: 0x00, subType: 0, parameter: 0x3000, blocks: 11_826_176 },
          { type: 0x30, subType: 0, parameter: 0x3000, blocks: 11_826_176 },
          { type: 0x30, subType: 0, parameter: 0x5000, blocks: 11_564_032 },
          { type: 0x30, subType: 0, parameter: 0x1000, blocks: 12_088_320 },
          { type: 0x31, subType: 0, parameter: 0x800, blocks: 12_219_392 },
        ],
      },
    ],
    [
      "DVD-RW",
      "20 000206C0 02000800 00231020 00000800 00231020 40000010 00231020 54000010",
      {
        blocks: 132_800,
        state: 2,
        blockBytes: 2048,
        formats: [
          { type: 0x00, subType: 0, parameter: 0x800, blocks: 2_297_888 },
          { type: 0x10, subType: 0, parameter: 0x10, blocks: 2_297_888 },
          { type: 0x15, subType: 0, parameter: 0x10, blocks: 2_297_888 },
        ],
      },
    ],
    [
      "DVD-RAM",
      "28 00222120 02000800 00222120 00000800 00230520 00000800 0021FB20 04000800 0021D520 04000800",
      {
        blocks: 2_236_704,
        state: 2,
        blockBytes: 2048,
        formats: [
          { type: 0x00, subType: 0, parameter: 0x800, blocks: 2_236_704 },
          { type: 0x00, subType: 0, parameter: 0x800, blocks: 2_295_072 },
          { type: 0x01, subType: 0, parameter: 0x800, blocks: 2_226_976 },
          { type: 0x01, subType: 0, parameter: 0x800, blocks: 2_217_248 },
        ],
      },
    ],
  ])("the formats of a %s", (_, list, expected) => {
    const reply = hex(`000000 ${list}`);
    expect(mmc.formatCapacities.parse(reply)).toEqual(expected);
    expect(mmc.formatCapacities.build(expected)).toEqual(reply);
  });

  it("the table of contents of a DVD+R with three sessions", () => {
    const reply = hex(`0022 01 03 00170100 00000000 00170200 000DC240 00170300 00147000 0017AA00 00221C00`);
    expect(mmc.toc.parse(reply)).toEqual({
      first: 1,
      last: 3,
      entries: [
        { adr: 1, control: 7, track: 1, address: 0 },
        { adr: 1, control: 7, track: 2, address: 901_696 },
        { adr: 1, control: 7, track: 3, address: 1_339_392 },
        { adr: 1, control: 7, track: mmc.LEAD_OUT, address: 2_235_392 },
      ],
    });
    expect(mmc.toc.build(mmc.toc.parse(reply))).toEqual(reply);
  });

  it("the table of contents of an audio CD, in minutes, seconds and frames", () => {
    const reply = hex(
      "002A 01 04 00100100 00000200 00100200 00051D0C 00100300 000A2302 00100400 000F0634 0010AA00 00130D16",
    );
    const { entries } = mmc.toc.parse(reply);
    expect(entries.map(({ address }) => mmc.lbaOfMsf(address))).toEqual([0, 24_537, 47_477, 67_852, 86_347]);
    expect(entries.map(({ address }) => mmc.msfOf(mmc.lbaOfMsf(address)))).toEqual(
      entries.map(({ address }) => address),
    );
  });

  it("the raw table of contents of a CD-R with two sessions and room for more", () => {
    const head = (session: number) => [
      { point: mmc.tocPoints.firstTrack, pointTime: session << 16 },
      { point: mmc.tocPoints.lastTrack, pointTime: session << 16 },
    ];
    const of = (session: number, list: readonly Partial<mmc.RawTocEntry>[]): mmc.RawTocEntry[] =>
      list.map((entry) => ({
        session,
        adr: 1,
        control: 4,
        track: 0,
        point: 0,
        time: 0,
        zero: 0,
        pointTime: 0,
        ...entry,
      }));
    const built = mmc.rawToc.build({
      first: 1,
      last: 2,
      entries: [
        ...of(1, [
          ...head(1),
          { point: mmc.tocPoints.leadOut, pointTime: mmc.msfOf(610) },
          { point: 1, pointTime: mmc.msfOf(0) },
          { adr: 5, point: mmc.tocPoints.nextProgram, time: mmc.msfOf(12_010), pointTime: mmc.msfOf(359_845) },
        ]),
        ...of(2, [
          ...head(2),
          { point: mmc.tocPoints.leadOut, pointTime: mmc.msfOf(17_900) },
          { point: 2, pointTime: mmc.msfOf(12_010) },
          { adr: 5, point: mmc.tocPoints.nextProgram, time: mmc.msfOf(24_800), pointTime: mmc.msfOf(359_845) },
        ]),
      ],
    });
    expect(built).toEqual(
      hex(`0070 01 02
        01 14 00 A0 000000 00 010000   01 14 00 A1 000000 00 010000   01 14 00 A2 000000 00 000A0A
        01 14 00 01 000000 00 000200   01 54 00 B0 022A0A 00 4F3B46
        02 14 00 A0 000000 00 020000   02 14 00 A1 000000 00 020000   02 14 00 A2 000000 00 040032
        02 14 00 02 000000 00 022A0A   02 54 00 B0 052032 00 4F3B46`),
    );
  });

  it("the write speeds of a BD-R: the highest with constant angular velocity, the lowest without", () => {
    const reply = hex(`00000024 00000000 08000000 00BA73FF 00006960 0000D2C0 00000000 00BA73FF 00006960 00004640`);
    expect(mmc.writeSpeeds.parse(reply)).toMatchObject([
      { rotation: 1, endLba: 12_219_391, readSpeed: 26_976, writeSpeed: 53_952 },
      { rotation: 0, endLba: 12_219_391, readSpeed: 26_976, writeSpeed: 17_984 },
    ]);
    expect(mmc.writeSpeeds.build(mmc.writeSpeeds.parse(reply))).toEqual(reply);
  });

  it("the spare areas of a DVD-RAM and of a BD-R", () => {
    const ram = mmc.discStructure.parse(hex("000E 0000 000031F0 0000E400 0000E400"));
    expect(mmc.dvdSpare.parse(ram)).toEqual({
      primaryFree: 12_784,
      supplementaryFree: 58_368,
      supplementary: 58_368,
    });
    const bd = mmc.discStructure.parse(hex("000E 0000 00000000 00008F40 00010000"));
    expect(mmc.bdSpare.parse(bd)).toEqual({ free: 36_672, allocated: 65_536 });
  });

  it("the maker of a DVD-RW, in its pre-recorded information", () => {
    const text = (value: string) => Buffer.from(value, "latin1").toString("hex");
    const data = hex(`${"00".repeat(16)} 03 ${text("RITEKW")} 00 04 ${text("04\0\0\0\0")} 00 ${"00".repeat(8)}`);
    expect(mmc.dvdPreRecorded.parse(data)).toEqual({
      manufacturerField: 3,
      manufacturer: "RITEKW",
      mediaTypeField: 4,
      mediaType: "04",
    });
  });

  it("negative addresses in a CD's lead-in", () => {
    expect(mmc.write10.build({ lba: -150 }).subarray(2, 6)).toEqual(hex("FFFFFF6A"));
    expect(mmc.write10.build({ lba: -11_635 }).subarray(2, 6)).toEqual(hex("FFFFD28D"));
  });
});

describe("write parameters, as programs for these media send them", () => {
  const { writeTypes, multisessionModes, trackModes, dataBlockTypes } = mmc;
  const { mode1: dataBlockType } = dataBlockTypes;

  it.each<[string, Parameters<typeof mmc.writeParametersPage.build>[0], string]>([
    [
      "CD, track at once, more sessions to come",
      {
        bufferUnderrunFree: true,
        writeType: writeTypes.trackAtOnce,
        multisession: multisessionModes.nextAllowed,
        trackMode: trackModes.data,
        dataBlockType,
      },
      "05 32 41 C4 08 00 00 00 00 00 00000000 0096",
    ],
    [
      "CD, track at once, the last session, as a test",
      { testWrite: true, writeType: writeTypes.trackAtOnce, trackMode: trackModes.data, dataBlockType },
      "05 32 11 04 08 00 00 00 00 00 00000000 0096",
    ],
    ["CD, session at once", { writeType: writeTypes.sessionAtOnce }, "05 32 02 00 00 00 00 00 00 00 00000000 0096"],
    [
      "DVD-R, incremental",
      {
        bufferUnderrunFree: true,
        linkSizeValid: true,
        writeType: writeTypes.packet,
        multisession: multisessionModes.nextAllowed,
        fixedPacket: true,
        trackMode: trackModes.incremental,
        dataBlockType,
        linkSize: 16,
        packetSize: 16,
      },
      "05 32 60 E5 08 10 00 00 00 00 00000010 0096",
    ],
    [
      "DVD-R, disc at once",
      {
        bufferUnderrunFree: true,
        writeType: writeTypes.sessionAtOnce,
        trackMode: trackModes.incremental,
        dataBlockType,
      },
      "05 32 42 05 08 00 00 00 00 00 00000000 0096",
    ],
  ])("%s", (_, values, bytes) => {
    const page = mmc.writeParametersPage.build(values);
    expect(page).toHaveLength(52);
    expect(page.subarray(0, 16)).toEqual(hex(bytes));
    expect(mmc.writeParametersPage.parse(page)).toMatchObject(values);
  });
});
