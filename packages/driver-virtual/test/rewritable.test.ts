import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bdDiscInformation,
  bdSpare,
  capacityData,
  configuration,
  discStructure,
  dvdPhysicalFormat,
  dvdSpare,
  formatCapacities,
  getConfiguration,
  openMmcRecorder,
  readCapacity,
  readDiscStructure,
  readFormatCapacities,
  readToc,
  toc,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createDisc, createVirtualRecorder, openDisc, type VirtualRecorderOptions } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const hostOf = (options: VirtualRecorderOptions): Initiator => new Initiator(createVirtualRecorder(options));

/** All that a host asks of a random writable medium. */
function answers(host: Initiator): Readonly<Record<string, unknown>> {
  const { discStatus, lastSessionState, sessions, lastTrack, erasable, backgroundFormat } = host.disc();
  const { start, size, blank, packet, nextWritableValid, freeBlocks, trackMode } = host.track(1);
  const read = host.data(getConfiguration.build({ requestType: 1, allocationLength: 1024 }));
  const { profile, features } = configuration.parse(read);
  const table = host.recorder.run({ cdb: readToc.build({ allocationLength: 804 }) }).dataIn;
  const { blocks, state, formats } = formatCapacities.parse(
    host.data(readFormatCapacities.build({ allocationLength: 252 })),
  );
  return {
    profile,
    features: features.map(({ code }) => code).filter((code) => code > 3 && code < 0x100),
    disc: [discStatus, lastSessionState, sessions, lastTrack, erasable, backgroundFormat],
    track: [start, size, blank, packet, nextWritableValid, freeBlocks, trackMode],
    lastLba: capacityData.parse(host.data(readCapacity.build({}))).lastLba,
    toc: table && toc.parse(table).entries.map(({ track, adr, control, address }) => [track, adr, control, address]),
    formats: [state, blocks, ...formats.map((format) => [format.type, format.parameter, format.blocks])],
  };
}

const bdReFormats = [
  [0x00, 0x3000, 11_826_176],
  [0x30, 0x3000, 11_826_176],
  [0x30, 0x5000, 11_564_032],
  [0x30, 0x1000, 12_088_320],
  [0x31, 0x800, 12_219_392],
];
const ramFormats = [
  [0x00, 0x800, 2_236_704],
  [0x00, 0x800, 2_295_072],
  [0x01, 0x800, 2_226_976],
  [0x01, 0x800, 2_217_248],
];
const bdRe = { profile: 0x43, features: [0x10, 0x20, 0x23, 0x24, 0x40, 0x41] };
const ram = { profile: 0x12, features: [0x10, 0x1f, 0x20, 0x23, 0x24] };

describe("what a host is told", () => {
  it("of a BD-RE as bought", () => {
    expect(answers(hostOf({ medium: "bd-re" }))).toEqual({
      ...bdRe,
      disc: [0, 0, 1, 1, true, 0],
      track: [0, 12_219_392, true, false, false, 12_219_392, 4],
      lastLba: 0,
      toc: undefined,
      formats: [1, 12_219_392, ...bdReFormats],
    });
  });

  it("of a formatted BD-RE (PIONEER BDR-209D, CMCMAG/CN2), before and after it is written", () => {
    const host = hostOf({ medium: "bd-re", formatted: true });
    const formatted = {
      ...bdRe,
      disc: [2, 3, 1, 1, true, 0],
      track: [0, 11_826_176, false, true, false, 0, 4],
      lastLba: 11_826_175,
      toc: [
        [1, 1, 4, 0],
        [0xaa, 1, 4, 11_826_176],
      ],
      formats: [2, 11_826_176, ...bdReFormats],
    };
    expect(answers(host)).toEqual(formatted);
    expect(host.hex(Uint8Array.from([0x51, 0, 0, 0, 0, 0, 0, 0, 8, 0]))).toBe("00201e0101010100");
    host.write(32, blocksOf(64, 1));
    host.sync();
    expect(answers(host)).toEqual(formatted);
  });

  it("of a DVD-RAM (TSSTcorp SH-S182M)", () => {
    const host = hostOf({ medium: "dvd-ram" });
    const formatted = {
      ...ram,
      disc: [3, 3, 1, 1, true, 0],
      track: [0, 2_236_704, false, true, false, 0, 4],
      lastLba: 2_236_703,
      toc: [
        [1, 1, 4, 0],
        [0xaa, 1, 4, 2_236_704],
      ],
      formats: [2, 2_236_704, ...ramFormats],
    };
    expect(answers(host)).toEqual(formatted);
    host.write(32, blocksOf(64, 1));
    host.sync();
    expect(answers(host)).toEqual(formatted);
  });

  it("by the structures of the medium", () => {
    const structure = (host: Initiator, mediaType: number, format: number): Uint8Array =>
      discStructure.parse(host.data(readDiscStructure.build({ mediaType, format, allocationLength: 4100 })));
    const blue = hostOf({ medium: "bd-re", formatted: true });
    expect(bdDiscInformation.parse(structure(blue, 1, 0))[0]).toMatchObject({ discType: "BDW", mediaType: "We1" });
    expect(bdSpare.parse(structure(blue, 1, 0x0a))).toEqual({ free: 393_216, allocated: 393_216 });
    const red = hostOf({ medium: "dvd-ram" });
    expect(dvdPhysicalFormat.parse(structure(red, 0, 0))).toMatchObject({ book: 1, version: 6, manufacturer: "" });
    expect(dvdSpare.parse(structure(red, 0, 0x0a))).toEqual({
      primaryFree: 12_800,
      supplementaryFree: 58_368,
      supplementary: 58_368,
    });
    expect(red.send(readDiscStructure.build({ format: 0x11, allocationLength: 2052 }))).toBe("5/24/00");
  });
});

describe("FORMAT UNIT", () => {
  it.each([
    ["bd-re", 0x00, 0, 1, 11_826_176],
    ["bd-re", 0x30, 1, 11_564_032, 11_564_032],
    ["bd-re", 0x30, 2, 12_000_001, 12_000_032],
    ["bd-re", 0x30, 3, 12_088_320, 12_088_320],
    ["bd-re", 0x31, 0, 0, 12_219_392],
    ["bd-re", 0x31, 1, 0, 12_219_392],
    ["dvd-ram", 0x00, 0, 2_295_072, 2_295_072],
    ["dvd-ram", 0x00, 0, 0xffff_ffff, 2_236_704],
    ["dvd-ram", 0x01, 0, 2_217_248, 2_217_248],
  ] as const)("%s, type %d, sub-type %d, %d blocks: gives %d", (medium, type, subType, asked, blocks) => {
    const host = hostOf({ medium });
    expect(host.format(type, subType, asked)).toBe("good");
    expect(host.track(1).size).toBe(blocks);
    expect(capacityData.parse(host.data(readCapacity.build({}))).lastLba).toBe(blocks - 1);
    expect(host.write(blocks - 16, blocksOf(16, 1))).toBe("good");
    expect(host.write(blocks - 15, blocksOf(16, 1))).toBe(`5/21/00@${blocks - 15}`);
  });

  it.each([
    ["bd-re", 0x30, 0, 12_088_321],
    ["bd-re", 0x30, 0, 11_564_000],
    ["bd-re", 0x31, 2, 0],
    ["bd-re", 0x32, 0, 0],
    ["dvd-ram", 0x00, 0, 2_236_688],
    ["dvd-ram", 0x26, 0, 0xffff_ffff],
  ] as const)("%s, type %d, sub-type %d, %d blocks: is refused and changes nothing", (medium, type, subType, asked) => {
    const host = hostOf({ medium, formatted: true });
    host.write(0, blocksOf(16, 1));
    const before = answers(host);
    expect(host.format(type, subType, asked)).toBe("5/26/00");
    expect(answers(host)).toEqual(before);
    expect(marksOf(host.read(0, 16))).toEqual(marks(16, 1));
  });

  it.each(["bd-re", "dvd-ram"] as const)("gives up what was on a %s, in memory and in a disc file", async (medium) => {
    const folder = mkdtempSync(join(tmpdir(), "rewritable-"));
    const path = join(folder, "a.disc");
    await createDisc(path, { medium, capacity: 4096, formatted: true });
    for (const recorder of [createVirtualRecorder({ medium, capacity: 4096, formatted: true }), await openDisc(path)]) {
      const host = new Initiator(recorder);
      host.write(64, blocksOf(100, 1));
      host.sync();
      host.write(200, blocksOf(10, 2));
      expect(host.format(0)).toBe("good");
      expect(marksOf(host.read(64, 160))).toEqual(Array(160).fill("-"));
      host.write(80, blocksOf(3, 3));
      recorder.close();
    }
    const again = new Initiator(await openDisc(path));
    expect(marksOf(again.read(79, 5))).toEqual(["-", ...marks(3, 3), "-"]);
    again.recorder.close();
    rmSync(folder, { recursive: true });
  });
});

describe.each(["bd-re", "dvd-ram"] as const)("%s", (medium) => {
  it("must be formatted before the first write, and is closed never", () => {
    const host = hostOf({ medium, formatted: false });
    expect(host.write(0, blocksOf(16, 1))).toBe("5/30/10");
    expect(host.read(0, 1)).toBe("8/00/00@0");
    host.format(0);
    expect(host.write(0, blocksOf(16, 1))).toBe("good");
    for (let fn = 0; fn < 8; fn++) expect(host.close(fn, 1)).toBe("5/24/00");
    expect(host.reserve(32)).toBe("5/30/00");
  });

  it("is overwritten in place, block by block", () => {
    const host = hostOf({ medium, capacity: 1024, formatted: true });
    host.write(0, blocksOf(48, 1));
    expect(host.write(7, blocksOf(20, 2))).toBe("good");
    const expected = [...marks(7, 1), ...marks(20, 2), ...marks(21, 1, 27)];
    expect(marksOf(host.read(0, 48))).toEqual(expected);
    host.sync();
    expect(marksOf(host.read(0, 48))).toEqual(expected);
    expect(marksOf(host.read(1000, 24))).toEqual(Array(24).fill("-"));
  });

  it("is formatted and written through a recorder of core", async () => {
    const recorder = createVirtualRecorder({ medium, capacity: 4096, formatted: false });
    await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
    const bought = await opened.medium();
    expect(bought).toMatchObject({ kind: medium, status: "blank", isFormatted: false, overwrite: "in-place" });
    const [format] = bought.formats;
    if (format === undefined) throw new Error("no format is offered");
    await opened.prepare({ step: "prepare", format: format.id, isIrreversible: false, why: "it was never formatted" });
    const medium2 = await opened.medium();
    expect(medium2).toMatchObject({ status: "random", isFormatted: true, capacity: format.blocks, sessions: "none" });
    await opened.write(0, blocksOf(40, 1));
    await opened.flush();
    expect(marksOf(await opened.read(0, 40))).toEqual(marks(40, 1));
  });
});
