import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  capacityData,
  configuration,
  getConfiguration,
  openMmcRecorder,
  readCapacity,
  readToc,
  toc,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { checkDisc, createDisc, createVirtualRecorder, openDisc } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const CAPACITY = 1024;
const disc = (seed = 1): Initiator =>
  new Initiator(createVirtualRecorder({ medium: "bd-r-rrm", capacity: CAPACITY, seed }));

/** All that a host asks of it. */
function answers(host: Initiator): Readonly<Record<string, unknown>> {
  const { discStatus, lastSessionState, sessions, lastTrack, erasable } = host.disc();
  const { start, size, nextWritableValid, freeBlocks } = host.track(1);
  const { profile, features } = configuration.parse(
    host.data(getConfiguration.build({ requestType: 1, allocationLength: 1024 })),
  );
  return {
    profile,
    features: features.map(({ code }) => code).filter((code) => code > 3 && code < 0x100),
    disc: [discStatus, lastSessionState, sessions, lastTrack, erasable],
    track: [start, size, nextWritableValid, freeBlocks],
    lastLba: capacityData.parse(host.data(readCapacity.build({}))).lastLba,
    toc: toc
      .parse(host.data(readToc.build({ allocationLength: 804 })))
      .entries.map(({ track, address }) => [track, address]),
  };
}

const common = {
  profile: 0x42,
  features: [0x10, 0x24, 0x25, 0x40, 0x41],
  lastLba: CAPACITY - 1,
  toc: [
    [1, 0],
    [0xaa, CAPACITY],
  ],
};

describe("BD-R in random recording mode", () => {
  it("is what FORMAT UNIT makes of a blank disc with sub-type 10b, once", () => {
    const host = new Initiator(createVirtualRecorder({ medium: "bd-r", capacity: CAPACITY }));
    expect(host.format(0x32, 2, 992)).toBe("good");
    expect(answers(host)).toMatchObject({ profile: 0x42, disc: [3, 3, 1, 1, false] });
    expect(host.format(0x32, 2)).toBe("5/30/06");
  });

  it.each<[string, (host: Initiator) => void, unknown, unknown]>([
    ["formatted", () => {}, [3, 3, 1, 1, false], [0, CAPACITY, false, CAPACITY]],
    [
      "partly recorded",
      (host) => host.write(512, blocksOf(64, 1)),
      [3, 3, 1, 1, false],
      [0, CAPACITY, false, CAPACITY - 64],
    ],
    [
      "finished",
      (host) => {
        host.write(512, blocksOf(64, 1));
        host.close(6);
      },
      [2, 3, 1, 1, false],
      [0, CAPACITY, false, CAPACITY - 64],
    ],
  ])("says what it is: %s", (_, prepare, ofDisc, ofTrack) => {
    const host = disc();
    prepare(host);
    expect(answers(host)).toEqual({ ...common, disc: ofDisc, track: ofTrack });
  });

  it("takes whole clusters anywhere, each once", () => {
    const host = disc();
    expect(host.write(512, blocksOf(64, 1))).toBe("good");
    expect(host.write(0, blocksOf(32, 2))).toBe("good");
    for (const state of ["in the buffer", "on the medium"]) {
      expect(host.write(544, blocksOf(32, 3)), state).toBe("5/21/02@544");
      expect(host.write(480, blocksOf(64, 3)), state).toBe("5/21/02@512");
      host.sync();
    }
    expect(host.write(64, blocksOf(1, 3))).toBe("5/24/00@64");
    expect(host.write(33, blocksOf(32, 3))).toBe("5/24/00@33");
    expect(marksOf(host.read(0, 32))).toEqual(marks(32, 2));
    expect(marksOf(host.read(512, 64))).toEqual(marks(64, 1));
    expect(host.read(480, 32)).toBe("8/00/00@480");
    expect(host.read(544, 64)).toBe("8/00/00@576");
  });

  it("has no tracks and sessions to close, only the disc", () => {
    const host = disc();
    host.write(0, blocksOf(32, 1));
    for (const fn of [1, 2, 3, 5]) expect(host.close(fn)).toBe("5/24/00");
    expect(host.reserve(32)).toBe("5/30/00");
    expect(host.close(6)).toBe("good");
    expect(host.write(32, blocksOf(32, 2))).toBe("7/27/00@32");
    expect(marksOf(host.read(0, 32))).toEqual(marks(32, 1));
  });

  it("loses any of what was not flushed when the power goes, and nothing else", () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const host = disc(seed);
      host.write(512, blocksOf(32, 1));
      host.sync();
      host.write(0, blocksOf(96, 2));
      host.recorder.powerCut();
      host.recorder.powerOn();
      host.ready();
      expect(marksOf(host.read(512, 32))).toEqual(marks(32, 1));
      const units = [0, 32, 64].map((at) => {
        const read = host.read(at, 32);
        if (typeof read !== "string") return "there";
        // What is recorded is used up, whole or torn; what is not can be written.
        const isFree = read.startsWith("8/00/00");
        expect(host.write(at, blocksOf(32, 3))).toBe(isFree ? "good" : `5/21/02@${at}`);
        return isFree ? "free" : "torn";
      });
      expect(units.filter((unit) => unit === "torn").length).toBeLessThanOrEqual(1);
      seen.add(units.join(" "));
    }
    expect(seen.size).toBeGreaterThan(6);
    expect(seen).toContain("free free free");
    expect(seen).toContain("there there there");
  });

  it("is the same disc when it is opened again from its file, and proved sound", async () => {
    const folder = mkdtempSync(join(tmpdir(), "random-recording-"));
    const path = join(folder, "a.disc");
    await createDisc(path, { medium: "bd-r-rrm", capacity: CAPACITY });
    const first = new Initiator(await openDisc(path));
    first.write(512, blocksOf(64, 1));
    first.write(64, blocksOf(32, 2));
    first.recorder.close();
    const second = new Initiator(await openDisc(path));
    expect(marksOf(second.read(512, 64))).toEqual(marks(64, 1));
    expect(second.read(0, 1)).toBe("8/00/00@0");
    expect(second.write(64, blocksOf(32, 3))).toBe("5/21/02@64");
    second.recorder.close();
    expect(await checkDisc(path)).toMatchObject({ isSound: true });
    rmSync(folder, { recursive: true });
  });

  it("is one that core does not record, and says why", async () => {
    await using opened = await openMmcRecorder(disc().recorder.transport(), { uri: "virtual:test" });
    expect(await opened.medium()).toMatchObject({
      kind: "bd-r-rrm",
      sessions: "none",
      overwrite: "no",
      restriction: expect.stringContaining("random recording"),
    });
  });
});
