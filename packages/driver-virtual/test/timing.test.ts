import {
  blank,
  bufferCapacity,
  capabilitiesPage,
  closeTrackSession,
  type DriveCapture,
  formatParameters,
  formatUnit,
  getEventStatus,
  getPerformance,
  modeData,
  modeSense10,
  openMmcRecorder,
  parseSense,
  performance,
  readBufferCapacity,
  readDiscInformation,
  requestSense,
  setCdSpeed,
  setStreaming,
  startStopUnit,
  streamingDescriptor,
  synchronizeCache,
  testUnitReady,
  writeSpeeds,
} from "@multisession/mmc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, SimulatedClock, type VirtualRecorderOptions } from "../src/index.ts";
import { commands } from "../src/recorder/command-table.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

function host(options: VirtualRecorderOptions): { readonly initiator: Initiator; readonly clock: SimulatedClock } {
  const clock = new SimulatedClock(1000);
  return { clock, initiator: new Initiator(createVirtualRecorder({ clock, ...options })) };
}

const tur = testUnitReady.build({});

/** Sense and progress, from 0 to 1, as REQUEST SENSE tells them. */
function progress({ recorder }: Initiator): readonly [string, number] {
  const { dataIn = new Uint8Array() } = recorder.run({ cdb: requestSense.build({ allocationLength: 18 }) });
  const sense = parseSense(dataIn);
  return [`${sense.key}/${sense.asc}/${sense.ascq}`, (sense.progress ?? 0) / 65_536];
}

const free = (initiator: Initiator): number =>
  bufferCapacity.parse(initiator.data(readBufferCapacity.build({ allocationLength: 12 }))).free;
const page2a = (initiator: Initiator): ReturnType<typeof capabilitiesPage.parse> => {
  const { pages } = modeData.parse(initiator.data(modeSense10.build({ page: 0x2a, allocationLength: 512 })));
  return capabilitiesPage.parse(pages[0] ?? new Uint8Array());
};
const nominal = (initiator: Initiator, isWrite: boolean): number | undefined =>
  performance.parse(initiator.data(getPerformance.build({ dataType: isWrite ? 0x14 : 0x10, maximumDescriptors: 4 })))
    .speeds[0]?.startSpeed;

describe("time", () => {
  it("passes at once without a clock, and is only counted", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024 });
    const initiator = new Initiator(recorder);
    initiator.write(0, blocksOf(256, 1));
    expect(recorder.time).toBeCloseTo((256 * 2048) / 53_952);
    const read = recorder.time;
    initiator.read(0, 256);
    expect(recorder.time - read).toBeCloseTo((256 * 2048) / 26_976);
    expect(initiator.send(closeTrackSession.build({ immediate: true, function: 1, number: 1 }))).toBe("good");
    expect(initiator.send(tur)).toBe("good");
  });

  it("is taken from the clock: a WRITE waits only when the buffer is full, a READ always", () => {
    const { initiator, clock } = host({ medium: "bd-r", capacity: 8192, drive: "pioneer-bdr-203" });
    const size = 0x18_0000;
    expect(free(initiator)).toBe(size);
    for (let at = 0; at < 768; at += 32) initiator.write(at, blocksOf(32, 1));
    expect(clock.now()).toBe(1000);
    expect(free(initiator)).toBe(0);
    initiator.write(768, blocksOf(32, 1));
    expect(clock.now()).toBeCloseTo(1000 + 65_536 / 35_960);
    clock.advance(1_000_000 / 35_960);
    expect(Math.abs(free(initiator) - 1_000_000)).toBeLessThan(2);
    const before = clock.now();
    initiator.sync();
    expect(clock.now() - before).toBeCloseTo((size - 1_000_000) / 35_960, 2);
    expect(free(initiator)).toBe(size);
    const start = clock.now();
    initiator.read(0, 32);
    expect(clock.now()).toBeGreaterThan(start);
  });

  it("a drive that does not wait says that its buffer is full, and takes the same WRITE later", () => {
    const media = [{ profile: "0041", bufferBytes: 131_072, quirks: { busyWhenFull: true } }] as const;
    const drive: DriveCapture = { identity: { vendor: "X", product: "Y", revision: "" }, media };
    const { initiator, clock } = host({ medium: "bd-r", capacity: 1024, drive });
    const results = [0, 32, 64].map((at) => initiator.write(at, blocksOf(32, 1)));
    expect(results).toEqual(["good", "good", "2/04/08"]);
    expect(initiator.track(1).nextWritable).toBe(64);
    clock.advance(65_536 / 53_952 + 0.01);
    expect(initiator.write(64, blocksOf(32, 1))).toBe("good");
  });

  it("is longer inside the disc where the speed is that of the edge, and more evenly towards it", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r-pow", drive: "hl-dt-st-wh16ns40" });
    const initiator = new Initiator(recorder);
    const took = (at: number): number => {
      const start = recorder.time;
      expect(initiator.write(at, blocksOf(32, 1))).toBe("good");
      return recorder.time - start;
    };
    const inside = took(0);
    initiator.reserve(12_000_000);
    const outside = took(initiator.track(2).start);
    const atFullSpeed = 65_536 / 53_952;
    // 24 and 58 mm: the radii of the recorded area.
    expect(inside).toBeCloseTo(atFullSpeed * (58 / 24), 3);
    expect(outside).toBeGreaterThan(atFullSpeed);
    expect(outside).toBeLessThan(1.02 * atFullSpeed);
  });

  it("differs along the disc where the drive has zones", () => {
    const recorder = createVirtualRecorder({ medium: "dvd+r-dl", drive: "hl-dt-st-bt20n", capacity: 300_000 });
    const initiator = new Initiator(recorder);
    const took = (at: number): number => {
      const start = recorder.time;
      initiator.write(at, blocksOf(16, 1));
      return recorder.time - start;
    };
    expect(took(0)).toBeCloseTo((16 * 2048) / 3324);
    recorder.run({ cdb: Uint8Array.from([0x53, 0, 0, 0, 0, 0, 0x03, 0x5b, 0x00, 0]) });
    expect(took(initiator.track(2).start)).toBeCloseTo((16 * 2048) / 5540);
  });
});

describe("speeds", () => {
  it("SET CD SPEED takes the fastest that is not above the one that is asked for", () => {
    const { initiator } = host({ medium: "bd-r", drive: "hl-dt-st-wh16ns40" });
    const set = (writeSpeed: number, readSpeed = 0xffff): void => {
      expect(initiator.send(setCdSpeed.build({ readSpeed, writeSpeed }))).toBe("good");
    };
    const seen = (): readonly (number | undefined)[] => {
      const { currentWriteSpeed, currentReadSpeed } = page2a(initiator);
      expect([nominal(initiator, true), nominal(initiator, false)]).toEqual([currentWriteSpeed, currentReadSpeed]);
      return [currentWriteSpeed, currentReadSpeed];
    };
    expect(seen()).toEqual([53_952, 26_976]);
    set(40_000, 9000);
    expect(seen()).toEqual([35_968, 9000]);
    set(1);
    expect(seen()).toEqual([17_984, 26_976]);
    set(0xffff);
    expect(seen()).toEqual([53_952, 26_976]);
    expect(page2a(initiator).writeSpeeds).toHaveLength(5);
    const listed = writeSpeeds.parse(initiator.data(getPerformance.build({ type: 3, maximumDescriptors: 8 })));
    expect(listed.map(({ writeSpeed }) => writeSpeed)).toEqual(page2a(initiator).writeSpeeds.map(({ speed }) => speed));
  });

  it("SET STREAMING sets them too, refuses no time, and gives back the fastest", () => {
    const { initiator } = host({ medium: "bd-r" });
    const set = (values: Parameters<typeof streamingDescriptor.build>[0]): string =>
      initiator.send(setStreaming.build({}), streamingDescriptor.build(values));
    expect(set({ readSize: 20_000, writeSize: 18_000, writeTime: 500 })).toBe("good");
    expect([nominal(initiator, true), nominal(initiator, false)]).toEqual([35_968, 20_000]);
    expect(set({ readSize: 1, writeSize: 1, writeTime: 0 })).toBe("5/26/00");
    expect(set({ restoreDefaults: true })).toBe("good");
    expect(nominal(initiator, true)).toBe(53_952);
  });
});

describe("what goes on behind its command", () => {
  it("a close: the drive is not ready, tells how far it is, and is done by the clock", () => {
    const { initiator, clock } = host({ medium: "dvd+r", capacity: 16_384 });
    initiator.write(0, blocksOf(64, 1));
    initiator.close(1, 1);
    const start = clock.now();
    expect(initiator.send(closeTrackSession.build({ immediate: true, function: 2 }))).toBe("good");
    expect(clock.now()).toBe(start);
    expect(initiator.send(tur)).toBe("2/04/07");
    expect(initiator.write(2112, blocksOf(16, 2))).toBe("2/04/07");
    expect(progress(initiator)).toEqual(["2/4/7", 0]);
    // Others than this one tell of the disc meanwhile, as it was.
    expect(initiator.disc()).toMatchObject({ sessions: 1 });
    const busy = initiator.data(getEventStatus.build({ classes: 1 << 6, allocationLength: 8 }));
    expect(busy[5]).toBe(1);
    const whole = 10_000 + (2048 * 2048) / 22_160;
    clock.advance(whole / 2);
    expect(progress(initiator)[1]).toBeCloseTo(0.5, 3);
    clock.advance(whole / 2);
    expect(initiator.send(tur)).toBe("good");
    expect(progress(initiator)).toEqual(["0/0/0", 0]);
    expect(initiator.disc()).toMatchObject({ sessions: 2 });
  });

  it("a drive that tells nothing of the disc meanwhile", () => {
    const { initiator, clock } = host({ medium: "dvd+r", capacity: 16_384, drive: "pioneer-bdr-203" });
    initiator.write(0, blocksOf(64, 1));
    initiator.send(closeTrackSession.build({ immediate: true, function: 1, number: 1 }));
    expect(initiator.send(readDiscInformation.build({ allocationLength: 34 }))).toBe("2/04/07");
    clock.advance(10_000);
    expect(initiator.send(readDiscInformation.build({ allocationLength: 34 }))).toBe("good");
  });

  it("a blank, a format and a flush, each with its own sense", () => {
    const rw = host({ medium: "dvd-rw", capacity: 65_536 });
    expect(rw.initiator.send(blank.build({ immediate: true, type: 1 }))).toBe("good");
    expect(rw.initiator.send(tur)).toBe("2/04/07");
    const re = host({ medium: "bd-re", capacity: 4096 });
    expect(re.initiator.format(0x31, 0)).toBe("good");
    expect(re.initiator.send(tur)).toBe("2/04/04");
    const r = host({ medium: "bd-r", capacity: 1024 });
    r.initiator.write(0, blocksOf(64, 1));
    expect(r.initiator.send(synchronizeCache.build({ immediate: true }))).toBe("good");
    expect(r.initiator.send(tur)).toBe("2/04/08");
    r.clock.advance(10);
    expect(r.initiator.send(tur)).toBe("good");
  });

  it("a tray that is closed: the drive becomes ready, and then tells of its medium", () => {
    const { initiator, clock } = host({ medium: "bd-re", capacity: 4096 });
    initiator.send(startStopUnit.build({ loadEject: true }));
    expect(initiator.send(tur)).toBe("2/3a/02");
    expect(initiator.send(startStopUnit.build({ immediate: true, loadEject: true, start: true }))).toBe("good");
    expect(initiator.send(tur)).toBe("2/04/01");
    const event = (): number | undefined =>
      initiator.data(getEventStatus.build({ classes: 1 << 4, allocationLength: 8 }))[4];
    expect(event()).toBe(0);
    clock.advance(8000);
    expect([event(), event()]).toEqual([2, 0]);
    expect([1, 2].map(() => initiator.send(tur))).toEqual(["6/28/00", "good"]);
  });

  it("a format of a used disc takes no longer than one of a blank disc: what is recorded goes first, not apart", () => {
    const took = (isUsed: boolean): number => {
      const { initiator, clock } = host({ medium: "bd-re", capacity: 1024, formatted: true });
      if (isUsed) initiator.write(0, blocksOf(32, 1));
      initiator.sync();
      const start = clock.now();
      expect(initiator.send(formatUnit.build({}), formatParameters.build({ type: 0x31 }))).toBe("good");
      return clock.now() - start;
    };
    expect(took(true)).toBe(30_000);
    expect(took(false)).toBe(30_000);
  });

  it("a full format takes as long as writing the medium", () => {
    const { initiator, clock } = host({ medium: "bd-re", capacity: 4096 });
    expect(initiator.format(0x30, 2, 4096)).toBe("good");
    clock.advance((4096 * 2048) / 8990);
    expect(initiator.send(tur)).toBe("2/04/04");
    clock.advance(30_200);
    expect(initiator.send(tur)).toBe("good");
  });

  it("a background format leaves the drive free, and can be stopped and gone on with", () => {
    const { initiator, clock } = host({ medium: "dvd+rw", capacity: 65_536 });
    expect(initiator.format(0x26)).toBe("good");
    expect(initiator.disc().backgroundFormat).toBe(2);
    expect(initiator.send(tur)).toBe("good");
    expect(initiator.write(0, blocksOf(16, 1))).toBe("good");
    clock.advance(1000);
    expect(progress(initiator)[0]).toBe("0/4/4");
    expect(progress(initiator)[1]).toBeGreaterThan(0);
    expect(initiator.close(0)).toBe("good");
    expect(initiator.disc().backgroundFormat).toBe(1);
    expect(progress(initiator)).toEqual(["0/0/0", 0]);
    clock.advance(1e9);
    expect(initiator.disc().backgroundFormat).toBe(1);
    const restart = formatParameters.build({ type: 0x26, parameter: 1, blocks: 0xffff_ffff, immediate: true });
    expect(initiator.send(formatUnit.build({ hasParameters: true, formatCode: 1 }), restart)).toBe("good");
    expect(initiator.disc().backgroundFormat).toBe(2);
    clock.advance(1e9);
    expect(initiator.disc().backgroundFormat).toBe(3);
    expect(marksOf(initiator.read(0, 16))).toEqual(marks(16, 1));
  });

  it("is not done when the power goes before its end, and is when the recorder is closed in good order", () => {
    const cut = host({ medium: "bd-r", capacity: 1024 });
    const calm = host({ medium: "bd-r", capacity: 1024 });
    for (const { initiator } of [cut, calm]) {
      initiator.write(0, blocksOf(64, 1));
      initiator.sync();
      initiator.send(closeTrackSession.build({ immediate: true, function: 1, number: 1 }));
    }
    cut.initiator.recorder.powerCut();
    cut.initiator.recorder.powerOn();
    cut.initiator.ready();
    expect(cut.initiator.track(1)).toMatchObject({ nextWritableValid: true });
    const { recorder } = calm.initiator;
    const snapshot = recorder.snapshot();
    expect(recorder.run({ cdb: startStopUnit.build({ loadEject: true }) }).status).toBe("check-condition");
    calm.clock.advance(60_000);
    expect(calm.initiator.track(1).nextWritableValid).toBe(false);
    recorder.restore(snapshot);
    // The way back leads to the middle of the close.
    expect(calm.initiator.send(tur)).toBe("2/04/07");
    calm.clock.advance(60_000);
    expect(calm.initiator.send(tur)).toBe("good");
  });

  it("of a close of the disc, what had taken place at a cut is there", () => {
    const { initiator, clock } = host({ medium: "bd-r", capacity: 1024 });
    initiator.write(0, blocksOf(64, 1));
    initiator.send(closeTrackSession.build({ immediate: true, function: 6 }));
    clock.advance(2000 + 10_000 + 5000);
    initiator.recorder.powerCut();
    initiator.recorder.powerOn();
    initiator.ready();
    expect(initiator.disc()).toMatchObject({ discStatus: 1, sessions: 2 });
  });
});

describe("any commands at any time", () => {
  const byte = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 0, 1, 2, 6, 8, 16, 32) }, fc.nat(255));
  const step = fc.record({
    cdb: fc.tuple(fc.constantFrom(...commands.keys()), fc.array(byte, { maxLength: 11 })),
    dataOut: fc.oneof(
      fc.array(byte, { maxLength: 40 }).map((bytes) => Uint8Array.from(bytes)),
      fc.integer({ min: 0, max: 70 }).map((blocks) => blocksOf(blocks, 9)),
    ),
    later: fc.constantFrom(0, 1, 1000, 1_000_000),
  });

  it.each<VirtualRecorderOptions>([
    { medium: "cd-rw", capacity: 65_536 },
    { medium: "dvd-rw", capacity: 65_536 },
    { medium: "dvd+rw", capacity: 1024 },
    { medium: "bd-r", capacity: 1024, drive: "pioneer-bdr-203" },
    { medium: "bd-re", capacity: 1024 },
  ])("have a valid answer, also while something goes on: $medium", (options) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const clock = new SimulatedClock();
        const recorder = createVirtualRecorder({ ...options, clock });
        for (const { cdb, dataOut, later } of steps) {
          const { status, sense } = recorder.run({ cdb: Uint8Array.from(cdb.flat()), dataOut });
          expect(sense?.length).toBe(status === "good" ? undefined : 18);
          expect(Number.isFinite(recorder.time)).toBe(true);
          clock.advance(later);
        }
        recorder.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe("a whole burn by one clock", () => {
  it("takes the time of the drive, and none of the tester", async () => {
    const clock = new SimulatedClock();
    const recorder = createVirtualRecorder({ medium: "dvd+r", capacity: 65_536, clock });
    await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test", clock });
    const started = globalThis.performance.now();
    for (let at = 0; at < 8192; at += 512) await opened.write(at, blocksOf(512, 1));
    await opened.flush();
    await opened.closeSpace("track");
    await opened.closeSpace("session");
    expect((await opened.medium()).lastSession).toBe("empty");
    const expected = (8192 * 2048) / 22_160 + 2000 + 10_000 + (2048 * 2048) / 22_160;
    // The initiator looks again after pauses of up to a second.
    expect(clock.now()).toBeGreaterThan(expected);
    expect(clock.now()).toBeLessThan(expected + 3000);
    expect(globalThis.performance.now() - started).toBeLessThan(5000);
  });
});
