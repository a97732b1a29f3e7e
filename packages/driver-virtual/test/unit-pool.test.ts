import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDisc, createMedium, createVirtualRecorder, type MediumStore, openDisc } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

/** A store that notes the arrays which it was given, and does not keep them. */
function noting(store: MediumStore, seen: Set<ArrayBufferLike>): MediumStore {
  return {
    ...{ state: store.state, access: store.access, end: store.end, keepsUnits: false },
    read: (at, into) => store.read(at, into),
    commit(effects, isDurable) {
      for (const { data } of effects) if (data !== undefined) seen.add(data.bytes.buffer);
      const own = effects.map(({ record, data }) => ({
        record,
        ...(data && { data: { at: data.at, bytes: data.bytes.slice() } }),
      }));
      store.commit(own, isDurable);
    },
    close: () => store.close(),
  };
}

/** A mark for each 32 blocks; a mark has one byte that is not zero. */
const markAt = (at: number): number => 1 + ((at >> 5) % 250);

describe("the arrays of units", () => {
  it.each(["bd-r", "bd-r-pow", "dvd+rw"] as const)("are used again: %s", (medium) => {
    const seen = new Set<ArrayBufferLike>();
    const options = { medium, capacity: 20_480, formatted: medium !== "bd-r" };
    const host = new Initiator(createVirtualRecorder({ ...options, store: noting(createMedium(options), seen) }));
    for (let at = 0; at < 16_384; at += 32) expect(host.write(at, blocksOf(32, markAt(at)))).toBe("good");
    host.sync();
    // A full buffer of 64 units and the two that a command brings, of 512 or 1024 units in all.
    expect(seen.size).toBeLessThanOrEqual(66);
    for (let at = 0; at < 16_384; at += 32) expect(marksOf(host.read(at, 32))).toEqual(marks(32, markAt(at)));
  });
});

describe("a unit that is not filled", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "unit-pool-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("is padded with zeros, also when its array held something else before", async () => {
    const path = join(folder, "a.disc");
    await createDisc(path, { medium: "bd-r", capacity: 8192 });
    const recorder = await openDisc(path);
    const host = new Initiator(recorder);
    for (let at = 0; at < 4096; at += 32) host.write(at, blocksOf(32, 7));
    host.sync();
    host.write(4096, blocksOf(2, 8));
    host.write(4098, blocksOf(3, 9));
    expect(marksOf(host.read(4096, 5))).toEqual([...marks(2, 8), ...marks(3, 9)]);
    host.sync();
    expect(marksOf(host.read(4095, 33))).toEqual([
      ...marks(1, 7, 31),
      ...marks(2, 8),
      ...marks(3, 9),
      ...Array(27).fill("-"),
    ]);
    recorder.close();
  });

  it("reads as zeros where nothing was recorded in place", async () => {
    const path = join(folder, "b.disc");
    await createDisc(path, { medium: "dvd+rw", capacity: 8192, formatted: true });
    const recorder = await openDisc(path);
    const host = new Initiator(recorder);
    for (let at = 0; at < 4096; at += 32) host.write(at, blocksOf(32, 7));
    host.sync();
    host.write(5000, blocksOf(1, 8));
    host.sync();
    expect(marksOf(host.read(4992, 16))).toEqual([...Array(8).fill("-"), ...marks(1, 8), ...Array(7).fill("-")]);
    recorder.close();
  });
});
