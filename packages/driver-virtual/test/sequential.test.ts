import { describe, expect, it } from "vitest";
import { createVirtualRecorder } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./initiator.ts";

const blank = (): Initiator => new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: 1024 }));

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
});
