import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, discImage, openDisc, type Snapshot } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

describe("a snapshot of a recorder", () => {
  it("holds the medium and what is still in the buffer, whatever is written after it", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    const host = new Initiator(recorder);
    host.write(0, blocksOf(37, 1));
    const snapshot = recorder.snapshot();
    for (const mark of [2, 3]) {
      host.write(37, blocksOf(20, mark));
      host.close(6);
      recorder.restore(snapshot);
      expect(host.track(1)).toMatchObject({ nextWritable: 37, nextWritableValid: true });
      host.sync();
      expect(marksOf(host.read(0, 64))).toEqual([...marks(37, 1), ...Array(27).fill("-")]);
      recorder.restore(snapshot);
    }
  });

  it("holds blocks that are overwritten in place", () => {
    const recorder = createVirtualRecorder({ medium: "dvd+rw", capacity: 1024, formatted: true });
    const host = new Initiator(recorder);
    host.write(0, blocksOf(16, 1));
    host.sync();
    host.write(16, blocksOf(8, 2));
    const snapshot = recorder.snapshot();
    host.write(20, blocksOf(8, 3));
    host.write(0, blocksOf(16, 3));
    host.sync();
    recorder.restore(snapshot);
    expect(marksOf(host.read(0, 32))).toEqual([...marks(16, 1), ...marks(8, 2), ...Array(8).fill("-")]);
  });

  it("leads to the same disc by the same cut", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: 4096 });
    const host = new Initiator(recorder);
    host.write(0, blocksOf(900, 1));
    const snapshot = recorder.snapshot();
    const discs = Array.from({ length: 5 }, () => {
      recorder.restore(snapshot);
      host.write(0, blocksOf(300, 2));
      recorder.powerCut();
      return Buffer.from(discImage(recorder)).toString("base64");
    });
    expect(new Set(discs).size).toBe(1);
  });

  it("goes back in time also where the power is off", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    const host = new Initiator(recorder);
    const snapshot = recorder.snapshot();
    recorder.powerCut();
    recorder.restore(snapshot);
    expect(recorder.counters).toEqual(snapshot.counters);
    expect(host.write(0, blocksOf(1, 1))).toBe("good");
  });

  it("is refused when it is none", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    expect(() => recorder.restore({} as Snapshot)).toThrow(TypeError);
  });

  it("is not to be had of a disc file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "snapshot-"));
    writeFileSync(`${folder}/image.disc`, blocksOf(1, 1));
    const recorder = await openDisc(`${folder}/image.disc`);
    expect(() => recorder.snapshot()).toThrow(TypeError);
    recorder.close();
    rmSync(folder, { recursive: true });
  });
});
