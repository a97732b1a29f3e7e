import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { captureDocument, captureOf, type DriveCapture, openMmcRecorder, parseCapture } from "../src/index.ts";
import { type CapturedDisc, insert } from "./captured-discs.ts";
import * as golden from "./golden-discs.ts";
import { fails, hex, ScriptedDrive, TestClock } from "./scripted-drive.ts";

const whole: DriveCapture = {
  identity: { vendor: "PIONEER", product: "BD-RW BDR-209D", revision: "1.51" },
  profiles: ["0043", "0041"],
  features: [
    { code: "0021", version: 1, data: "00010100" },
    { code: "0108", isPersistent: true },
  ],
  media: [
    {
      profile: "0041",
      mediaId: "VERBAT/IMe",
      writeSpeeds: [{ speed: 53_952, isAngular: true }, { speed: 17_984 }],
      readSpeed: 26_976,
      writeZones: [{ from: 0, to: 99, startSpeed: 1, endSpeed: 2 }],
      bufferBytes: 1_572_864,
      quirks: {
        pseudoOverwriteWhileBlank: true,
        readCompatibility: 5,
        unformattedSpare: { key: 5, asc: 0x24, ascq: 0 },
      },
    },
  ],
};
const document = (change: object): string => JSON.stringify({ ...captureDocument(whole), ...change });

describe("the document of a capture", () => {
  it("holds all of it, with senses in short", () => {
    expect(parseCapture(document({}), "drive.json")).toEqual(whole);
    expect(document({})).toContain('"unformattedSpare":"5/24/00"');
  });

  it("may have members that are not known yet", () => {
    expect(parseCapture(document({ remark: "of a friend" }), "drive.json")).toEqual(whole);
  });

  it.each<[string, string]>([
    ["{", "it is no JSON"],
    ["[]", "the document is no object"],
    [document({ kind: "plan" }), 'its kind is not "drive"'],
    [document({ version: 2 }), "only version 1 is known"],
    [document({ identity: { vendor: "MUCH TOO LONG", product: "", revision: "" } }), "identity.vendor"],
    [document({ identity: { vendor: "Ä", product: "", revision: "" } }), "identity.vendor"],
    [document({ profiles: ["41"] }), "profiles[0] is not four hexadecimal digits"],
    [document({ features: [{ code: "0021", data: "0" }] }), "features[0].data"],
    [document({ features: [{ code: "0021" }, { code: "0021" }] }), "features names one thing twice"],
    [document({ media: [{ profile: "0041", readSpeed: 0 }] }), "media[0].readSpeed"],
    [document({ media: [{ profile: "0041", readSpeed: 1.5 }] }), "media[0].readSpeed"],
    [document({ media: [{ profile: "0041", quirks: { unsetCapacity: "yes" } }] }), "media[0].quirks.unsetCapacity"],
    [
      document({ media: [{ profile: "0041", quirks: { writeAfterFormat: "5/24" } }] }),
      "media[0].quirks.writeAfterFormat",
    ],
    [document({ media: [{ profile: "0041" }, { profile: "0041" }] }), "media names one thing twice"],
  ])("is refused with what is wrong: %s", (text, what) => {
    expect(() => parseCapture(text, "drive.json")).toThrow(
      expect.objectContaining({ code: "mmc/capture-invalid", message: expect.stringContaining(what) }),
    );
  });

  it("of any text either is one, and can be written again, or is refused", () => {
    const json = fc.oneof(
      fc.json(),
      fc.jsonValue().map((value) => document({ media: value })),
      fc.jsonValue().map((value) => document({ media: [{ profile: "0041", quirks: value, writeSpeeds: value }] })),
      fc.jsonValue().map((value) => document({ features: [value], identity: value })),
    );
    fc.assert(
      fc.property(json, (text) => {
        let capture: DriveCapture;
        try {
          capture = parseCapture(text, "x");
        } catch (error) {
          expect(error).toMatchObject({ code: "mmc/capture-invalid" });
          return;
        }
        expect(captureOf(JSON.parse(JSON.stringify(captureDocument(capture))))).toEqual(capture);
      }),
    );
  });
});

async function captureOfDisc(
  disc: CapturedDisc,
  prepare: (drive: ScriptedDrive) => void = () => {},
): Promise<DriveCapture> {
  const drive = insert(new ScriptedDrive(), disc);
  prepare(drive);
  await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
  return await recorder.capture();
}

describe("a capture", () => {
  it("of a drive that answers little holds little", async () => {
    expect(await captureOfDisc(golden.blankBdRRitek)).toEqual({
      identity: { vendor: "HL-DT-ST", product: "BD-RE  WH16NS40", revision: "1.00" },
      features: [],
      media: [{ profile: "0041", mediaId: "RITEK/BR2" }],
    });
  });

  it("never holds the serial number of the drive, nor what depends on the disc", async () => {
    const features = "0000 03 04 00410100 0010 01 08 00000800 00200000 0108 03 08 4B45454E41303031 FF00 01 04 4B454550";
    const capture = await captureOfDisc({ ...golden.blankBdRRitek, features });
    expect(capture.profiles).toEqual(["0041"]);
    expect(capture.features).toEqual([{ code: "0010" }, { code: "0108", isPersistent: true }, { code: "FF00" }]);
  });

  it("holds the quirks that a disc shows", async () => {
    expect((await captureOfDisc(golden.blankCdRw)).media[0]?.quirks).toEqual({ startsInPregap: true });
    const unset = { ...golden.dvdRwAfterOne, capacity: "FFFD0000 00000800" };
    expect((await captureOfDisc(unset)).media[0]?.quirks).toEqual({ unsetCapacity: true });
  });

  it("holds speeds, and the stretches of the disc that have speeds of their own", async () => {
    const capture = await captureOfDisc(golden.blankBdRRitek, (drive) => {
      drive.always("getPerformance", ({ cdb }) =>
        cdb[10] === 3
          ? hex("00000024 00000000 08000000 00BA73FF 00006960 0000D2C0 00000000 00BA73FF 00006960 00004640")
          : hex("00000024 02000000 00000000 00001000 000003E7 00002000 000003E8 00002000 00BA73FF 00001000"),
      );
      drive.always("readBufferCapacity", fails("5/20/00"));
    });
    expect(capture.media[0]).toEqual({
      profile: "0041",
      mediaId: "RITEK/BR2",
      writeSpeeds: [{ speed: 53_952, isAngular: true }, { speed: 17_984 }],
      readSpeed: 26_976,
      writeZones: [
        { from: 0, to: 999, startSpeed: 4096, endSpeed: 8192 },
        { from: 1000, to: 12_219_391, startSpeed: 8192, endSpeed: 4096 },
      ],
    });
  });
});
