import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  atip,
  blank,
  capacityData,
  configuration,
  discStructure,
  dvdPhysicalFormat,
  dvdPreRecorded,
  getConfiguration,
  layerBoundary,
  lbaOfMsf,
  modeData,
  modeSelect10,
  openMmcRecorder,
  rawToc,
  readCapacity,
  readDiscInformation,
  readDiscStructure,
  readToc,
  readTrackInformation,
  sessionInformation,
  toc,
  trackInformation,
  writeParametersPage,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createDisc, createVirtualRecorder, openDisc, type VirtualMediumId } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const NEXT = 0xff;

/** Sets mode page 05h: write type, and whether another session may follow. */
function setPage(host: Initiator, writeType: number, multisession: number, dataBlockType = 8): string {
  const page = writeParametersPage.build({ writeType, multisession, dataBlockType });
  const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
  return host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
}

/** What differs from medium to medium: how a session is written, and what is told of it. */
interface Row {
  readonly medium: VirtualMediumId;
  readonly unit: number;
  readonly capacity: number;
  /** Write type of mode page 05h, where it counts. */
  readonly page?: number;
  readonly erasable?: true;
  /** CLOSE function that finalizes; absent: the page does. */
  readonly finalize?: number;
  /** Start of the second and third session when the first has 608 blocks and the second 5888. */
  readonly starts: readonly [number, number];
  /** RTI byte 6 of a blank, an open and a closed track. */
  readonly states: readonly [blank: number, open: number, closed: number];
  readonly control: number;
  /** Blocks behind a track that count to the lead-out. */
  readonly runOut: number;
  readonly features: readonly number[];
  /** Of a blank disc, where they are others. */
  readonly featuresWhenBlank?: readonly number[];
  readonly profile: number;
  readonly knowsNext: boolean;
  /** Table of contents after two sessions when there are at most two entries. */
  readonly knowsLast: boolean;
}

const plus = {
  unit: 16,
  finalize: 6,
  starts: [608 + 2048, 608 + 2048 + 5888 + 2048],
  states: [0x4f, 0x81, 0x01],
  control: 7,
  runOut: 0,
  knowsNext: true,
  knowsLast: false,
} as const;
const compact = {
  unit: 1,
  capacity: 359_844,
  page: 1,
  starts: [12_010, 24_800],
  states: [0x4f, 0x01, 0x01],
  control: 4,
  runOut: 2,
  knowsNext: true,
  knowsLast: false,
} as const;

const rows: readonly Row[] = [
  { medium: "cd-r", ...compact, profile: 0x09, features: [0x10, 0x1d, 0x1e, 0x21, 0x2d, 0x2e] },
  {
    ...{ medium: "cd-rw", ...compact, capacity: 359_847, profile: 0x0a, erasable: true },
    features: [0x10, 0x1d, 0x1e, 0x21, 0x23, 0x2d, 0x2e, 0x37],
  },
  {
    ...{ medium: "dvd-r", unit: 16, capacity: 2_297_888, page: 0, profile: 0x11, features: [0x10, 0x1f, 0x21, 0x2f] },
    ...{ starts: [608 + 28_688, 608 + 28_688 + 5888 + 6160], states: [0x6f, 0x21, 0x21], control: 4, runOut: 0 },
    ...{ knowsNext: false, knowsLast: true },
  },
  {
    ...{ medium: "dvd-rw", unit: 16, capacity: 2_297_888, page: 0, profile: 0x14, erasable: true },
    ...{ features: [0x10, 0x1f, 0x21, 0x23, 0x2c, 0x2f], knowsNext: false, knowsLast: true },
    ...{ starts: [608 + 28_688, 608 + 28_688 + 5888 + 6160], states: [0x6f, 0x21, 0x21], control: 4, runOut: 0 },
  },
  {
    ...{ medium: "bd-r", unit: 32, capacity: 12_219_392, finalize: 6, profile: 0x41 },
    ...{ features: [0x10, 0x21, 0x40, 0x41], featuresWhenBlank: [0x10, 0x21, 0x23, 0x40, 0x41] },
    ...{ starts: [608, 608 + 5888], states: [0x61, 0x21, 0xa1], control: 4, runOut: 0 },
    ...{ knowsNext: false, knowsLast: false },
  },
  { medium: "dvd+r", ...plus, capacity: 2_295_104, profile: 0x1b, features: [0x10, 0x1f, 0x2b] },
  { medium: "dvd+r-dl", ...plus, capacity: 4_173_824, profile: 0x2b, features: [0x10, 0x1f, 0x3b] },
];

function rowOf(medium: VirtualMediumId): Row {
  const row = rows.find((candidate) => candidate.medium === medium);
  if (row === undefined) throw new Error(`no row for ${medium}`);
  return row;
}

const hostOf = (row: Row): Initiator => {
  const host = new Initiator(createVirtualRecorder({ medium: row.medium }));
  if (row.page !== undefined) setPage(host, row.page, 3);
  return host;
};

/** Writes a session of two marks and closes it, as an initiator does. */
function record(host: Initiator, row: Row, blocks: number, mark: number): void {
  const { lastTrack } = host.disc();
  const { nextWritable } = host.track(lastTrack);
  expect(host.write(nextWritable, blocksOf(blocks, mark))).toBe("good");
  expect(host.sync()).toBe("good");
  if (!row.medium.startsWith("cd")) expect(host.close(1, lastTrack)).toBe("good");
  expect(host.close(2)).toBe("good");
}

function answers(host: Initiator): Readonly<Record<string, unknown>> {
  const { discStatus, lastSessionState, sessions, firstTrackOfLastSession, lastTrack, erasable } = host.disc();
  const read = configuration.parse(host.data(getConfiguration.build({ requestType: 1, allocationLength: 1024 })));
  const table = host.recorder.run({ cdb: readToc.build({ allocationLength: 804 }) }).dataIn;
  const last = host.recorder.run({ cdb: readToc.build({ format: 1, allocationLength: 12 }) }).dataIn;
  const { track, address } = sessionInformation.parse(last ?? new Uint8Array());
  return {
    profile: read.profile,
    features: read.features.map(({ code }) => code).filter((code) => code > 3 && code < 0x100),
    disc: [discStatus, lastSessionState, sessions, firstTrackOfLastSession, lastTrack, erasable],
    tracks: Array.from({ length: lastTrack }, (_, index) => {
      const reply = host.data(readTrackInformation.build({ addressType: 1, number: index + 1, allocationLength: 36 }));
      const { sessionNumber, start, size, nextWritableValid, nextWritable, freeBlocks } = trackInformation.parse(reply);
      return [sessionNumber, reply[6], start, size, ...(nextWritableValid ? [nextWritable, freeBlocks] : [])];
    }),
    end: capacityData.parse(host.data(readCapacity.build({}))).lastLba,
    toc: table && toc.parse(table).entries.map((entry) => [entry.track, entry.control, entry.address]),
    last: last && [track, address],
  };
}

describe.each(rows)("$medium", (row) => {
  const { starts, states, capacity, control, runOut, erasable = false } = row;
  const [blankState, openState, closedState] = states;
  const common = { profile: row.profile, features: row.features };
  const [second, third] = starts;
  const first = [1, closedState, 0, 608];
  const two = [
    [1, control, 0],
    [2, control, second],
    [0xaa, control, second + 5888 + runOut],
  ];

  it("says what it is while it is blank", () => {
    const host = hostOf(row);
    expect(answers(host)).toEqual({
      ...common,
      features: row.featuresWhenBlank ?? row.features,
      disc: [0, 0, 1, 1, 1, erasable],
      tracks: [[1, blankState, 0, capacity, 0, capacity]],
      end: 0,
      toc: undefined,
      last: undefined,
    });
    expect(host.send(readToc.build({ allocationLength: 12 }))).toBe("5/24/00");
  });

  it("says where its first session and the next ones lie", () => {
    const host = hostOf(row);
    record(host, row, 608, 1);
    expect(answers(host)).toEqual({
      ...common,
      disc: [1, 0, 2, 2, 2, erasable],
      tracks: [first, [2, blankState, second, capacity - second, second, capacity - second]],
      end: 607 + runOut,
      toc: [
        [1, control, 0],
        [0xaa, control, 608 + runOut],
      ],
      last: [1, 0],
    });
    record(host, row, 5888, 2);
    expect(answers(host)).toEqual({
      ...common,
      disc: [1, 0, 3, 3, 3, erasable],
      tracks: [
        first,
        [2, closedState, second, 5888],
        [3, blankState, third, capacity - third, third, capacity - third],
      ],
      end: second + 5887 + runOut,
      toc: two,
      last: [2, second],
    });
    expect(marksOf(host.read(0, 608))).toEqual(marks(608, 1));
    expect(marksOf(host.read(second, 5888))).toEqual(marks(5888, 2));
  });

  it("says that its session is open while it is written", () => {
    const host = hostOf(row);
    expect(host.write(0, blocksOf(320, 1))).toBe("good");
    expect(host.track(1)).toMatchObject({ start: 0, size: capacity, nextWritable: 320, freeBlocks: capacity - 320 });
    const reply = host.data(readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 36 }));
    expect(reply[6]).toBe(openState);
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1, sessions: 1, lastTrack: 1 });
    expect(host.write(319, blocksOf(1, 2))).toBe("5/21/02@319");
    expect(host.close(2)).toBe("5/72/03");
    expect(host.send(readToc.build({ allocationLength: 12 }))).toBe("3/57/00");
  });

  it("is finished with its second session, and then only read", () => {
    const host = hostOf(row);
    record(host, row, 608, 1);
    if (row.page !== undefined) setPage(host, row.page, 0);
    const { nextWritable } = host.track(2);
    host.write(nextWritable, blocksOf(5888, 2));
    host.sync();
    if (!row.medium.startsWith("cd")) host.close(1, 2);
    expect(host.close(row.finalize ?? 2)).toBe("good");
    expect(answers(host)).toEqual({
      ...common,
      disc: [2, 3, 2, 2, 2, erasable],
      tracks: [first, [2, closedState, second, 5888]],
      end: second + 5887 + runOut,
      toc: two,
      last: [2, second],
    });
    expect(host.disc()).toMatchObject({ lastLeadIn: 0xffff_ffff, lastLeadOut: 0xffff_ffff });
    expect(host.write(third, blocksOf(16, 3))).toBe(`7/27/00@${third}`);
    expect(host.reserve(64)).toBe("7/27/00");
    expect(marksOf(host.read(second, 16))).toEqual(marks(16, 2));
  });

  it("cannot be read where nothing was recorded, between sessions and behind a track", () => {
    const host = hostOf(row);
    record(host, row, 608, 1);
    const sense = /^(dvd\+|bd)/.test(row.medium) ? "8/00/00" : "5/64/00";
    expect(host.read(607, 2)).toBe(`${sense}@608`);
    expect(host.read(608, 2)).toBe(`${sense}@608`);
    // A BD-R has no gap.
    if (second > 608) expect(host.read(second - 1, 1)).toBe(`${sense}@${second - 1}`);
    expect(host.read(second, 1)).toBe(`${sense}@${second}`);
    expect(marksOf(host.read(0, 608))).toEqual(marks(608, 1));
  });

  it(`knows the track that is written next ${row.knowsNext ? "as FFh" : "by its own number only"}`, () => {
    const host = hostOf(row);
    record(host, row, 608, 1);
    const cdb = readTrackInformation.build({ addressType: 1, number: NEXT, allocationLength: 36 });
    if (!row.knowsNext) {
      expect(host.send(cdb)).toBe("5/24/00");
      return;
    }
    expect(trackInformation.parse(host.data(cdb))).toMatchObject({ trackNumber: 2, nextWritable: second });
    if (row.page !== undefined) setPage(host, row.page, 0);
    record(host, row, 5888, 2);
    if (row.page === undefined) host.close(row.finalize ?? 2);
    expect(host.send(cdb)).toBe("5/24/00");
  });

  it("is the same disc when it is opened again from its file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sequential-media-"));
    const path = join(folder, "a.disc");
    await createDisc(path, { medium: row.medium });
    let host = new Initiator(await openDisc(path));
    if (row.page !== undefined) setPage(host, row.page, 3);
    record(host, row, 608, 1);
    record(host, row, 5888, 2);
    const before = answers(host);
    host.recorder.close();
    host = new Initiator(await openDisc(path));
    expect(answers(host)).toEqual(before);
    expect(marksOf(host.read(second, 16))).toEqual(marks(16, 2));
    host.recorder.close();
    rmSync(folder, { recursive: true });
  });

  it("loses nothing that was flushed when the power goes, and goes on behind a prefix of the rest", () => {
    const ends = new Set<number>();
    for (let seed = 1; seed <= 20; seed++) {
      const recorder = createVirtualRecorder({ medium: row.medium, seed });
      const host = new Initiator(recorder);
      if (row.page !== undefined) setPage(host, row.page, 3);
      record(host, row, 608, 1);
      host.write(second, blocksOf(400, 2));
      recorder.powerCut();
      recorder.powerOn();
      host.ready();
      expect(marksOf(host.read(0, 608))).toEqual(marks(608, 1));
      const { start, nextWritable, nextWritableValid, size, freeBlocks } = host.track(2);
      expect([start, nextWritableValid, nextWritable + freeBlocks]).toEqual([second, true, start + size]);
      ends.add(nextWritable - start);
      expect((nextWritable - start) % row.unit).toBe(0);
      // All but the last unit is what was sent.
      const whole = Math.max(0, nextWritable - start - row.unit);
      if (whole > 0) expect(marksOf(host.read(start, whole))).toEqual(marks(whole, 2));
      // The session can be ended and another one begun.
      if (row.page !== undefined) setPage(host, row.page, 3);
      expect(host.write(nextWritable, blocksOf(32, 3))).toBe("good");
      host.sync();
      if (row.page !== 1) host.close(1, 2);
      expect(host.close(2)).toBe("good");
      expect(marksOf(host.read(nextWritable, 32))).toEqual(marks(32, 3));
      expect(host.disc()).toMatchObject({ sessions: 3, discStatus: 1, lastSessionState: 0 });
    }
    expect(ends.size).toBeGreaterThan(3);
  });

  it("is written and closed through a recorder of core", async () => {
    const recorder = createVirtualRecorder({ medium: row.medium });
    await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
    const medium = await opened.medium();
    expect(medium).toMatchObject({ kind: row.medium, status: "blank", capacity, unit: row.unit, sessions: "physical" });
    await opened.write(0, blocksOf(608, 1));
    await opened.flush();
    await opened.closeSpace("track");
    await opened.closeSpace("session");
    const after = await opened.medium();
    expect(after).toMatchObject({ status: "appendable", lastSession: "empty" });
    expect(after.tracks.map(({ session, start, state, next }) => [session, start, state, next])).toEqual([
      [1, 0, "closed", undefined],
      [2, second, "blank", second],
    ]);
    // What core was told of the gap is what it found.
    expect(608 + medium.sessionGap).toBe(second);
    expect(second + 5888 + after.sessionGap).toBe(third);
    await opened.write(second, blocksOf(5888, 2));
    await opened.flush();
    await opened.closeSpace("track");
    await opened.closeSpace("disc");
    expect(await opened.medium()).toMatchObject({ status: "complete", lastSession: "complete" });
    expect(marksOf(await opened.read(second, 32))).toEqual(marks(32, 2));
  });
});

describe("CD", () => {
  const host = (): Initiator => hostOf(rowOf("cd-r"));

  it("ends a track with SYNCHRONIZE CACHE, and fills a short one up to 300 blocks", () => {
    const initiator = host();
    initiator.write(0, blocksOf(10, 1));
    initiator.sync();
    expect(initiator.track(1)).toMatchObject({ start: 0, size: 300, nextWritableValid: false });
    // Two run-out blocks and a pregap of 150.
    expect(initiator.track(2)).toMatchObject({ sessionNumber: 1, start: 452, nextWritable: 452 });
    expect(marksOf(initiator.read(0, 300))).toEqual([...marks(10, 1), ...Array(290).fill("-")]);
    expect(initiator.read(300, 1)).toBe("5/64/00@300");
    initiator.write(452, blocksOf(301, 2));
    initiator.sync();
    expect(initiator.close(2)).toBe("good");
    const { entries } = toc.parse(initiator.data(readToc.build({ allocationLength: 804 })));
    expect(entries.map(({ track, address }) => [track, address])).toEqual([
      [1, 0],
      [2, 452],
      [0xaa, 755],
    ]);
    expect(initiator.track(3)).toMatchObject({ sessionNumber: 2, start: 452 + 301 + 11_402 });
  });

  it("takes tracks of Mode 1 and of Mode 2 Form 1 that are written at once, and nothing else without a cue sheet", () => {
    const initiator = host();
    for (const [type, block] of [
      [0, 8],
      [2, 8],
      [1, 0],
    ] as const) {
      setPage(initiator, type, 3, block);
      expect(initiator.write(0, blocksOf(1, 1))).toBe("5/64/00");
    }
    setPage(initiator, 1, 3, 10);
    expect(initiator.write(0, blocksOf(1, 1))).toBe("good");
  });

  it("records tracks of one mode only, and tells which", () => {
    const initiator = host();
    setPage(initiator, 1, 3, 10);
    initiator.write(0, blocksOf(300, 1));
    const byte6 = (number: number): number | undefined =>
      initiator.data(readTrackInformation.build({ addressType: 1, number, allocationLength: 36 }))[6];
    expect(byte6(1)).toBe(0x02);
    expect(initiator.disc().discType).toBe(0x20);
    setPage(initiator, 1, 3, 8);
    expect(initiator.write(300, blocksOf(1, 1))).toBe("5/64/00");
    initiator.sync();
    expect(initiator.write(452, blocksOf(1, 1))).toBe("5/64/00");
    setPage(initiator, 1, 3, 10);
    expect(initiator.write(452, blocksOf(300, 2))).toBe("good");
    initiator.sync();
    expect(initiator.close(2)).toBe("good");
    expect([1, 2, 3].map(byte6)).toEqual([0x02, 0x02, 0x4f]);
    const { entries } = rawToc.parse(initiator.data(readToc.build({ format: 2, from: 1, allocationLength: 804 })));
    expect(entries[0]?.pointTime).toBe(0x01_20_00);
    const other = host();
    other.write(0, blocksOf(300, 1));
    setPage(other, 1, 3, 10);
    expect(other.write(300, blocksOf(1, 1))).toBe("5/64/00");
  });

  it("goes on in the mode in which it was begun, when core records it", async () => {
    const initiator = host();
    setPage(initiator, 1, 3, 10);
    initiator.write(0, blocksOf(300, 1));
    initiator.sync();
    initiator.close(2);
    await using opened = await openMmcRecorder(initiator.recorder.transport(), { uri: "virtual:test" });
    const { tracks } = await opened.medium();
    const next = tracks.at(-1)?.next ?? 0;
    await opened.write(next, blocksOf(300, 2));
    await opened.flush();
    await opened.closeSpace("session");
    expect(marksOf(await opened.read(next, 300))).toEqual(marks(300, 2));
  });

  it("is the same in its disc file: Mode 2", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mode-2-"));
    const path = join(folder, "a.disc");
    await createDisc(path, { medium: "cd-r" });
    for (const run of [1, 2]) {
      const initiator = new Initiator(await openDisc(path));
      setPage(initiator, 1, 3, 10);
      if (run === 1) initiator.write(0, blocksOf(300, 1));
      initiator.sync();
      expect(initiator.track(1).dataMode).toBe(2);
      initiator.recorder.close();
    }
    rmSync(folder, { recursive: true });
  });

  it("tells its times (CMC: 97:26:66 and 79:59:71)", () => {
    const initiator = host();
    const { leadIn, lastLeadOut } = atip.parse(
      initiator.data(readToc.build({ msf: true, format: 4, allocationLength: 28 })),
    );
    expect([leadIn.toString(16), lastLeadOut.toString(16)]).toEqual(["611a42", "4f3b47"]);
    const { lastLeadIn, lastLeadOut: possible, discType } = initiator.disc();
    expect([lbaOfMsf(lastLeadIn), lbaOfMsf(possible), discType]).toEqual([-11_634, 359_846, 0xff]);
  });

  it("has its lead-ins in the raw table of contents", () => {
    const initiator = host();
    expect(initiator.send(readToc.build({ format: 2, allocationLength: 804 }))).toBe("5/24/00");
    record(initiator, rowOf("cd-r"), 608, 1);
    record(initiator, rowOf("cd-r"), 5888, 2);
    const { first, last, entries } = rawToc.parse(
      initiator.data(readToc.build({ format: 2, from: 1, allocationLength: 804 })),
    );
    expect([first, last]).toEqual([1, 2]);
    const times = entries.map(({ session, adr, point, time, pointTime }) =>
      point === 0xa0 || point === 0xa1
        ? [session, adr, point, pointTime >> 16]
        : [session, adr, point, lbaOfMsf(pointTime), ...(point === 0xb0 ? [lbaOfMsf(time)] : [])],
    );
    expect(times).toEqual([
      [1, 1, 0xa0, 1],
      [1, 1, 0xa1, 1],
      [1, 1, 0xa2, 610],
      [1, 1, 1, 0],
      [1, 5, 0xb0, 359_846, 11_860],
      [1, 5, 0xc0, -11_634],
      [2, 1, 0xa0, 2],
      [2, 1, 0xa1, 2],
      [2, 1, 0xa2, 17_900],
      [2, 1, 2, 12_010],
      [2, 5, 0xb0, 359_846, 24_650],
    ]);
    for (const format of [3, 5])
      expect(initiator.send(readToc.build({ format, allocationLength: 12 }))).toBe("5/24/00");
  });

  it("is new again after BLANK when it is a CD-RW, and refuses it when it is a CD-R", () => {
    expect(host().send(blank.build({ type: 0 }))).toBe("5/30/06");
    for (const type of [0, 1]) {
      const initiator = hostOf(rowOf("cd-rw"));
      const before = answers(initiator);
      record(initiator, rowOf("cd-rw"), 608, 1);
      setPage(initiator, 1, 0);
      record(initiator, rowOf("cd-rw"), 608, 2);
      expect(initiator.disc().discStatus).toBe(2);
      expect(initiator.send(blank.build({ type: 2 }))).toBe("5/24/00");
      expect(initiator.send(blank.build({ type, immediate: true }))).toBe("good");
      expect(answers(initiator)).toEqual(before);
      expect(initiator.read(0, 1)).toBe("5/64/00@0");
      expect(initiator.write(0, blocksOf(300, 3))).toBe("good");
      expect(marksOf(initiator.read(0, 2))).toEqual(marks(2, 3));
    }
  });
});

describe("DVD-R", () => {
  const host = (): Initiator => hostOf(rowOf("dvd-r"));

  it("leaves a link of 16 blocks between the tracks of a session (ASUS DRW-2014L1T)", () => {
    const initiator = host();
    expect(initiator.reserve(12_272)).toBe("good");
    expect(initiator.track(1)).toMatchObject({ reservedTrack: true, blank: true, start: 0, size: 12_272 });
    initiator.write(12_288, blocksOf(256, 2));
    initiator.close(1, 2);
    expect(initiator.track(2)).toMatchObject({
      start: 12_288,
      size: 256,
      lastRecordedValid: true,
      lastRecorded: 12_543,
    });
    expect(initiator.track(3)).toMatchObject({ start: 12_560, nextWritable: 12_560, blank: true });
    expect(initiator.close(2)).toBe("5/72/04");
  });

  it.each([
    [132_800, 161_488, 2_136_400],
    [145_680, 174_368, 2_123_520],
  ])("continues behind a border of %d blocks at %d (captured)", (blocks, start, free) => {
    const initiator = host();
    for (let at = 0; at < blocks; at += 2000) initiator.write(at, blocksOf(Math.min(2000, blocks - at), 1));
    initiator.close(1, 1);
    initiator.close(2);
    expect(initiator.track(2)).toMatchObject({ start, nextWritable: start, freeBlocks: free });
    expect(initiator.disc().lastLeadOut).toBe(2_298_496);
  });

  it("is not written at once: programs fall back to incremental recording", () => {
    const initiator = host();
    setPage(initiator, 2, 0);
    expect(initiator.write(0, blocksOf(16, 1))).toBe("5/64/00");
  });

  it("lists two tracks at most: the last border, and all before it", () => {
    const initiator = host();
    const starts = [0];
    for (const mark of [1, 2, 3]) {
      record(initiator, rowOf("dvd-r"), 32, mark);
      starts.push(initiator.track(mark + 1).start);
    }
    const { entries } = toc.parse(initiator.data(readToc.build({ allocationLength: 804 })));
    expect(entries.map(({ track, address }) => [track, address])).toEqual([
      [1, 0],
      [2, starts[2]],
      [0xaa, (starts[2] ?? 0) + 32],
    ]);
  });

  it("names itself in its pre-recorded lead-in", () => {
    const cdb = readDiscStructure.build({ format: 0x0e, allocationLength: 44 });
    expect(dvdPreRecorded.parse(discStructure.parse(host().data(cdb)))).toMatchObject({
      manufacturer: "VIRTUA",
      mediaType: "LR01",
    });
  });
});

describe("DVD+R", () => {
  it("makes one track of its fragments when the session is closed", () => {
    const initiator = hostOf(rowOf("dvd+r"));
    initiator.reserve(64);
    initiator.write(64, blocksOf(32, 2));
    initiator.write(0, blocksOf(64, 1));
    expect(initiator.disc()).toMatchObject({ sessions: 1, lastTrack: 2 });
    initiator.close(1, 2);
    expect(initiator.track(1)).toMatchObject({ reservedTrack: true, blank: false, nextWritableValid: false });
    expect(initiator.track(2)).toMatchObject({ reservedTrack: true, blank: false, nextWritableValid: false });
    expect(initiator.close(2)).toBe("good");
    expect(initiator.disc()).toMatchObject({ sessions: 2, firstTrackOfLastSession: 2, lastTrack: 2 });
    expect(initiator.track(1)).toMatchObject({ reservedTrack: false, start: 0, size: 96, sessionNumber: 1 });
    expect(initiator.track(2)).toMatchObject({ start: 96 + 2048, blank: true });
    expect(marksOf(initiator.read(0, 96))).toEqual([...marks(64, 1), ...marks(32, 2)]);
  });

  it("has at most 15 open fragments", () => {
    const initiator = hostOf(rowOf("dvd+r"));
    for (let fragment = 1; fragment < 15; fragment++) expect(initiator.reserve(16)).toBe("good");
    expect(initiator.reserve(16)).toBe("5/72/05");
  });

  it("has layers that are told when it has two", () => {
    const initiator = hostOf(rowOf("dvd+r-dl"));
    const structure = (format: number): Uint8Array =>
      discStructure.parse(initiator.data(readDiscStructure.build({ format, allocationLength: 2052 })));
    expect(dvdPhysicalFormat.parse(structure(0x11))).toMatchObject({ book: 14, layers: 1, mediaType: "D01" });
    expect(layerBoundary.parse(structure(0x20))).toEqual({ isSettled: false, layer0Blocks: 2_086_912 });
    const single = hostOf(rowOf("dvd+r"));
    expect(single.send(readDiscStructure.build({ format: 0x20, allocationLength: 12 }))).toBe("5/24/00");
  });
});

it("a short form of READ DISC INFORMATION is the captured one", () => {
  const heads = rows.map((row) => hostOf(row).hex(readDiscInformation.build({ allocationLength: 9 })));
  expect(heads).toEqual([
    "0020000101010100ff",
    "0020100101010100ff",
    "002000010101010000",
    "002010010101010000",
    "002000010101012000",
    "002000010101010000",
    "002000010101010000",
  ]);
});
