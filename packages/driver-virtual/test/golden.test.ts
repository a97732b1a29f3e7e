import {
  capacityData,
  configuration,
  discInformation,
  formatCapacities,
  getConfiguration,
  getPerformance,
  readCapacity,
  readDiscInformation,
  readFormatCapacities,
  readToc,
  readTrackInformation,
  toc,
  writeSpeeds,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualRecorderOptions } from "../src/index.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

const host = (options: VirtualRecorderOptions): Initiator => new Initiator(createVirtualRecorder(options));
const discHex = (initiator: Initiator): string => initiator.hex(readDiscInformation.build({ allocationLength: 34 }));
const capacityOf = (initiator: Initiator): number => capacityData.parse(initiator.data(readCapacity.build({}))).lastLba;
const tocOf = (initiator: Initiator): readonly string[] =>
  toc
    .parse(initiator.data(readToc.build({ allocationLength: 804 })))
    .entries.map(({ adr, control, track, address }) => `${track}=${adr}${control}@${address}`);
const currentFeatures = (initiator: Initiator): readonly number[] =>
  configuration
    .parse(initiator.data(getConfiguration.build({ requestType: 1, allocationLength: 1024 })))
    .features.map(({ code }) => code);

describe("what drives of the field answered (captured values)", () => {
  it("a blank BD-R (HL-DT-ST WH16NS40, VERBAT/IMe)", () => {
    const initiator = host({ medium: "bd-r" });
    expect(discHex(initiator).slice(0, 2 * 8)).toBe("0020000101010120");
    const track = initiator.data(readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 36 }));
    expect([track[2], track[3], (track[6] ?? 0) >> 5, (track[7] ?? 0) & 3]).toEqual([1, 1, 0b011, 1]);
    expect(Buffer.from(track.subarray(8, 20)).toString("hex")).toBe("000000000000000000ba7400");
    expect(Buffer.from(track.subarray(24, 28)).toString("hex")).toBe("00ba7400");
    expect(capacityOf(initiator)).toBe(0);
    expect(currentFeatures(initiator)).not.toContain(0x38);
    // Spare areas of an unformatted disc: refused.
    expect(initiator.send(Uint8Array.from([0xad, 1, 0, 0, 0, 0, 0, 0x0a, 0, 16, 0, 0]))).toBe("5/24/00");
  });

  it("the formats of a blank BD-R", () => {
    const list = formatCapacities.parse(
      host({ medium: "bd-r" }).data(readFormatCapacities.build({ allocationLength: 252 })),
    );
    expect(list).toEqual({
      blocks: 12_219_392,
      state: 1,
      blockBytes: 2048,
      formats: [
        { type: 0x00, subType: 0, parameter: 0x3000, blocks: 11_826_176 },
        { type: 0x32, subType: 0, parameter: 0, blocks: 11_826_176 },
        { type: 0x32, subType: 0, parameter: 0, blocks: 5_796_864 },
        { type: 0x32, subType: 0, parameter: 0, blocks: 12_088_320 },
      ],
    });
  });

  it("the write speeds of a BD-R, to its last block", () => {
    const reply = host({ medium: "bd-r" }).data(getPerformance.build({ type: 3, maximumDescriptors: 8 }));
    const speeds = writeSpeeds.parse(reply);
    expect(speeds.map(({ writeSpeed }) => writeSpeed)).toEqual([53_952, 44_960, 35_968, 26_976, 17_984]);
    expect(new Set(speeds.map(({ endLba }) => endLba))).toEqual(new Set([12_219_391]));
  });

  it("a BD-R with pseudo-overwrite after three burns, each ended with CLOSE TRACK as growisofs does", () => {
    const initiator = host({ medium: "bd-r" });
    expect(initiator.format(0x32, 0, 12_088_320)).toBe("good");
    expect(discHex(initiator).slice(4, 6)).toBe("01");
    expect(capacityOf(initiator)).toBe(0);
    // The captured sizes in clusters of 32 are too large to write here; their proportions are not the point.
    for (const [number, blocks] of [
      [1, 64],
      [2, 96],
    ] as const) {
      const { nextWritable } = initiator.track(number);
      expect(initiator.write(nextWritable, blocksOf(blocks, number))).toBe("good");
      expect(initiator.close(1, number)).toBe("good");
    }
    initiator.write(160, blocksOf(32, 3));
    expect(discInformation.parse(initiator.data(readDiscInformation.build({ allocationLength: 34 })))).toMatchObject({
      discStatus: 1,
      lastSessionState: 1,
      sessions: 1,
      firstTrackOfLastSession: 1,
      lastTrack: 3,
    });
    expect(discHex(initiator).slice(2 * 4, 2 * 16)).toBe("010103200000000000000000");
    const states = [1, 2, 3].map((number) => {
      const cdb = readTrackInformation.build({ addressType: 1, number, allocationLength: 36 });
      const reply = initiator.data(cdb);
      return [(reply[6] ?? 0) >> 5, (reply[7] ?? 0) & 3, initiator.track(number).freeBlocks];
    });
    expect(states).toEqual([
      [0b101, 0, 0],
      [0b101, 0, 0],
      [0b001, 1, 12_088_320 - 192],
    ]);
    expect(capacityOf(initiator)).toBe(12_088_319);
    expect(tocOf(initiator)).toEqual(["1=14@0", "170=14@12088320"]);
    expect(currentFeatures(initiator)).toContain(0x38);
    // Closing the session of such a disc is refused (Debian bug 713016).
    expect(initiator.close(2)).toBe("5/24/00");
  });

  it("a disc that is made as formatted has the captured size", () => {
    const initiator = host({ medium: "bd-r-pow" });
    expect(initiator.track(1)).toMatchObject({ size: 12_088_320, freeBlocks: 12_088_320, nextWritable: 0 });
    expect(initiator.disc()).toMatchObject({ discStatus: 1, lastSessionState: 0 });
  });

  it("a DVD+RW as bought (ASUS DRW-1608P2, RITEK/004)", () => {
    const initiator = host({ medium: "dvd+rw" });
    expect(initiator.disc()).toMatchObject({ discStatus: 0, lastSessionState: 0, backgroundFormat: 0, erasable: true });
    expect(initiator.track(1)).toMatchObject({ blank: true, packet: false, freeBlocks: 2_295_104 });
    const list = formatCapacities.parse(initiator.data(readFormatCapacities.build({ allocationLength: 252 })));
    expect(list).toMatchObject({ blocks: 2_295_104, state: 1, formats: [{ type: 0x26, blocks: 2_295_104 }] });
    expect(initiator.close(2)).toBe("5/30/10");
  });

  it("a formatted DVD+RW (ASUS DRW-24B1ST, PHILIPS/041)", () => {
    const initiator = host({ medium: "dvd+rw", formatted: true });
    expect(initiator.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, sessions: 1, erasable: true });
    expect(initiator.track(1)).toMatchObject({ blank: false, reservedTrack: false, packet: true, size: 2_295_104 });
    expect(tocOf(initiator)).toEqual(["1=17@0", "170=17@2295104"]);
    const list = formatCapacities.parse(initiator.data(readFormatCapacities.build({ allocationLength: 252 })));
    expect(list).toMatchObject({ blocks: 2_295_104, state: 2, formats: [{ type: 0x26, blocks: 2_295_104 }] });
  });
});
