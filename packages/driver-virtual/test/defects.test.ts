import {
  bdSpare,
  discStructure,
  dvdSpare,
  openMmcRecorder,
  readDiscStructure,
  structureFormats,
  structureMedia,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type Fault, type VirtualRecorderOptions } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const hostOf = (options: VirtualRecorderOptions): Initiator => new Initiator(createVirtualRecorder(options));

/** Spare blocks that are free, and all of them. */
function spares(host: Initiator, media: keyof typeof structureMedia): readonly number[] {
  const format = media === "bd" ? structureFormats.bdSpare : structureFormats.dvdSpare;
  const cdb = readDiscStructure.build({ mediaType: structureMedia[media], format, allocationLength: 16 });
  const data = discStructure.parse(host.data(cdb));
  if (media === "bd") {
    const { free, allocated } = bdSpare.parse(data);
    return [free, allocated];
  }
  const { primaryFree, supplementaryFree, supplementary } = dvdSpare.parse(data);
  return [primaryFree, supplementaryFree, supplementary];
}

const defect = (at: number): Fault => ({ fault: "defect", at });

describe("spare areas", () => {
  it.each([
    // Captured of an HL-DT-ST WH16NS40 with VERBAT/IMe: 65536 blocks.
    ["bd-r-pow", undefined, "bd", [65_536, 65_536]],
    ["bd-re", true, "bd", [393_216, 393_216]],
    // Captured of a TSSTcorp SH-S182M: 12800 primary, 58368 supplementary ones.
    ["dvd-ram", undefined, "dvd", [12_800, 58_368, 58_368]],
  ] as const)("of a %s of full size are as large as real ones", (medium, formatted, media, expected) => {
    expect(spares(hostOf({ medium, ...(formatted && { formatted }) }), media)).toEqual(expected);
  });

  it.each([
    ["bd-r-pow", undefined, "bd", [65_504, 65_536]],
    ["bd-r-rrm", undefined, "bd", [65_504, 65_536]],
    ["bd-re", true, "bd", [393_184, 393_216]],
    ["dvd-ram", undefined, "dvd", [12_784, 58_368, 58_368]],
  ] as const)("of a %s hide a defect, which uses one unit of them up for good", (medium, formatted, media, left) => {
    const host = hostOf({ medium, ...(formatted && { formatted }) });
    host.recorder.arm([defect(5), defect(6)]);
    expect(host.write(0, blocksOf(32, 1))).toBe("good");
    expect(marksOf(host.read(0, 32))).toEqual(marks(32, 1));
    expect(spares(host, media)).toEqual(left);
    host.recorder.powerCut();
    host.recorder.powerOn();
    host.ready();
    expect(spares(host, media)).toEqual(left);
  });

  it("are not used twice for the same place", () => {
    const host = hostOf({ medium: "bd-re", formatted: true, faults: [defect(5)] });
    for (const mark of [1, 2, 3]) expect(host.write(0, blocksOf(32, mark))).toBe("good");
    expect(spares(host, "bd")).toEqual([393_184, 393_216]);
  });

  it("are there again after a format", () => {
    const host = hostOf({ medium: "bd-re", formatted: true, faults: [defect(5)] });
    host.write(0, blocksOf(32, 1));
    expect(host.format(0x30, 0, 12_088_320)).toBe("good");
    expect(spares(host, "bd")).toEqual([131_072, 131_072]);
  });

  it("that are used up make the next defect a write error, which changes nothing", () => {
    const host = hostOf({ medium: "bd-re", capacity: 1024, formatted: true, faults: [defect(5), defect(70)] });
    expect(spares(host, "bd")).toEqual([32, 32]);
    expect(host.write(64, blocksOf(32, 1))).toBe("good");
    expect(spares(host, "bd")).toEqual([0, 32]);
    expect(host.write(0, blocksOf(32, 1))).toBe("3/32/00@5");
    expect(marksOf(host.read(0, 32))).toEqual(Array(32).fill("-"));
    expect(host.write(64, blocksOf(32, 2))).toBe("good");
    expect(host.write(32, blocksOf(32, 3))).toBe("good");
  });

  it("count as used up when a fault says so", () => {
    const host = hostOf({ medium: "dvd-ram", faults: [{ fault: "no-spares" }, defect(5)] });
    expect(host.write(0, blocksOf(16, 1))).toBe("3/32/00@5");
    expect(host.write(16, blocksOf(16, 1))).toBe("good");
  });

  it.each(["bd-r", "dvd+rw", "cd-r", "dvd-r", "dvd+r"] as const)(
    "are missing on a %s: a defect is a write error there",
    (medium) => {
      const host = hostOf({ medium, formatted: medium === "dvd+rw", faults: [defect(5)] });
      const page = medium === "dvd-r" ? 0 : 1;
      host.send(
        Uint8Array.from([0x55, 0x10, 0, 0, 0, 0, 0, 0, 60, 0]),
        Uint8Array.from({ length: 60 }, (_, index) => [5, 0x32, page, 0xc0, 8][index - 8] ?? 0),
      );
      const before = host.track(1);
      expect(host.write(0, blocksOf(16, 1))).toBe("3/0c/00@5");
      expect(host.track(1)).toEqual(before);
    },
  );

  it("are not asked for a write that is refused anyway", () => {
    const host = hostOf({ medium: "bd-r-pow", capacity: 1024, faults: [defect(70)] });
    const before = spares(host, "bd");
    expect(host.write(64, blocksOf(32, 1))).toBe("5/21/02@64");
    expect(spares(host, "bd")).toEqual(before);
  });
});

it("a recorder of core reports a defect without a spare as what it is", async () => {
  const recorder = createVirtualRecorder({ medium: "bd-re", capacity: 1024, formatted: true });
  recorder.arm([{ fault: "no-spares" }, defect(5)]);
  await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
  await opened.medium();
  await expect(opened.write(0, blocksOf(32, 1))).rejects.toMatchObject({
    code: "WRITE_FAILED",
    sense: { key: 3, asc: 0x32, ascq: 0 },
  });
});
