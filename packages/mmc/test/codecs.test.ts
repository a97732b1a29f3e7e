import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Codec } from "../src/index.ts";
import * as mmc from "../src/index.ts";
import { hex } from "./scripted-drive.ts";

const byte = fc.nat(0xff);
const word = fc.nat(0xffff);
const long = fc.integer({ min: 0, max: 0xffff_ffff });
const data = (maxLength: number) => fc.uint8Array({ maxLength });
const ascii = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 20 })
  .map((value) => value.trimEnd());

function roundTrip<T>(codec: Codec<T>, values: fc.Arbitrary<T>): void {
  fc.assert(
    fc.property(values, (value) => void expect(codec.parse(codec.build(value))).toEqual(value)),
    { numRuns: 60 },
  );
}

describe("lists read back what they wrote", () => {
  it("GET CONFIGURATION", () => {
    const length = fc.nat(8).map((words) => words * 4);
    const feature = fc.record({
      code: word,
      version: fc.nat(15),
      isPersistent: fc.boolean(),
      isCurrent: fc.boolean(),
      data: length.chain((size) => fc.uint8Array({ minLength: size, maxLength: size })),
    });
    roundTrip(mmc.configuration, fc.record({ profile: word, features: fc.array(feature, { maxLength: 6 }) }));
  });

  it("the profile list", () => {
    roundTrip(mmc.profileList, fc.array(fc.record({ profile: word, isCurrent: fc.boolean() })));
  });

  it("READ FORMAT CAPACITIES", () => {
    const format = fc.record({ blocks: long, type: fc.nat(63), subType: fc.nat(3), parameter: fc.nat(0xff_ffff) });
    roundTrip(
      mmc.formatCapacities,
      fc.record({
        blocks: long,
        state: fc.nat(3),
        blockBytes: fc.nat(0xff_ffff),
        formats: fc.array(format, { maxLength: 20 }),
      }),
    );
  });

  it("READ TOC", () => {
    const entry = fc.record({ adr: fc.nat(15), control: fc.nat(15), track: byte, address: long });
    roundTrip(mmc.toc, fc.record({ first: byte, last: byte, entries: fc.array(entry) }));
  });

  it("MODE SENSE pages", () => {
    const page = fc.tuple(fc.nat(0x3f), data(40)).map(([code, body]) => Uint8Array.from([code, body.length, ...body]));
    roundTrip(mmc.modeData, fc.record({ mediumType: byte, pages: fc.array(page) }));
  });

  it("mode page 2Ah", () => {
    const speed = fc.record({ rotation: fc.nat(3), speed: word });
    fc.assert(
      fc.property(fc.array(speed, { maxLength: 50 }), word, (writeSpeeds, bufferSize) => {
        const page = mmc.capabilitiesPage.build({ writeSpeeds, bufferSize });
        expect(page).toHaveLength(2 + (page[1] ?? 0));
        expect(mmc.capabilitiesPage.parse(page)).toMatchObject({ writeSpeeds, bufferSize, pageCode: 0x2a });
      }),
      { numRuns: 60 },
    );
  });

  it("GET PERFORMANCE", () => {
    const speed = fc.record({ startLba: long, startSpeed: long, endLba: long, endSpeed: long });
    roundTrip(mmc.performance, fc.record({ isWrite: fc.boolean(), speeds: fc.array(speed) }));
    const write = fc.record({
      rotation: fc.nat(3),
      restoreDefaults: fc.boolean(),
      exact: fc.boolean(),
      mixed: fc.boolean(),
      endLba: long,
      readSpeed: long,
      writeSpeed: long,
    });
    roundTrip(mmc.writeSpeeds, fc.array(write));
  });

  it("GET EVENT STATUS NOTIFICATION, with an event and without", () => {
    const event = fc.record({ class: fc.nat(7), code: fc.nat(15), status: byte, parameter: word });
    roundTrip(mmc.eventStatus, fc.record({ supported: byte, event }));
    roundTrip(mmc.eventStatus, fc.record({ supported: byte }));
  });

  it("INQUIRY pages, REPORT LUNS, serial numbers, structures", () => {
    roundTrip(mmc.vitalPage, fc.record({ page: byte, data: data(60) }));
    roundTrip(mmc.supportedPages, fc.array(byte));
    roundTrip(mmc.serialNumber, ascii);
    roundTrip(mmc.serialNumberFeature, ascii);
    const designator = fc.record({ codeSet: fc.nat(15), association: fc.nat(3), type: fc.nat(15), value: data(30) });
    roundTrip(mmc.deviceIdentification, fc.array(designator));
    roundTrip(mmc.lunList, fc.array(word));
    roundTrip(mmc.discStructure, data(4096));
  });

  it("power calibration, cue sheets, raw tables of contents, CD-Text", () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    roundTrip(mmc.calibrationTable, fc.array(fc.record({ speed: word, values: bytes(6) })));
    const cue = fc.record({
      control: fc.nat(15),
      adr: fc.nat(15),
      track: byte,
      index: byte,
      dataForm: byte,
      serialCopy: byte,
      address: fc.nat(0xff_ffff),
    });
    roundTrip(mmc.cueSheet, fc.array(cue));
    const entry = fc.record({
      session: byte,
      adr: fc.nat(15),
      control: fc.nat(15),
      track: byte,
      point: byte,
      time: fc.nat(0xff_ffff),
      zero: byte,
      pointTime: fc.nat(0xff_ffff),
    });
    roundTrip(mmc.rawToc, fc.record({ first: byte, last: byte, entries: fc.array(entry) }));
    const pack = fc.record({
      type: byte,
      track: byte,
      sequence: byte,
      doubleByte: fc.boolean(),
      block: fc.nat(7),
      position: fc.nat(15),
      text: bytes(12),
      checksum: word,
    });
    roundTrip(mmc.cdText, fc.array(pack));
  });

  it("lists of structures, BD access control, MODE SENSE(6) pages", () => {
    const entry = fc.record({ format: byte, canSend: fc.boolean(), canRead: fc.boolean(), length: word });
    roundTrip(mmc.structureList, fc.array(entry));
    const units = fc.array(fc.uint8Array({ minLength: 384, maxLength: 384 }), { maxLength: 3 });
    roundTrip(mmc.bdAccessControl, units);
    expect(() => mmc.bdAccessControl.build([new Uint8Array(383)])).toThrow(TypeError);
    const page = fc.tuple(fc.nat(0x3f), data(20)).map(([code, body]) => Uint8Array.from([code, body.length, ...body]));
    roundTrip(mmc.modeData6, fc.record({ mediumType: byte, pages: fc.array(page, { maxLength: 5 }) }));
  });

  it("link sizes behind a feature's fields", () => {
    const { incrementalStreaming } = mmc.features;
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 9 }), word, (sizes, dataBlockTypes) => {
        const feature = mmc.withLinkSizes(
          incrementalStreaming.describe({ isCurrent: true }, { dataBlockTypes }),
          sizes,
        );
        expect(mmc.linkSizes(feature)).toEqual(sizes);
        expect(feature.data.length % 4).toBe(0);
        expect(incrementalStreaming.read(feature)).toMatchObject({ dataBlockTypes, linkSizes: sizes.length });
      }),
      { numRuns: 60 },
    );
  });

  it("every feature descriptor", () => {
    for (const feature of Object.values(mmc.features)) {
      const described = feature.describe({ isCurrent: true, version: 1 });
      expect(described).toMatchObject({ code: feature.code, isCurrent: true, isPersistent: false, version: 1 });
      expect(feature.read(described)).toEqual(feature.layout.parse(feature.layout.build({})));
    }
    const { randomWritable } = mmc.features;
    const values = { lastLba: 12_088_319, blockBytes: 2048, blocking: 32, hasErrorPage: true };
    expect(randomWritable.read(randomWritable.describe({ isCurrent: true }, values))).toEqual(values);
  });
});

describe("captured bytes", () => {
  it("READ TRACK INFORMATION of a formatted CD-RW, in a 34-byte reply", () => {
    const reply = hex("0022 01 01 00 07 B2 00 00000000 00000000 00000000 00000020 00048160 0000000000 00");
    expect(mmc.trackInformation.parse(reply)).toMatchObject({
      trackNumber: 1,
      sessionNumber: 1,
      trackMode: 7,
      reservedTrack: true,
      blank: false,
      packet: true,
      fixedPacket: true,
      dataMode: 2,
      packetSize: 32,
      size: 295_264,
      nextWritableValid: false,
    });
  });

  it("READ TRACK INFORMATION of a CD-RW that is closed and not formatted", () => {
    const reply = hex("0022 01 01 00 04 01 00 00000000 00000000 00000000 00000000 00008581 0000000000 00");
    const expected = { trackMode: 4, dataMode: 1, packet: false, fixedPacket: false, size: 0x8581 };
    expect(mmc.trackInformation.parse(reply)).toMatchObject(expected);
  });

  it.each([
    ["CMC", "97:26/66", -11_634, "79:59/71", 359_846],
    ["MBI", "97:17/06", -12_369, "79:59/74", 359_849],
    ["MCC", "97:34/23", -11_077, "79:59/73", 359_848],
    ["INFODISC, CD-RW 8 cm", "97:25/30", -11_745, "24:01/05", 107_930],
  ])("ATIP of a CD-R by %s", (_, leadIn, leadInLba, leadOut, leadOutLba) => {
    const msf = (time: string) =>
      time
        .split(/[:/]/)
        .map((part) => Number(part).toString(16).padStart(2, "0"))
        .join("");
    const { leadIn: start, lastLeadOut } = mmc.atip.parse(
      hex(`001A 0000 D4 00 80 00 ${msf(leadIn)} 00 ${msf(leadOut)}`),
    );
    expect([start, lastLeadOut].map(mmc.lbaOfMsf)).toEqual([leadInLba, leadOutLba]);
  });

  it("ATIP of a CD-RW 8 cm: its additional values", () => {
    const reply = hex("001A 0000 D4 00 C6 00 61191E 00 180105 00 241AD8 00 26B24A 00 000000 00");
    expect(mmc.atip.parse(reply)).toMatchObject({
      rewritable: true,
      hasA1: true,
      hasA2: true,
      hasA3: false,
      a1: 0x24_1a_d8,
      a2: 0x26_b2_4a,
    });
    expect(mmc.atip.build(mmc.atip.parse(reply))).toEqual(reply);
  });

  it("READ DISC INFORMATION of a formatted BD-RE", () => {
    const values = {
      erasable: true,
      lastSessionState: 3,
      discStatus: 2,
      sessions: 1,
      firstTrackOfLastSession: 1,
      lastTrack: 1,
    };
    expect(mmc.discInformation.parse(hex("00 20 1E 01 01 01 01 00"))).toMatchObject(values);
    expect(mmc.discInformation.build(values).subarray(0, 8)).toEqual(hex("00 20 1E 01 01 01 01 00"));
  });

  it("READ TOC of an audio CD", () => {
    const track = (number: string, address: string) => `00 10 ${number} 00 ${address}`;
    const reply = hex(
      `002A 01 04 ${track("01", "00000000")} ${track("02", "00005FD9")} ${track("03", "0000B975")} ${track("04", "0001090C")} ${track("AA", "0001514B")}`,
    );
    const { entries, ...ends } = mmc.toc.parse(reply);
    expect(ends).toEqual({ first: 1, last: 4 });
    expect(entries.map(({ address }) => address)).toEqual([0, 24_537, 47_477, 67_852, 86_347]);
    expect(entries.map(({ adr, control }) => [adr, control])).toEqual(Array(5).fill([1, 0]));
    expect(mmc.toc.build({ ...ends, entries })).toEqual(reply);
  });

  it("READ CAPACITY", () => {
    expect(mmc.capacityData.parse(hex("00 15 81 9F 00 00 08 00"))).toEqual({ lastLba: 1_409_439, blockBytes: 2048 });
  });

  it("GET CONFIGURATION headers of two BD-R drives, and of a feature that is missing", () => {
    expect(mmc.configuration.parse(hex("00 00 01 D8 00 00 00 41"))).toEqual({ profile: 0x41, features: [] });
    expect(mmc.configuration.build({ profile: 0, features: [] })).toEqual(hex("00 00 00 04 00 00 00 00"));
  });

  it("BD disc information of a BD-R QL: SONY/NQ1", () => {
    const unit = hex(`
      44 49 04 80 00 00 63 00 42 44 52 12 42 04 00 00 01 00 00 00 02 00 00 00 1F CD 7E 00 03 01 78 78
      00 01 2A 58 73 01 01 2A 1C 64 80 48 48 38 38 38 78 78 78 78 78 00 00 00 80 80 80 D8 D8 D8 D8 D8
      ${"00".repeat(32)} 00 00 00 00 53 4F 4E 59 00 00 4E 51 31 00 00 01`);
    const [parsed, ...rest] = mmc.bdDiscInformation.parse(unit);
    expect(rest).toEqual([]);
    expect(parsed).toMatchObject({
      format: 4,
      discType: "BDR",
      layers: 4,
      channelLength: 4,
      manufacturer: "SONY",
      mediaType: "NQ1",
    });
  });

  it("BD disc information of a BD-R SL", () => {
    const unit = hex("44 49 01 28 00 00 62 00 42 44 52 01 12 01 00 00 01 00 00 00 00 00 00 00 00 02 00 00 00 19 4E 7E");
    expect(mmc.bdDiscUnit.parse(unit)).toMatchObject({
      unitsPerBlock: 5,
      layer: 0,
      length: 98,
      layers: 1,
      channelLength: 1,
      burstCutting: 1,
      firstUnit: 131_072,
      lastUnit: 1_658_494,
    });
  });

  it("the questions that Linux asks: the session in byte 9, events, mode page 2Ah", () => {
    expect(mmc.tocFormat(mmc.readToc.parse(hex("43 00 00 00 00 00 00 00 0C 40")))).toBe(1);
    expect(mmc.tocFormat(mmc.readToc.parse(hex("43 02 02 00 00 00 00 00 04 00")))).toBe(2);
    expect(mmc.getEventStatus.parse(hex("4A 01 00 00 10 00 00 00 08 00"))).toEqual({
      polled: true,
      classes: 1 << 4,
      allocationLength: 8,
    });
    expect(mmc.modeSense10.parse(hex("5A 00 2A 00 00 00 00 00 80 00"))).toMatchObject({
      page: 0x2a,
      allocationLength: 128,
    });
  });

  it("the format parameters of growisofs for pseudo-overwrite", () => {
    const list = mmc.formatParameters.build({ immediate: true, blocks: 12_088_320, type: 0x32, subType: 0 });
    expect(list).toEqual(hex("00 02 00 08 00 B8 74 00 C8 00 00 00"));
    expect(mmc.formatUnit.build({})).toEqual(hex("04 11 00 00 00 00"));
  });
});

it.each([
  [0, 0x00_00_02_00],
  [-150, 0x00_00_00_00],
  [-11_634, 0x00_61_1a_42],
  [359_846, 0x00_4f_3b_47],
])("block %i is MSF %i, and back", (lba, msf) => {
  expect(mmc.msfOf(lba)).toBe(msf);
  expect(mmc.lbaOfMsf(msf)).toBe(lba);
});

it("MSF of a DVD's blocks is clamped to 255:59:74", () => {
  expect(mmc.msfOf(2_295_103)).toBe(0x00_ff_3b_4a);
});

describe("commands", () => {
  it.each([
    [mmc.read10.build({ lba: 0x123456, blocks: 32 }), "28 00 00 12 34 56 00 00 20 00"],
    [mmc.write10.build({ lba: -150, blocks: 1 }), "2A 00 FF FF FF 6A 00 00 01 00"],
    [mmc.write12.build({ lba: 1, blocks: 2, streaming: true }), "AA 00 00 00 00 01 00 00 00 02 80 00"],
    [mmc.reserveTrack.build({ blocks: 0x12345678 }), "53 00 00 00 00 12 34 56 78 00"],
    [mmc.reserveTrackAt.build({ lba: 0x12345678 }), "53 01 12 34 56 78 00 00 00 00"],
    [mmc.closeTrackSession.build({ immediate: true, function: 1, number: 3 }), "5B 01 01 00 00 03 00 00 00 00"],
    [
      mmc.readDiscStructure.build({ mediaType: 1, format: 0, allocationLength: 4100 }),
      "AD 01 00 00 00 00 00 00 10 04 00 00",
    ],
    [mmc.readDiscInformation.build({ dataType: 2, allocationLength: 16 }), "51 02 00 00 00 00 00 00 10 00"],
    [mmc.startStopUnit.build({ loadEject: true, start: true }), "1B 00 00 00 03 00"],
    [mmc.blank.build({ immediate: true, type: mmc.blankTypes.minimal }), "A1 11 00 00 00 00 00 00 00 00 00 00"],
    [mmc.sendOpcInformation.build({ doOpc: true }), "54 01 00 00 00 00 00 00 00 00"],
    [mmc.sendCueSheet.build({ size: 32 }), "5D 00 00 00 00 00 00 00 20 00"],
    [mmc.repairTrack.build({ immediate: true, track: 2 }), "58 01 00 00 00 02 00 00 00 00"],
    [mmc.readCd.build({ lba: -150, blocks: 1, userData: true }), "BE 00 FF FF FF 6A 00 00 01 10 00 00"],
    [mmc.seek10.build({ lba: 16 }), "2B 00 00 00 00 10 00 00 00 00"],
    [mmc.writeAndVerify10.build({ lba: 16, blocks: 16 }), "2E 00 00 00 00 10 00 00 10 00"],
    [mmc.modeSense6.build({ page: 0x2a, allocationLength: 128 }), "1A 00 2A 00 80 00"],
    [mmc.modeSelect6.build({ parameterLength: 56 }), "15 10 00 00 38 00"],
    [mmc.sendDiscStructure.build({ format: 0x20, parameterLength: 12 }), "BF 00 00 00 00 00 00 20 00 0C 00 00"],
    [mmc.reserve6.build({}), "16 00 00 00 00 00"],
    [mmc.release10.build({}), "57 00 00 00 00 00 00 00 00 00"],
  ])("are built byte for byte: %#", (cdb, bytes) => {
    expect(cdb).toEqual(hex(bytes));
  });

  it.each([
    [hex("2A 00 00 00 00 40 00 00 20 00"), "WRITE(10) lba 64, blocks 32"],
    [hex("00 00 00 00 00 00"), "TEST UNIT READY"],
    [hex("5B 01 02 00 00 00 00 00 00 00"), "CLOSE TRACK SESSION immediate, function 2"],
    [hex("5D"), "SEND CUE SHEET"],
    [hex("A3"), "SEND KEY"],
    [hex("A1 11 00 00 00 00 00 00 00 00 00 00"), "BLANK immediate, type 1"],
    [hex("D8 01"), "command D8h"],
    [new Uint8Array(), "TEST UNIT READY"],
  ])("are said in words: %#", (cdb, words) => {
    expect(mmc.describeCommand(cdb)).toBe(words);
  });

  it("of any bytes can be said", () => {
    fc.assert(fc.property(data(16), (cdb) => void expect(mmc.describeCommand(cdb)).toMatch(/^[A-Zc]/)));
  });

  it("have the length of their group", () => {
    for (const { opcode, length } of Object.values(mmc.opcodes)) expect(mmc.cdbLength(opcode)).toBe(length);
    expect(mmc.cdbLength(0x88)).toBe(16);
  });
});

describe("current features", () => {
  it.each([
    ["no medium", 0x00, [], [0x00, 0x01, 0x02, 0x03, 0x100, 0x105, 0x108]],
    [
      "BD-R, blank",
      0x41,
      ["blank"],
      [0x00, 0x01, 0x02, 0x03, 0x10, 0x21, 0x23, 0x40, 0x41, 0x100, 0x105, 0x107, 0x108],
    ],
    [
      "BD-R, pseudo-overwrite",
      0x41,
      ["spares", "pseudo-overwrite"],
      [0x00, 0x01, 0x02, 0x03, 0x10, 0x21, 0x24, 0x38, 0x40, 0x41, 0x100, 0x105, 0x107, 0x108],
    ],
    ["DVD+RW", 0x1a, [], [0x00, 0x01, 0x02, 0x03, 0x10, 0x1f, 0x20, 0x23, 0x2a, 0x100, 0x105, 0x107, 0x108]],
  ] as const)("of %s", (_, profile, conditions, expected) => {
    expect(mmc.currentFeatures(profile, conditions)).toEqual(expected);
  });
});
