import { capacityData, formatCapacities, readCapacity, readFormatCapacities, readToc, toc } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const blank = (): Initiator => new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 1024 }));

function session(host: Initiator, mark: number, blocks: number): void {
  const track = host.disc().lastTrack;
  host.write(host.track(track).nextWritable, blocksOf(blocks, mark));
  host.close(1, track);
  host.close(2);
}

describe("BD-R, sequential", () => {
  it("takes data only at the next writable address", () => {
    const host = blank();
    expect(host.write(32, blocksOf(32, 1))).toBe("5/21/02@32");
    expect(host.write(0, blocksOf(32, 1))).toBe("good");
    expect(host.write(0, blocksOf(32, 2))).toBe("5/21/02@0");
    expect(host.write(32, blocksOf(3, 2))).toBe("good");
    expect(host.track(1)).toMatchObject({ nextWritable: 35, nextWritableValid: true, freeBlocks: 1024 - 35 });
    expect(marksOf(host.read(0, 35))).toEqual([...marks(32, 1), ...marks(3, 2)]);
    expect(host.read(34, 2)).toBe("8/00/00@35");
  });

  it("gathers blocks that come in any pieces", () => {
    const host = blank();
    const data = blocksOf(100, 1);
    for (let at = 0; at < 100; at += 7) host.write(at, data.subarray(at * 2048, (at + 7) * 2048));
    expect(marksOf(host.read(0, 100))).toEqual(marks(100, 1));
    host.sync();
    expect(marksOf(host.read(0, 100))).toEqual(marks(100, 1));
    expect(host.track(1).nextWritable).toBe(128);
  });

  it("pads a short last cluster with zeros when it is flushed", () => {
    const host = blank();
    host.write(0, blocksOf(5, 1));
    expect(host.sync()).toBe("good");
    expect(host.track(1)).toMatchObject({ nextWritable: 32, freeBlocks: 1024 - 32 });
    expect(marksOf(host.read(0, 32))).toEqual([...marks(5, 1), ...Array(27).fill("-")]);
    expect(host.write(5, blocksOf(1, 2))).toBe("5/21/02@5");
  });

  it("opens the next session right behind the one that is closed", () => {
    const host = blank();
    expect(host.disc()).toMatchObject({ discStatus: 0, lastSessionState: 0, sessions: 1, lastTrack: 1 });
    host.write(0, blocksOf(40, 1));
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1, sessions: 1, lastTrack: 1 });
    expect(host.close(2)).toBe("5/72/03");
    expect(host.close(1, 1)).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1, sessions: 1, lastTrack: 2 });
    expect(host.close(2)).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 0, sessions: 2, lastTrack: 2 });
    expect(host.track(1)).toMatchObject({ start: 0, size: 64, nextWritableValid: false, sessionNumber: 1 });
    expect(host.track(2)).toMatchObject({ start: 64, nextWritable: 64, freeBlocks: 960, sessionNumber: 2 });
  });

  it("shows closed sessions only, and their end as its capacity", () => {
    const host = blank();
    expect(host.send(readToc.build({ allocationLength: 804 }))).toBe("5/24/00");
    host.write(0, blocksOf(1, 1));
    host.sync();
    expect(host.send(readToc.build({ allocationLength: 804 }))).toBe("3/57/00");
    host.close(1, 1);
    host.close(2);
    session(host, 2, 40);
    host.write(96, blocksOf(32, 3));
    const { entries } = toc.parse(host.data(readToc.build({ allocationLength: 804 })));
    expect(entries.map(({ track, address }) => [track, address])).toEqual([
      [1, 0],
      [2, 32],
      [0xaa, 96],
    ]);
    expect(capacityData.parse(host.data(readCapacity.build({}))).lastLba).toBe(95);
    // Linux asks for the last session in the place of old drives.
    expect(host.hex(Uint8Array.from([0x43, 0, 0, 0, 0, 0, 0, 0, 12, 0x40]))).toBe("000a01020014020000000020");
  });

  it("shows the last session and all before it when there are more than a table of contents can number", () => {
    const host = new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 32 * 130 }));
    for (let count = 1; count <= 120; count++) session(host, count, 1);
    const { entries } = toc.parse(host.data(readToc.build({ allocationLength: 804 })));
    expect(entries.map(({ track, address }) => [track, address])).toEqual([
      [1, 0],
      [2, 119 * 32],
      [0xaa, 120 * 32],
    ]);
  });

  it("splits tracks by reservation, each with its own next address", () => {
    const host = blank();
    expect(host.reserve(40)).toBe("good");
    expect(host.track(1)).toMatchObject({ reservedTrack: true, blank: true, start: 0, size: 64, freeBlocks: 64 });
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1, lastTrack: 2 });
    expect(host.write(64, blocksOf(32, 2))).toBe("good");
    expect(host.write(0, blocksOf(65, 1))).toBe("5/63/00@0");
    expect(host.write(0, blocksOf(10, 1))).toBe("good");
    expect(host.track(1).nextWritable).toBe(10);
    expect(host.track(2).nextWritable).toBe(96);
    expect(host.write(10, blocksOf(54, 3))).toBe("good");
    // A track that is full is as good as closed.
    expect(host.track(1)).toMatchObject({ nextWritableValid: false, freeBlocks: 0, reservedTrack: true, blank: false });
    expect(marksOf(host.read(0, 96))).toEqual([...marks(10, 1), ...marks(54, 3), ...marks(32, 2)]);
  });

  it("refuses reservations that do not fit, and one too many", () => {
    const host = blank();
    expect(host.reserve(1025)).toBe("5/72/05");
    expect(host.reserve(0)).toBe("5/24/00");
    for (let count = 0; count < 15; count++) expect(host.reserve(32)).toBe("good");
    expect(host.reserve(32)).toBe("5/72/05");
  });

  it("keeps room in an open track when it is reserved after the first write", () => {
    const host = blank();
    host.write(0, blocksOf(5, 1));
    expect(host.reserve(32)).toBe("good");
    expect(host.track(1)).toMatchObject({ start: 0, size: 64, nextWritable: 32, freeBlocks: 32 });
    expect(host.track(2)).toMatchObject({ start: 64, blank: true, reservedTrack: false });
  });

  it("does not close a session with an empty reserved track", () => {
    const host = blank();
    host.reserve(32);
    expect(host.close(1, 1)).toBe("5/72/04");
    expect(host.close(2)).toBe("5/72/04");
    expect(host.close(6)).toBe("5/72/04");
  });

  it("closes what is not there without an error", () => {
    const host = blank();
    expect(host.close(1, 1)).toBe("good");
    expect(host.close(2)).toBe("good");
    expect(host.close(1, 2)).toBe("5/24/00");
    expect(host.disc()).toMatchObject({ discStatus: 0, sessions: 1, lastTrack: 1 });
  });

  it("closes everything with the disc, and takes nothing after it", () => {
    const host = blank();
    session(host, 1, 32);
    host.write(32, blocksOf(10, 2));
    expect(host.close(6)).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, sessions: 2, lastTrack: 2 });
    expect(host.write(64, blocksOf(32, 3))).toBe("7/27/00@64");
    expect(host.reserve(32)).toBe("7/27/00");
    expect(host.format(0x32, 0)).toBe("5/30/06");
    expect(marksOf(host.read(32, 10))).toEqual(marks(10, 2));
  });

  it("is complete when a closed session leaves no room", () => {
    const host = blank();
    expect(host.write(0, blocksOf(1024, 1))).toBe("good");
    expect(host.close(2)).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, lastTrack: 1 });
    expect(host.write(1024, blocksOf(1, 1))).toBe("5/21/00@1024");
  });

  it("takes one format, and only while it is blank", () => {
    const host = blank();
    expect(host.format(0x32, 1, 800)).toBe("good");
    expect(host.track(1)).toMatchObject({ size: 800 });
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 0 });
    expect(host.format(0x32, 1, 800)).toBe("5/30/06");
    const written = blank();
    written.write(0, blocksOf(1, 1));
    expect(written.format(0x00, 0)).toBe("5/30/06");
    const list = formatCapacities.parse(written.data(readFormatCapacities.build({ allocationLength: 252 })));
    expect(list).toMatchObject({ state: 2, formats: [] });
  });

  it.each([
    ["a sub-type that there is not", 0x32, 3, 800],
    ["a type of other media", 0x26, 0, 800],
    ["no spare areas", 0x32, 0, 1024],
    ["too many spare areas", 0x32, 0, 32],
  ])("refuses a format with %s and stays blank", (_what, type, subType, blocks) => {
    const host = blank();
    expect(host.format(type, subType, blocks)).toBe("5/26/00");
    expect(host.disc()).toMatchObject({ discStatus: 0 });
  });
});
