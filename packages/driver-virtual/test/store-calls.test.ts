import { MultisessionError } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { createMedium, createVirtualRecorder, type MediumStore, type VirtualMediumId } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

interface Calls {
  /** Bytes of each read. */
  readonly reads: number[];
  /** Bytes of each array that was committed. */
  readonly writes: number[];
  commits: number;
}

/** A store that notes how often it is called, and with how much. */
function counting(store: MediumStore): readonly [MediumStore, Calls] {
  const calls: Calls = { reads: [], writes: [], commits: 0 };
  const counted: MediumStore = {
    ...{ state: store.state, access: store.access, end: store.end, keepsUnits: store.keepsUnits },
    read(at, into) {
      calls.reads.push(into.length);
      store.read(at, into);
    },
    commit(effects, isDurable) {
      calls.commits += 1;
      for (const { data } of effects) if (data !== undefined) calls.writes.push(data.bytes.length);
      store.commit(effects, isDurable);
    },
    close: () => store.close(),
  };
  return [counted, calls];
}

function hostOf(medium: VirtualMediumId): readonly [Initiator, Calls] {
  const options = { medium, capacity: 65_536, ...(medium === "dvd+rw" && { formatted: true }) };
  const [store, calls] = counting(createMedium(options));
  return [new Initiator(createVirtualRecorder({ ...options, store })), calls];
}

const WRITE = 65_536;

describe("a recording in commands of 64 KiB", () => {
  it.each<[VirtualMediumId, number]>([
    ["cd-r", WRITE],
    ["dvd+r", WRITE],
    ["bd-r", WRITE],
    ["bd-r-pow", WRITE],
    // In place each unit survives a cut on its own.
    ["dvd+rw", WRITE / 2],
  ])("goes to the store of a %s in one commit for a full buffer, in arrays of %d bytes", (medium, bytes) => {
    const [host, calls] = hostOf(medium);
    calls.commits = 0;
    for (let at = 0; at < 960; at += 32) host.write(at, blocksOf(32, 1));
    expect(calls).toMatchObject({ commits: 0, writes: [] });
    host.sync();
    expect(calls.writes).toEqual(Array((960 * 2048) / bytes).fill(bytes));
  });

  it.each<VirtualMediumId>(["cd-r", "dvd+r", "bd-r", "bd-r-pow", "dvd+rw"])(
    "is read from the store of a %s in one call for each READ",
    (medium) => {
      const [host, calls] = hostOf(medium);
      for (let at = 0; at < 960; at += 32) host.write(at, blocksOf(32, 1));
      host.sync();
      calls.reads.length = 0;
      for (let at = 0; at < 960; at += 32) expect(marksOf(host.read(at, 32))).toEqual(marks(32, 1));
      expect(calls.reads).toEqual(Array(30).fill(WRITE));
    },
  );
});

describe("one WRITE of many units", () => {
  it.each<[VirtualMediumId, number]>([
    ["cd-r", 1],
    ["dvd+r", 16],
    ["bd-r", 32],
  ])("counts as many effects as it has units, and a cut leaves whole ones: %s", (medium, unit) => {
    const [host] = hostOf(medium);
    const { recorder } = host;
    host.write(0, blocksOf(96, 1));
    const before = recorder.counters.effects;
    recorder.flush();
    expect(recorder.counters.effects - before).toBe(96 / unit);

    const kept = new Set<number>();
    for (let seed = 0; seed < 30; seed++) {
      const [other] = hostOf(medium);
      other.write(0, blocksOf(96, 1));
      other.recorder.arm([{ fault: "power-cut", after: "effect", count: 2 }], seed);
      expect(() => other.sync()).toThrow(MultisessionError);
      other.recorder.powerOn();
      other.ready();
      const { nextWritable } = other.track(1);
      expect(nextWritable % unit).toBe(0);
      expect(marksOf(other.read(0, 2 * unit))).toEqual(marks(2 * unit, 1));
      kept.add(nextWritable);
    }
    expect(Math.min(...kept)).toBe(2 * unit);
    expect(kept.size).toBeGreaterThan(1);
  });
});
