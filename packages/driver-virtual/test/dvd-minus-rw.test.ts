import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  blank,
  capacityData,
  configuration,
  formatCapacities,
  getConfiguration,
  modeData,
  modeSelect10,
  openMmcRecorder,
  readCapacity,
  readFormatCapacities,
  readToc,
  toc,
  writeParametersPage,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { checkDisc, createDisc, createVirtualRecorder, openDisc, type VirtualRecorderOptions } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const CAPACITY = 2_297_888;
const listed = [
  [0x00, 0x800, CAPACITY],
  [0x10, 0x10, CAPACITY],
  [0x15, 0x10, CAPACITY],
];

function setPage(host: Initiator, multisession: number): void {
  const page = writeParametersPage.build({ writeType: 0, multisession, dataBlockType: 8 });
  const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
  host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
}

function hostOf(options: Partial<VirtualRecorderOptions> = {}): Initiator {
  const host = new Initiator(createVirtualRecorder({ medium: "dvd-rw", ...options }));
  setPage(host, 3);
  return host;
}

const capacityOf = (host: Initiator): number => capacityData.parse(host.data(readCapacity.build({}))).lastLba;

function answers(host: Initiator): Readonly<Record<string, unknown>> {
  const { discStatus, lastSessionState, sessions, lastTrack, erasable } = host.disc();
  const read = configuration.parse(host.data(getConfiguration.build({ requestType: 1, allocationLength: 1024 })));
  const table = host.recorder.run({ cdb: readToc.build({ allocationLength: 804 }) }).dataIn;
  const formats = formatCapacities.parse(host.data(readFormatCapacities.build({ allocationLength: 252 })));
  const { start, size, nextWritableValid, nextWritable, freeBlocks } = host.track(lastTrack);
  return {
    profile: read.profile,
    features: read.features.map(({ code }) => code).filter((code) => code > 3 && code < 0x100),
    disc: [discStatus, lastSessionState, sessions, lastTrack, erasable],
    track: [start, size, ...(nextWritableValid ? [nextWritable, freeBlocks] : [])],
    end: capacityOf(host),
    toc: table && toc.parse(table).entries.map(({ track, address }) => [track, address]),
    formats: [formats.state, formats.blocks, ...formats.formats.map((one) => [one.type, one.parameter, one.blocks])],
  };
}

function record(host: Initiator, blocks: number, mark: number): void {
  const { lastTrack } = host.disc();
  const { nextWritable } = host.track(lastTrack);
  for (let at = 0; at < blocks; at += 2000) {
    expect(host.write(nextWritable + at, blocksOf(Math.min(2000, blocks - at), mark))).toBe("good");
  }
  host.sync();
  expect(host.close(1, lastTrack)).toBe("good");
  expect(host.close(2)).toBe("good");
}

const sequentialFeatures = [0x10, 0x1f, 0x21, 0x23, 0x2c, 0x2f];
const bought = {
  profile: 0x14,
  features: sequentialFeatures,
  disc: [0, 0, 1, 1, true],
  track: [0, CAPACITY, 0, CAPACITY],
  end: 0,
  toc: undefined,
  formats: [1, CAPACITY, ...listed],
};
const restricted = {
  profile: 0x13,
  features: [0x10, 0x1f, 0x23, 0x26, 0x2c],
  disc: [2, 3, 1, 1, true],
  track: [0, CAPACITY],
  end: CAPACITY - 1,
  toc: [
    [1, 0],
    [0xaa, CAPACITY],
  ],
  formats: [2, CAPACITY, ...listed, [0x11, 0x10, 0], [0x13, 0x10, 0]],
};

describe("a DVD-RW that is recorded sequentially", () => {
  it("says what it is while it is blank", () => {
    expect(answers(hostOf())).toEqual(bought);
  });

  it("continues behind its first border, and can be blanked (ASUS DRW-1608P2, CMCW02)", () => {
    const host = hostOf();
    record(host, 132_800, 1);
    expect(answers(host)).toEqual({
      ...bought,
      disc: [1, 0, 2, 2, true],
      track: [161_488, 2_136_400, 161_488, 2_136_400],
      end: 132_799,
      toc: [
        [1, 0],
        [0xaa, 132_800],
      ],
      formats: [2, 132_800, ...listed],
    });
    expect(host.send(blank.build({ type: 0, immediate: true }))).toBe("good");
    expect(answers(host)).toEqual(bought);
    expect(host.read(0, 1)).toBe("5/64/00@0");
  });

  it("is finished with its second session, and can be blanked then too", () => {
    const host = hostOf();
    record(host, 32, 1);
    setPage(host, 0);
    record(host, 32, 2);
    expect(answers(host)).toMatchObject({
      disc: [2, 3, 2, 2, true],
      track: [28_720, 32],
      end: 28_751,
      toc: [
        [1, 0],
        [2, 28_720],
        [0xaa, 28_752],
      ],
    });
    expect(host.write(40_000, blocksOf(16, 3))).toBe("7/27/00@40000");
    host.send(blank.build({ type: 0 }));
    expect(answers(host)).toEqual(bought);
  });

  it("loses incremental recording by a minimal blank, until it is blanked fully", () => {
    const host = hostOf();
    record(host, 32, 1);
    expect(host.send(blank.build({ type: 1 }))).toBe("good");
    expect(answers(host)).toEqual({ ...bought, features: sequentialFeatures.filter((code) => code !== 0x21) });
    expect(host.write(0, blocksOf(16, 1))).toBe("5/64/00");
    for (let fn = 0; fn < 8; fn++) expect(host.close(fn, 1)).toBe("5/24/00");
    host.send(blank.build({ type: 0 }));
    expect(answers(host)).toEqual(bought);
    expect(host.write(0, blocksOf(16, 1))).toBe("good");
    for (let type = 2; type < 8; type++) expect(host.send(blank.build({ type }))).toBe("5/24/00");
  });
});

describe("a DVD-RW formatted for restricted overwrite", () => {
  it.each([0x00, 0x10])("is one disc that is overwritten in place after format %d", (type) => {
    const host = hostOf();
    record(host, 32, 1);
    expect(host.format(type)).toBe("good");
    expect(answers(host)).toEqual(restricted);
    expect(marksOf(host.read(0, 32))).toEqual(Array(32).fill("-"));
    host.write(0, blocksOf(48, 2));
    expect(host.write(16, blocksOf(16, 3))).toBe("good");
    expect(marksOf(host.read(0, 48))).toEqual([...marks(16, 2), ...marks(16, 3), ...marks(16, 2, 32)]);
    host.sync();
    expect(marksOf(host.read(0, 48))).toEqual([...marks(16, 2), ...marks(16, 3), ...marks(16, 2, 32)]);
    expect(answers(host)).toEqual(restricted);
    expect(host.close(2)).toBe("good");
    expect(host.reserve(16)).toBe("5/30/00");
  });

  it("is what a disc is that is made so, and sequential again after BLANK", () => {
    const host = hostOf({ medium: "dvd-rw-ro" });
    expect(answers(host)).toEqual(restricted);
    host.write(0, blocksOf(16, 1));
    expect(host.send(blank.build({ type: 0 }))).toBe("good");
    expect(answers(host)).toEqual(bought);
  });

  it.each([0x10, 0x15])("says that its track has fixed packets of 16 blocks after format %d", (type) => {
    const host = hostOf();
    host.format(type);
    expect(host.track(1)).toMatchObject({ packet: true, fixedPacket: true, packetSize: 16 });
  });

  it("takes whole units only", () => {
    const host = hostOf({ medium: "dvd-rw-ro" });
    for (const [at, blocks] of [
      [1, 16],
      [16, 15],
      [8, 8],
    ] as const) {
      expect(host.write(at, blocksOf(blocks, 1))).toBe(`5/24/00@${at}`);
    }
    expect(host.write(16, blocksOf(32, 1))).toBe("good");
  });

  it("grows by what is written after a quick format, and has that size when its session is closed", () => {
    const host = hostOf();
    expect(host.format(0x15, 0, 0)).toBe("good");
    const grown = {
      profile: 0x13,
      features: [0x10, 0x1f, 0x21, 0x23, 0x26, 0x2c],
      disc: [1, 1, 1, 1, true],
      track: [0, CAPACITY, 0, CAPACITY],
      end: 0,
      toc: undefined,
      formats: [3, CAPACITY, ...listed],
    };
    expect(answers(host)).toEqual(grown);
    expect(host.write(16, blocksOf(16, 1))).toBe("5/21/02@16");
    expect(host.write(0, blocksOf(8, 1))).toBe("5/24/00@0");
    expect(host.write(0, blocksOf(320, 1))).toBe("good");
    // In place and growing in one command.
    expect(host.write(304, blocksOf(32, 2))).toBe("good");
    expect(host.write(0, blocksOf(16, 3))).toBe("good");
    expect(answers(host)).toEqual({ ...grown, track: [0, CAPACITY, 336, CAPACITY - 336] });
    const content = [...marks(16, 3), ...marks(288, 1, 16), ...marks(32, 2)];
    expect(marksOf(host.read(0, 336))).toEqual(content);
    expect(host.read(336, 1)).toBe("5/64/00@336");
    expect(host.close(2)).toBe("good");
    expect(answers(host)).toEqual({
      ...restricted,
      track: [0, 336],
      end: 335,
      toc: [
        [1, 0],
        [0xaa, 336],
      ],
      formats: [
        ...[2, 336, ...listed, [0x11, 0x10, CAPACITY - 336], [0x12, 0x10, CAPACITY - 336 - 28_688]],
        ...[
          [0x13, 0x10, CAPACITY - 336],
          [0x14, 0x10, CAPACITY - 336 - 28_688],
        ],
      ],
    });
    expect(marksOf(host.read(0, 336))).toEqual(content);
    expect(host.write(320, blocksOf(32, 4))).toBe("5/21/00@320");
  });

  it.each([0x11, 0x13])("grows again by format %d, and keeps what is on it", (type) => {
    const host = hostOf();
    host.format(0x15, 0, 0);
    host.write(0, blocksOf(320, 1));
    host.close(2);
    expect(host.format(type, 0, CAPACITY)).toBe("5/26/00");
    expect(host.format(type, 0, 160)).toBe("good");
    expect(host.track(1)).toMatchObject({ size: 480, fixedPacket: true });
    expect(host.format(type, 0, 0)).toBe("good");
    expect(answers(host)).toEqual(restricted);
    expect(marksOf(host.read(0, 336))).toEqual([...marks(320, 1), ...Array(16).fill("-")]);
    expect(host.write(320, blocksOf(32, 2))).toBe("good");
    expect(host.format(type, 0, 0)).toBe("5/26/00");
  });

  it.each([0x12, 0x14])(
    "gets a second session behind a gap by format %d, and both are overwritten in place",
    (type) => {
      const host = hostOf();
      host.format(0x15, 0, 0);
      host.write(0, blocksOf(320, 1));
      host.close(2);
      expect(host.format(type, 0, 160)).toBe("good");
      const second = 320 + 28_688;
      expect(answers(host)).toMatchObject({
        profile: 0x13,
        disc: [2, 3, 2, 2, true],
        track: [second, 160],
        end: second + 159,
        toc: [
          [1, 0],
          [2, second],
          [0xaa, second + 160],
        ],
      });
      expect(host.track(1)).toMatchObject({ start: 0, size: 320, packet: true, fixedPacket: true });
      expect(host.write(second, blocksOf(160, 2))).toBe("good");
      expect(host.write(0, blocksOf(16, 3))).toBe("good");
      host.sync();
      expect(marksOf(host.read(second, 160))).toEqual(marks(160, 2));
      expect(marksOf(host.read(0, 320))).toEqual([...marks(16, 3), ...marks(304, 1, 16)]);
      // The gap takes nothing and gives nothing.
      expect(host.write(320, blocksOf(16, 4))).toBe("5/21/02@320");
      expect(host.write(304, blocksOf(32, 4))).toBe("5/21/02@304");
      expect(host.read(312, 16)).toBe("5/21/00@312");
      // The last session grows, and a third one comes behind the smaller gap.
      expect(host.format(0x13, 0, 160)).toBe("good");
      expect(host.track(2)).toMatchObject({ size: 320 });
      expect(host.format(type, 0, 16)).toBe("good");
      expect(host.track(3)).toMatchObject({ sessionNumber: 3, start: second + 320 + 6160, size: 16 });
      expect(host.send(blank.build({ type: 0 }))).toBe("good");
      expect(answers(host)).toEqual(bought);
    },
  );

  it("keeps its sessions in a disc file, and core says why it does not record to them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "added-session-"));
    try {
      const path = join(folder, "two.disc");
      await createDisc(path, { medium: "dvd-rw" });
      const host = new Initiator(await openDisc(path));
      host.format(0x15, 0, 0);
      host.write(0, blocksOf(320, 1));
      host.close(2);
      host.format(0x14, 0, 160);
      // What a format adds takes no room in the file.
      expect(host.recorder.recordedEnd).toBe(320);
      expect(statSync(path).size).toBe(320 * 2048);
      host.write(29_008, blocksOf(160, 2));
      host.recorder.close();
      const again = await openDisc(path);
      expect(marksOf(new Initiator(again).read(29_008, 160))).toEqual(marks(160, 2));
      await using opened = await openMmcRecorder(again.transport(), { uri: "virtual:two" });
      expect(await opened.medium()).toMatchObject({
        kind: "dvd-rw-ro",
        overwrite: "no",
        restriction: expect.stringContaining("several sessions"),
      });
      again.close();
      expect((await checkDisc(path)).checks.filter(({ outcome }) => outcome !== "good")).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is refused other sizes than the listed one", () => {
    const host = hostOf();
    expect(host.format(0x10, 0, 1600)).toBe("5/26/00");
    expect(host.format(0x26)).toBe("5/26/00");
    expect(host.format(0x10, 1)).toBe("5/26/00");
    expect(answers(host)).toEqual(bought);
  });

  it("loses nothing that was flushed when the power goes, whether it grows or not", () => {
    for (let seed = 1; seed <= 20; seed++) {
      for (const type of [0x10, 0x15]) {
        const recorder = createVirtualRecorder({ medium: "dvd-rw", seed });
        const host = new Initiator(recorder);
        host.format(type, 0, 0);
        host.write(0, blocksOf(64, 1));
        host.sync();
        host.write(64, blocksOf(64, 2));
        recorder.powerCut();
        recorder.powerOn();
        host.ready();
        expect(marksOf(host.read(0, 64))).toEqual(marks(64, 1));
        const { nextWritable } = host.track(1);
        if (type === 0x15) expect(nextWritable).toBeGreaterThanOrEqual(64);
        expect(host.write(64, blocksOf(64, 3))).toBe("good");
        expect(marksOf(host.read(64, 64))).toEqual(marks(64, 3));
      }
    }
  });
});

it("a disc file holds a DVD-RW through its formats and blanks", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dvd-minus-rw-"));
  const path = join(folder, "a.disc");
  await createDisc(path, { medium: "dvd-rw", capacity: 100_000 });
  const steps: readonly (readonly [string, (host: Initiator) => void])[] = [
    ["a session", (host) => record(host, 320, 1)],
    ["restricted overwrite", (host) => host.format(0x10)],
    ["a write in place", (host) => host.write(1600, blocksOf(16, 2))],
    ["a full blank", (host) => host.send(blank.build({ type: 0 }))],
    ["a session again", (host) => record(host, 320, 3)],
    ["a minimal blank", (host) => host.send(blank.build({ type: 1 }))],
    ["a quick format", (host) => host.format(0x15, 0, 0)],
    ["growth", (host) => host.write(0, blocksOf(64, 4))],
    ["the end of growth", (host) => host.close(2)],
  ];
  for (const [, step] of steps) {
    const host = new Initiator(await openDisc(path));
    setPage(host, 3);
    step(host);
    host.sync();
    const before = answers(host);
    const image = host.recorder.peek(0, 2000);
    host.recorder.close();
    const again = new Initiator(await openDisc(path));
    expect(answers(again)).toEqual(before);
    expect(Buffer.compare(again.recorder.peek(0, 2000), image)).toBe(0);
    again.recorder.close();
  }
  rmSync(folder, { recursive: true });
});

it("a recorder of core formats, blanks and writes it", async () => {
  const recorder = createVirtualRecorder({ medium: "dvd-rw" });
  await using opened = await openMmcRecorder(recorder.transport(), { uri: "virtual:test" });
  const prepare = async (format: string): Promise<void> =>
    opened.prepare({ step: "prepare", format, isIrreversible: false, why: "a test" });
  const blankDisc = await opened.medium();
  expect(blankDisc).toMatchObject({ kind: "dvd-rw", status: "blank", capacity: CAPACITY, sessions: "physical" });
  expect(blankDisc.formats.map(({ id }) => id)).toEqual(["dvd-rw-ro", "dvd-rw-ro-quick", "dvd-rw-blank"]);
  await opened.write(0, blocksOf(32, 1));
  await opened.flush();
  await opened.closeSpace("track");
  await opened.closeSpace("session");
  expect((await opened.medium()).tracks.at(-1)).toMatchObject({ start: 28_720, next: 28_720 });
  await prepare("dvd-rw-blank-quick");
  expect((await opened.medium()).restriction).toMatch(/blanked only minimally/);
  await prepare("dvd-rw-blank");
  expect(await opened.medium()).toMatchObject({ status: "blank", sessions: "physical" });
  await prepare("dvd-rw-ro-quick");
  expect((await opened.medium()).restriction).toMatch(/formatted quickly/);
  await prepare("dvd-rw-ro");
  expect(await opened.medium()).toMatchObject({ kind: "dvd-rw-ro", status: "random", overwrite: "in-place" });
  await opened.write(16, blocksOf(32, 2));
  await opened.flush();
  expect(marksOf(await opened.read(16, 32))).toEqual(marks(32, 2));
});
