import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  closeTrackSession,
  formatParameters,
  formatUnit,
  modeData,
  modeSelect10,
  openMmcRecorder,
  read10,
  readDiscInformation,
  readTrackInformation,
  requestSense,
  startStopUnit,
  synchronizeCache,
  testUnitReady,
  write10,
  writeParametersPage,
} from "@multisession/mmc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createDisc,
  createVirtualRecorder,
  discImage,
  type Fault,
  type LogLine,
  logLineText,
  openDisc,
  parseLog,
  recordLog,
  replayLog,
  SimulatedClock,
  type VirtualRecorder,
  type VirtualRecorderOptions,
} from "../src/index.ts";
import { contentOf } from "../src/recorder/snapshot.ts";
import { blocksOf } from "./support/initiator.ts";

/** A recorder, and the log of it as it would lie in a file. */
function logged(options: VirtualRecorderOptions, contents = true): { recorder: VirtualRecorder; file: () => string } {
  const recorder = createVirtualRecorder(options);
  let text = "";
  recordLog(
    recorder,
    (line) => {
      text += `${JSON.stringify(line)}\n`;
    },
    { contents },
  );
  return { recorder, file: () => text };
}

function send(recorder: VirtualRecorder, cdb: Uint8Array, dataOut?: Uint8Array): void {
  try {
    recorder.run({ cdb, ...(dataOut && { dataOut }) });
  } catch {
    // The power is gone.
  }
}

/** All that a recorder and its disc are. */
function whole(recorder: VirtualRecorder): unknown {
  const { store, buffer, drive, random, isOn } = contentOf(recorder.snapshot());
  const { table: _, ...state } = buffer.state;
  const image = Buffer.from(discImage(recorder)).toString("base64");
  return { state, stored: store.state.tracks, drive, random, isOn, image, time: recorder.time };
}

const page = writeParametersPage.build({ writeType: 0, multisession: 3, dataBlockType: 8 });
const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
const formats = formatParameters.build({ type: 0x26, blocks: 0xffff_ffff, immediate: true });

type Step = (recorder: VirtualRecorder) => void;

const lba = fc.integer({ min: 0, max: 12 }).map((unit) => unit * 32);
const blocks = fc.integer({ min: 1, max: 4 }).map((units) => units * 32);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({
    fault: fc.constant("power-cut" as const),
    after: fc.constantFrom("command" as const, "block" as const, "effect" as const),
    count: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ fault: fc.constant("bad-block" as const), on: fc.constantFrom("read", "write"), at: lba }),
  fc.record({
    fault: fc.constant("hot-removal" as const),
    after: fc.constantFrom("command" as const, "block" as const, "effect" as const),
    count: fc.integer({ min: 1, max: 60 }),
  }),
  fc.record({ fault: fc.constant("slow" as const), after: fc.nat(5), times: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ fault: fc.constant("defect" as const), at: lba }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(lba, blocks, fc.nat(200)).map(
    ([at, count, mark]): Step =>
      (recorder) =>
        send(recorder, write10.build({ lba: at, blocks: count }), blocksOf(count, mark)),
  ),
  fc.tuple(lba, blocks).map(
    ([at, count]): Step =>
      (recorder) =>
        send(recorder, read10.build({ lba: at, blocks: count })),
  ),
  fc.constantFrom<Step>(
    (recorder) => send(recorder, testUnitReady.build({})),
    (recorder) => send(recorder, requestSense.build({ allocationLength: 18 })),
    (recorder) => send(recorder, synchronizeCache.build({})),
    (recorder) => send(recorder, readDiscInformation.build({ allocationLength: 34 })),
    (recorder) => send(recorder, readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 36 })),
    (recorder) => send(recorder, closeTrackSession.build({ immediate: true, function: 1, number: 1 })),
    (recorder) => send(recorder, closeTrackSession.build({ immediate: true, function: 2 })),
    (recorder) => send(recorder, formatUnit.build({ hasParameters: true, formatCode: 1 }), formats),
    (recorder) => send(recorder, modeSelect10.build({ parameterLength: list.length }), list),
    (recorder) => recorder.powerCut(),
    (recorder) => recorder.powerOn(),
    (recorder) => recorder.removeDisc(),
    (recorder) => send(recorder, startStopUnit.build({ immediate: true, loadEject: true, start: true })),
    (recorder) => recorder.flush(),
  ),
  fc.tuple(fault, fc.nat(9)).map(
    ([one, seed]): Step =>
      (recorder) =>
        recorder.arm([one], seed),
  ),
);

describe("a log", () => {
  it("has a line for each command, with data, sense and words", () => {
    const { recorder, file } = logged({ medium: "bd-r", capacity: 1024, seed: 7 }, false);
    send(recorder, testUnitReady.build({}));
    send(recorder, write10.build({ lba: 0, blocks: 1 }), blocksOf(1, 1));
    send(recorder, write10.build({ lba: 500, blocks: 1 }), blocksOf(1, 1));
    send(recorder, readDiscInformation.build({ allocationLength: 4 }));
    const lines = parseLog(file(), "burn.log");
    expect(lines[0]).toMatchObject({ is: "recorder", version: 1, kind: "log", disc: { medium: "bd-r" }, seed: 7 });
    expect(lines.slice(1)).toEqual([
      expect.objectContaining({ at: 0, cdb: "000000000000", outcome: "6/28/00" }),
      expect.objectContaining({ outcome: "good", out: { bytes: 2048, crc: expect.stringMatching(/^[0-9a-f]{8}$/) } }),
      expect.objectContaining({ outcome: "5/21/02", says: expect.stringContaining("not the next writable one") }),
      expect.objectContaining({ in: expect.objectContaining({ bytes: 4, hex: "00200501" }) }),
    ]);
    const text = lines.map(logLineText).join("\n");
    expect(text).toMatch(
      /a recorder with bd-r.*\n.*TEST UNIT READY.*medium may have been changed.*\n.*WRITE\(10\).*good/,
    );
    expect(file()).not.toContain("deflated");
  });

  it("begins before the first command, and ends when it is told to", () => {
    const recorder = createVirtualRecorder({ medium: "bd-r" });
    const lines: LogLine[] = [];
    const stop = recordLog(recorder, (line) => lines.push(line));
    send(recorder, testUnitReady.build({}));
    stop();
    send(recorder, testUnitReady.build({}));
    expect(lines).toHaveLength(2);
    expect(() => recordLog(recorder, () => {})).toThrow(TypeError);
  });

  it("tells how far an operation is", () => {
    const clock = new SimulatedClock();
    const { recorder, file } = logged({ medium: "dvd+r", capacity: 16_384, clock });
    send(recorder, testUnitReady.build({}));
    send(recorder, write10.build({ lba: 0, blocks: 16 }), blocksOf(16, 1));
    send(recorder, closeTrackSession.build({ immediate: true, function: 1, number: 1 }));
    clock.advance(1000);
    send(recorder, testUnitReady.build({}));
    const last = parseLog(file(), "x").at(-1);
    expect(last && logLineText(last)).toMatch(
      /1\.00\d s +TEST UNIT READY: an operation is in progress.* 2\/04\/07\), 49 % done/,
    );
  });
});

describe("a replay", () => {
  it.each<[string, VirtualRecorderOptions, boolean]>([
    ["a BD-R", { medium: "bd-r", capacity: 1024 }, false],
    ["a BD-R with pseudo-overwrite", { medium: "bd-r-pow", capacity: 1024 }, false],
    ["a DVD+RW", { medium: "dvd+rw", capacity: 1024 }, false],
    ["a DVD-R", { medium: "dvd-r", capacity: 65_536, drive: "asus-drw-2014l1t" }, false],
    ["a DVD+RW, by a clock", { medium: "dvd+rw", capacity: 1024 }, true],
    ["a BD-R, by a clock", { medium: "bd-r", capacity: 1024, drive: "pioneer-bdr-203" }, true],
  ])("of whatever was done to %s gives the identical disc, answers and log", (_, options, hasClock) => {
    const steps = fc.array(fc.tuple(step, fc.constantFrom(0, 10, 3000, 200_000)), { maxLength: 40 });
    fc.assert(
      fc.property(steps, fc.array(fault, { maxLength: 2 }), fc.nat(), (all, faults, seed) => {
        const clock = hasClock ? new SimulatedClock(5) : undefined;
        const { recorder, file } = logged({ ...options, faults, seed, ...(clock && { clock }) });
        for (const [one, later] of all) {
          one(recorder);
          clock?.advance(later);
        }
        // The clock of the replay stands at the last command.
        if (clock === undefined || all.length === 0) expectSame(recorder, file());
        else {
          send(recorder, testUnitReady.build({}));
          expectSame(recorder, file());
        }
      }),
      { numRuns: 60 },
    );
  });

  function expectSame(recorder: VirtualRecorder, file: string): void {
    const lines = parseLog(file, "burn.log");
    const again: string[] = [];
    const replay = replayLog(lines, (line) => again.push(JSON.stringify(line)));
    expect(replay.difference).toBeUndefined();
    expect(again.join("\n")).toBe(file.trimEnd());
    expect(whole(replay.recorder)).toEqual(whole(recorder));
  }

  it("of a burn through the initiator, into a disc file, gives the same blocks", async () => {
    const folder = mkdtempSync(join(tmpdir(), "log-"));
    try {
      const path = join(folder, "my.disc");
      await createDisc(path, { medium: "dvd+r", capacity: 65_536, drive: "nec-nd-1300a" });
      const recorder = await openDisc(path);
      const lines: LogLine[] = [];
      recordLog(recorder, (line) => lines.push(line), { contents: true });
      const opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
      await opened.write(0, blocksOf(640, 3));
      await opened.flush();
      await opened.closeSpace("track");
      await opened.closeSpace("session");
      await opened.close();
      const replay = replayLog(
        parseLog(
          lines
            .map((line) => JSON.stringify(line))
            .join("\n")
            .concat("\n"),
          "x",
        ),
      );
      expect(replay.difference).toBeUndefined();
      expect(replay.recorder.drive.identity.product).toBe("DVD_RW ND-1300A");
      expect(Buffer.compare(discImage(replay.recorder), discImage(recorder))).toBe(0);
      recorder.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("tears the same blocks, also when the power was cut before the log began", () => {
    for (let seed = 0; seed < 8; seed++) {
      const recorder = createVirtualRecorder({ medium: "bd-r", capacity: 1024, seed });
      recorder.arm([{ fault: "torn-unit", at: 5 }]);
      recorder.powerCut();
      recorder.powerOn();
      const lines: string[] = [];
      recordLog(recorder, (line) => lines.push(JSON.stringify(line)), { contents: true });
      for (let attention = 0; attention < 2; attention++) send(recorder, testUnitReady.build({}));
      send(recorder, write10.build({ lba: 0, blocks: 32 }), blocksOf(32, 1));
      send(recorder, synchronizeCache.build({}));
      for (let at = 0; at < 32; at++) send(recorder, read10.build({ lba: at, blocks: 1 }));
      expectSame(recorder, `${lines.join("\n")}\n`);
    }
  });

  it("holds the removal of a disc only where one was taken out", () => {
    const { recorder, file } = logged({ medium: "bd-r", capacity: 1024 });
    recorder.removeDisc();
    recorder.removeDisc();
    expect(parseLog(file(), "x").map(({ is }) => is)).toEqual(["recorder", "removal"]);
  });

  it("stops at the first answer that differs, and says in what", () => {
    const { recorder, file } = logged({ medium: "bd-r", capacity: 1024 });
    send(recorder, testUnitReady.build({}));
    send(recorder, write10.build({ lba: 0, blocks: 1 }), blocksOf(1, 1));
    send(recorder, read10.build({ lba: 0, blocks: 1 }));
    const changed = file().replace('"outcome":"good"', '"outcome":"3/0C/00"');
    expect(replayLog(parseLog(changed, "x"))).toMatchObject({
      commands: 1,
      difference: { line: 3, what: "outcome was 3/0C/00 and is good" },
    });
  });

  it("needs the contents that were recorded", () => {
    const { recorder, file } = logged({ medium: "bd-r", capacity: 1024 }, false);
    send(recorder, testUnitReady.build({}));
    send(recorder, write10.build({ lba: 0, blocks: 1 }), blocksOf(1, 1));
    expect(replayLog(parseLog(file(), "x")).difference?.what).toMatch(/does not hold the data/);
  });
});

describe("the text of a log", () => {
  const { recorder, file } = logged({ medium: "bd-r", capacity: 1024, faults: [{ fault: "lying" }] });
  send(recorder, testUnitReady.build({}));
  send(recorder, write10.build({ lba: 0, blocks: 2 }), blocksOf(2, 1));
  send(recorder, write10.build({ lba: 7, blocks: 2 }), blocksOf(2, 1));

  it("may end in a line that was never finished", () => {
    expect(parseLog(`${file()}{"is":"comm`, "x")).toEqual(parseLog(file(), "x"));
  });

  it.each([
    ["nothing of a log", "hello\n", /Line 1 of x .*no JSON/],
    ["a command first", '{"is":"flush","at":0}\n', /begins with a recorder/],
    ["another version", file().replace('"version":1', '"version":9'), /only version 1/],
    ["a disc that cannot be", file().replace('"mediumBlocks":1024', '"mediumBlocks":-1'), /its disc cannot be/],
    ["an event that is not there", `${file()}{"is":"explosion","at":1}\n`, /Line 5 .*"explosion"/],
    ["no hexadecimal digits", file().replace('"cdb":"00', '"cdb":"xx'), /cdb is not what it should be/],
  ])("is refused when it holds %s", (_, text, message) => {
    expect(() => parseLog(text, "x")).toThrow(
      expect.objectContaining({ code: "driver-virtual/log-invalid", message: expect.stringMatching(message) }),
    );
  });

  it("damaged anywhere, is refused or replayed, and never more than that", () => {
    const text = file();
    const damage = fc.array(fc.tuple(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 })), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(damage, (places) => {
        const damaged = places.reduce(
          (whole, [at, what]) => whole.slice(0, at) + what + whole.slice(at + what.length),
          text,
        );
        try {
          const lines = parseLog(damaged, "x");
          if (lines.length > 0) replayLog(lines);
        } catch (error) {
          expect(error).toMatchObject({ code: "driver-virtual/log-invalid" });
        }
      }),
      { numRuns: 500 },
    );
  });
});
