import { MultisessionError } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type Fault, type VirtualRecorder } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const seeds = Array.from({ length: 40 }, (_, index) => index);

/** Runs until the power goes; what was not cut runs to its end. */
function until(recorder: VirtualRecorder, fault: Fault, run: () => void): void {
  recorder.arm([fault]);
  try {
    run();
  } catch (error) {
    if (!MultisessionError.is(error) || error.code !== "RECORDER_LOST") throw error;
  }
  recorder.powerCut();
  recorder.powerOn();
}

describe("a power cut", () => {
  it("fails every command until the power is back", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    const host = new Initiator(recorder);
    recorder.arm([{ fault: "power-cut", after: "command", count: 1 }]);
    expect(host.write(0, blocksOf(1, 1))).toBe("good");
    expect(() => host.write(1, blocksOf(1, 1))).toThrow(expect.objectContaining({ code: "RECORDER_LOST" }));
    expect(() => host.sync()).toThrow(expect.objectContaining({ code: "RECORDER_LOST" }));
    expect(recorder.isOn).toBe(false);
    recorder.powerOn();
    expect(host.sync()).toBe("6/29/00");
    expect(host.sync()).toBe("6/28/00");
    expect(host.sync()).toBe("good");
  });

  it.each(["bd-r", "bd-r-pow", "bd-re", "dvd-ram", "dvd+rw"] as const)(
    "loses nothing that was flushed: %s",
    (medium) => {
      for (const seed of seeds) {
        const recorder = createVirtualRecorder({ medium, capacity: 1024, formatted: medium !== "bd-r", seed });
        const host = new Initiator(recorder);
        host.write(0, blocksOf(64, 1));
        host.sync();
        host.write(64, blocksOf(64, 2));
        recorder.powerCut();
        recorder.powerOn();
        host.ready();
        expect(marksOf(host.read(0, 64))).toEqual(marks(64, 1));
      }
    },
  );

  it("leaves a prefix of what was appended, and at most one torn cluster behind it", () => {
    const ends = new Set<number>();
    for (const seed of seeds) {
      const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024, seed });
      const host = new Initiator(recorder);
      host.write(0, blocksOf(300, 1));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      const { nextWritable } = host.track(1);
      ends.add(nextWritable);
      const whole = Array.from({ length: nextWritable / 32 }, (_, unit) => {
        const blocks = Array.from({ length: 32 }, (_, block) => marksOf(host.read(unit * 32 + block, 1))[0]);
        return blocks.every((mark) => mark?.startsWith("1.") || mark === "-");
      });
      expect(whole.slice(0, -1)).not.toContain(false);
      expect(host.read(nextWritable, 1)).toBe(`8/00/00@${nextWritable}`);
      expect(host.disc()).toMatchObject(nextWritable > 0 ? { discStatus: 1, lastSessionState: 1 } : { discStatus: 0 });
    }
    expect(ends.size).toBeGreaterThan(3);
    expect(ends.has(320)).toBe(true);
    expect(ends.has(0)).toBe(true);
  });

  it("leaves any of the units that were written in place, and one torn", () => {
    const seen = new Set<string>();
    for (const seed of seeds) {
      const recorder = createVirtualRecorder({ medium: "dvd+rw", capacity: 1024, formatted: true, seed });
      const host = new Initiator(recorder);
      host.write(0, blocksOf(64, 1));
      host.sync();
      host.write(0, blocksOf(64, 2));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      const units = Array.from({ length: 4 }, (_, unit) => {
        const blocks = Array.from({ length: 16 }, (_, block) => marksOf(host.read(unit * 16 + block, 1))[0]?.[0]);
        const kinds = new Set(blocks);
        return kinds.size > 1 ? "torn" : kinds.has("1") ? "old" : "new";
      });
      expect(units.filter((unit) => unit === "torn").length).toBeLessThanOrEqual(1);
      seen.add(units.join(" "));
    }
    expect(seen.size).toBeGreaterThan(8);
  });

  it("keeps a block that cannot be read until it is written again with its whole unit", () => {
    const recorder = createVirtualRecorder({ medium: "dvd+rw", capacity: 1024, formatted: true });
    const host = new Initiator(recorder);
    let bad: number | undefined;
    for (let tries = 0; tries < 100 && bad === undefined; tries++) {
      host.write(0, blocksOf(16, 1));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      bad = Array.from({ length: 16 }, (_, block) => block).find((block) => typeof host.read(block, 1) === "string");
    }
    expect(bad).toBeDefined();
    expect(host.read(0, 16)).toBe(`3/11/05@${bad}`);
    const other = bad === 0 ? 1 : 0;
    expect(host.write(other, blocksOf(1, 2))).toBe(`3/11/05@${bad}`);
    expect(host.write(0, blocksOf(16, 3))).toBe("good");
    expect(marksOf(host.read(0, 16))).toEqual(marks(16, 3));
  });

  it("replaces a cluster as a whole or not at all, and uses its replacement up either way", () => {
    const seen = new Set<string>();
    for (const seed of seeds) {
      const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024, seed });
      const host = new Initiator(recorder);
      host.write(0, blocksOf(64, 1));
      host.sync();
      host.write(0, blocksOf(64, 2));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      const clusters = [0, 32].map((at) => {
        const blocks = marksOf(host.read(at, 32));
        const from = at === 0 ? 0 : 32;
        if (blocks.every((mark, index) => mark === `1.${from + index}`)) return "old";
        expect(blocks).toEqual(marks(32, 2, from));
        return "new";
      });
      const { nextWritable } = host.track(1);
      const taken = (nextWritable - 64) / 32;
      expect(clusters.filter((cluster) => cluster === "new").length).toBeLessThanOrEqual(taken);
      seen.add(`${clusters.join(" ")} ${taken}`);
    }
    expect(seen).toContain("old old 0");
    expect(seen).toContain("old old 2");
    expect(seen).toContain("new new 2");
  });

  it("can tear the first append into a reserved head track", () => {
    const seen = new Set<string>();
    for (const seed of seeds) {
      const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024, seed });
      const host = new Initiator(recorder);
      host.reserve(32);
      host.write(0, blocksOf(32, 1));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      const read = host.read(0, 32);
      seen.add(typeof read === "string" ? "torn" : read.every((byte) => byte === 0) ? "empty" : "whole");
    }
    expect([...seen].sort()).toEqual(["empty", "torn", "whole"]);
  });

  it("never keeps a replacement of what did not get onto the medium itself", () => {
    const seen = new Set<boolean>();
    for (const seed of seeds) {
      const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024, seed });
      const host = new Initiator(recorder);
      host.reserve(32);
      host.write(0, blocksOf(32, 1));
      host.write(0, blocksOf(32, 2));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      const isThere = !host.track(1).nextWritableValid;
      seen.add(isThere);
      if (isThere) continue;
      expect(host.read(0, 32)).toEqual(new Uint8Array(32 * 2048));
      const { nextWritable } = host.track(2);
      expect(host.write(0, blocksOf(32, 3))).toBe("good");
      expect(host.track(2).nextWritable).toBe(nextWritable);
    }
    expect(seen.size).toBe(2);
  });

  it("takes the answer of the command during which it comes", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    const host = new Initiator(recorder);
    recorder.arm([{ fault: "power-cut", after: "block", count: 32 }]);
    expect(() => host.write(0, blocksOf(32, 1))).toThrow(expect.objectContaining({ code: "RECORDER_LOST" }));
  });

  it("is the same for the same seed and commands", () => {
    const run = (): string => {
      const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024, seed: 7 });
      const host = new Initiator(recorder);
      host.write(0, blocksOf(200, 1));
      host.write(0, blocksOf(90, 2));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      return JSON.stringify([host.track(1), marksOf(host.read(0, 32)), marksOf(host.read(32, 32))]);
    };
    expect(run()).toBe(run());
  });

  it("falls between the parts of a close: the session is closed before the disc is", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    const host = new Initiator(recorder);
    host.write(0, blocksOf(32, 1));
    host.sync();
    const before = recorder.snapshot();
    const states: string[] = [];
    for (let count = 0; count <= 3; count++) {
      recorder.restore(before);
      until(recorder, { fault: "power-cut", after: "effect", count }, () => host.close(6));
      host.ready();
      const { discStatus, lastSessionState, lastTrack } = host.disc();
      states.push(`${discStatus} ${lastSessionState} ${lastTrack}`);
    }
    // Open; track closed; session closed; disc closed.
    expect(states).toEqual(["1 1 1", "1 1 2", "1 0 2", "2 3 1"]);
  });

  it("can fall at every block and effect, which the counters number", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024 });
    const host = new Initiator(recorder);
    const fresh = recorder.snapshot();
    const burn = (): void => {
      host.reserve(32);
      host.write(0, blocksOf(32, 1));
      host.write(32, blocksOf(50, 2));
      host.sync();
      host.write(0, blocksOf(32, 3));
      host.sync();
    };
    burn();
    const total = {
      block: recorder.counters.blocks - fresh.counters.blocks,
      effect: recorder.counters.effects - fresh.counters.effects,
      command: recorder.counters.commands - fresh.counters.commands,
    };
    expect(total).toEqual({ block: 114, effect: 6, command: 6 });
    for (const after of ["block", "effect", "command"] as const) {
      for (let count = 0; count <= total[after]; count++) {
        recorder.restore(fresh);
        until(recorder, { fault: "power-cut", after, count }, burn);
        host.ready();
        // What follows a cut is a recorder that goes on.
        const next = host.disc().lastTrack === 2 ? host.track(2).nextWritable : host.track(1).nextWritable;
        expect(host.write(next, blocksOf(32, 4))).toBe("good");
        expect(host.sync()).toBe("good");
        expect(marksOf(host.read(next, 32))).toEqual(marks(32, 4));
      }
    }
  });

  it("does not take part of a cluster for a replacement", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024 });
    const host = new Initiator(recorder);
    host.write(0, blocksOf(64, 1));
    host.sync();
    until(recorder, { fault: "power-cut", after: "block", count: 10 }, () => host.write(0, blocksOf(32, 2)));
    host.ready();
    expect(marksOf(host.read(0, 64))).toEqual(marks(64, 1));
  });

  it("can damage open tracks, until they are repaired", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    const host = new Initiator(recorder);
    host.write(0, blocksOf(32, 1));
    host.sync();
    until(recorder, { fault: "power-cut", after: "command", count: 1, damagesTracks: true }, () => host.sync());
    host.ready();
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 2 });
    expect(host.track(1)).toMatchObject({ damage: true, nextWritableValid: false });
    expect(host.write(32, blocksOf(1, 2))).toBe("5/21/02@32");
    expect(host.send(Uint8Array.from([0x58, 0, 0, 0, 0, 1, 0, 0, 0, 0]))).toBe("good");
    expect(host.track(1)).toMatchObject({ damage: false, nextWritable: 32 });
    expect(host.write(32, blocksOf(1, 2))).toBe("good");
  });
});
