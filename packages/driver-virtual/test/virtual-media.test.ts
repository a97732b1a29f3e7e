import { bdDiscInformation, discStructure, readDiscStructure } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualMediumId, virtualMedia } from "../src/index.ts";
import { Initiator } from "./support/initiator.ts";

describe("the media that can be made", () => {
  it("have the capacities of real ones", () => {
    expect(virtualMedia.map(({ id, capacity, minimum }) => [id, capacity, minimum])).toEqual([
      ["cd-r", 359_844, 65_536],
      ["cd-rw", 359_847, 65_536],
      ["cd-rw-packet", 295_264, 65_536],
      ["dvd-r", 2_297_888, 65_536],
      ["dvd-r-dl", 4_171_712, 65_536],
      ["dvd-rw", 2_297_888, 65_536],
      ["dvd-rw-ro", 2_297_888, 65_536],
      ["dvd+r", 2_295_104, 8192],
      ["dvd+r-dl", 4_173_824, 8192],
      ["bd-r", 12_219_392, 512],
      ["bd-r-pow", 12_088_320, 512],
      ["bd-r-rrm", 12_088_320, 512],
      ["bd-re", 11_826_176, 512],
      ["dvd-ram", 2_236_704, 256],
      ["dvd+rw", 2_295_104, 256],
    ]);
  });

  it.each(
    virtualMedia.flatMap(({ id, minimum, capacity }) =>
      [minimum, minimum + 1000, 100_000, capacity - 1, capacity].map((blocks) => [id, blocks] as const),
    ),
  )("%s has the %d blocks that are asked for, in whole units", (medium, capacity) => {
    const ownUnit = medium === "cd-rw-packet" ? 32 : 1;
    const unit = medium.startsWith("cd") ? ownUnit : medium.startsWith("dvd") ? 16 : 32;
    const isCounted = medium === "bd-re";
    const host = new Initiator(createVirtualRecorder({ medium, capacity, ...(isCounted && { formatted: true }) }));
    expect(host.track(1).size).toBe(capacity - (capacity % unit));
  });

  it.each([
    ["cd-r", [332_850, 359_844]],
    ["cd-rw", [332_850, 359_847]],
    ["cd-rw-packet", [273_088, 295_264]],
    ["bd-r", [12_219_392, 24_438_784, 48_878_592, 62_500_864]],
    // Known of one, two and three layers; of four unconfirmed.
    ["bd-r-pow", [12_088_320, 24_307_712, 48_854_016, 62_476_288]],
    ["bd-re", [11_826_176, 23_652_352, 47_305_728]],
  ])("%s is made in the sizes that are sold", (medium, sizes) => {
    expect(virtualMedia.find(({ id }) => id === medium)?.capacities).toEqual(sizes);
  });

  it.each([
    ["bd-r", 12_219_392, 1],
    ["bd-r", 12_219_393, 2],
    ["bd-r", 24_438_784, 2],
    ["bd-r", 48_878_592, 3],
    ["bd-r", 62_500_864, 4],
    ["bd-r-pow", 48_854_016, 3],
    ["bd-re", 23_652_352, 2],
    ["bd-re", 47_305_728, 3],
  ] as const)("%s of %d blocks says that it has %d layers", (medium, capacity, layers) => {
    const host = new Initiator(createVirtualRecorder({ medium, capacity, formatted: medium === "bd-re" }));
    const cdb = readDiscStructure.build({ mediaType: 1, format: 0, allocationLength: 4100 });
    expect(bdDiscInformation.parse(discStructure.parse(host.data(cdb)))[0]).toMatchObject({ layers });
  });

  it("a blank BD-R has after the format what was asked for", () => {
    const host = new Initiator(createVirtualRecorder({ medium: "bd-r-pow", capacity: 5000, formatted: false }));
    expect(host.disc().discStatus).toBe(0);
    expect(host.format(0x32, 0, 4992)).toBe("good");
    expect(host.track(1).size).toBe(4992);
  });

  it("a BD-R formatted with spare areas has sessions still", () => {
    const host = new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 4096, formatted: true }));
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 0 });
    expect(host.track(1).size).toBeLessThan(4096);
    expect(host.format(0x32, 0)).toBe("5/30/06");
  });

  it.each([
    ["bd-r", 511],
    ["bd-r", 62_500_865],
    ["bd-re", 50_000_000],
    ["dvd+rw", 1.5],
    ["dvd+rw", -1],
    ["dvd+rw", Number.NaN],
    ["mo", 5000],
    ["toString", 5000],
  ])("%s with %d blocks is refused", (medium, capacity) => {
    expect(() => createVirtualRecorder({ medium: medium as VirtualMediumId, capacity })).toThrow(TypeError);
  });
});
