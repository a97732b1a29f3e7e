import { getEventStatus } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const bought = (): Initiator => new Initiator(createVirtualRecorder({ medium: "dvd+rw", capacity: 1024 }));
const formatted = (): Initiator =>
  new Initiator(createVirtualRecorder({ medium: "dvd+rw", capacity: 1024, formatted: true }));

describe("DVD+RW", () => {
  it("must be formatted before the first write", () => {
    const host = bought();
    expect(host.write(0, blocksOf(16, 1))).toBe("5/30/10");
    expect(host.read(0, 1)).toBe("8/00/00@0");
    expect(host.format(0x26)).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3, backgroundFormat: 3 });
    expect(host.write(0, blocksOf(16, 1))).toBe("good");
  });

  it("tells that the background format is done", () => {
    const host = bought();
    const cdb = getEventStatus.build({ classes: 0x10, allocationLength: 8 });
    expect(host.hex(cdb)).toBe("0006045e02020000"); // new medium
    expect(host.hex(cdb)).toBe("0006045e00020000");
    host.format(0x26);
    expect(host.hex(cdb)).toBe("0006045e05020000");
  });

  it("reads zeros where nothing was written", () => {
    expect(marksOf(formatted().read(1000, 24))).toEqual(Array(24).fill("-"));
  });

  it("is overwritten in place, block by block", () => {
    const host = formatted();
    host.write(0, blocksOf(48, 1));
    expect(host.write(7, blocksOf(20, 2))).toBe("good");
    const expected = [...marks(7, 1), ...marks(20, 2), ...marks(21, 1, 27)];
    expect(marksOf(host.read(0, 48))).toEqual(expected);
    host.sync();
    expect(marksOf(host.read(0, 48))).toEqual(expected);
  });

  it("ends where its capacity ends", () => {
    const host = formatted();
    expect(host.write(1008, blocksOf(16, 1))).toBe("good");
    expect(host.write(1009, blocksOf(16, 2))).toBe("5/21/00@1009");
    expect(host.read(1023, 2)).toBe("5/21/00@1023");
    expect(marksOf(host.read(1008, 16))).toEqual(marks(16, 1));
  });

  it("keeps its old blocks when it is formatted again", () => {
    const host = formatted();
    host.write(0, blocksOf(16, 1));
    expect(host.format(0x26)).toBe("good");
    expect(marksOf(host.read(0, 16))).toEqual(marks(16, 1));
  });

  it("takes the closes that stop a background format, and has no tracks to reserve", () => {
    const host = formatted();
    for (const fn of [0, 2, 3]) expect(host.close(fn)).toBe("good");
    for (const fn of [1, 4, 5, 6, 7]) expect(host.close(fn)).toBe("5/24/00");
    expect(host.reserve(32)).toBe("5/30/00");
  });

  it("goes on with a format that the power cut off", () => {
    const recorder = createVirtualRecorder({ medium: "dvd+rw", capacity: 1024 });
    const host = new Initiator(recorder);
    recorder.arm([{ fault: "power-cut", after: "effect", count: 1 }]);
    expect(() => host.format(0x26)).toThrow();
    recorder.powerOn();
    host.ready();
    expect(host.disc()).toMatchObject({ discStatus: 2, backgroundFormat: 1 });
    expect(host.write(0, blocksOf(16, 1))).toBe("good");
  });
});
