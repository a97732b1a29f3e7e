import type { Medium, Track } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { openMmcRecorder } from "../src/index.ts";
import * as captured from "./captured-discs.ts";
import * as golden from "./golden-discs.ts";
import { ScriptedDrive, TestClock } from "./scripted-drive.ts";

async function factsOf(disc: captured.CapturedDisc): Promise<Medium> {
  const drive = captured.insert(new ScriptedDrive(), disc);
  await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
  return await recorder.medium();
}

type Expected = Partial<Omit<Medium, "tracks">> & {
  /** Number, session, start, size, state, next writable address of the last track. */
  readonly last: readonly [number, number, number, number, Track["state"], number | undefined];
};

const sequential = { overwrite: "no", sessions: "physical" } as const;
const inPlace = { overwrite: "in-place", sessions: "none", status: "random", sessionGap: 0 } as const;
const cd = { ...sequential, unit: 1, minimumTrack: 300, isClosedOnlyWithSession: true } as const;

describe("captured discs of every kind as facts", () => {
  it.each<[string, captured.CapturedDisc, Expected]>([
    [
      "BD-R 100 GB, blank",
      golden.blankBdRTripleLayer,
      {
        ...sequential,
        kind: "bd-r",
        status: "blank",
        unit: 32,
        sessionGap: 0,
        capacity: 48_878_592,
        last: [1, 1, 0, 48_878_592, "blank", 0],
      },
    ],
    [
      "BD-R 100 GB with a second session behind an unexplained gap: the drive's address counts",
      golden.suspectBdRTripleLayer,
      {
        kind: "bd-r",
        status: "appendable",
        sessionGap: 0,
        capacity: 48_878_592,
        last: [2, 2, 2048, 48_876_544, "blank", 2048],
      },
    ],
    [
      "BD-R, blank, RITEK",
      golden.blankBdRRitek,
      { kind: "bd-r", identity: "RITEK/BR2", last: [1, 1, 0, 12_219_392, "blank", 0] },
    ],
    [
      "M-DISC, blank",
      golden.blankBdRMDisc,
      { kind: "bd-r", identity: "MILLEN/MR1", last: [1, 1, 0, 12_219_392, "blank", 0] },
    ],
    [
      "BD-RE, formatted",
      golden.bdReWithFormats,
      {
        ...inPlace,
        kind: "bd-re",
        unit: 32,
        isFormatted: true,
        capacity: 11_826_176,
        identity: "CMCMAG/CN2",
        last: [1, 1, 0, 11_826_176, "closed", undefined],
      },
    ],
    [
      "DVD+R, three closed sessions",
      captured.appendableDvdPlusR,
      {
        ...sequential,
        kind: "dvd+r",
        status: "appendable",
        lastSession: "empty",
        unit: 16,
        sessionGap: 2048,
        capacity: 2_295_104,
        identity: "RICOHJPN/R01",
        last: [4, 4, 2_237_440, 57_664, "blank", 2_237_440],
      },
    ],
    [
      "DVD+R, closed",
      golden.closedDvdPlusR,
      {
        kind: "dvd+r",
        status: "complete",
        lastSession: "complete",
        capacity: 2_185_872,
        last: [2, 2, 1_435_616, 750_256, "closed", undefined],
      },
    ],
    [
      "DVD+R, one closed session, its next track known by FFh",
      golden.dvdPlusRAfterOne,
      {
        kind: "dvd+r",
        status: "appendable",
        sessionGap: 2048,
        capacity: 2_295_104,
        last: [2, 2, 1_786_704, 508_400, "blank", 1_786_704],
      },
    ],
    [
      "DVD+R, five closed sessions",
      golden.dvdPlusRAfterFive,
      { kind: "dvd+r", status: "appendable", capacity: 2_295_104, last: [6, 6, 369_968, 1_925_136, "blank", 369_968] },
    ],
    [
      "DVD+R, blank",
      golden.blankDvdPlusR,
      { kind: "dvd+r", status: "blank", identity: "SONY/D21", last: [1, 1, 0, 2_295_104, "blank", 0] },
    ],
    [
      "DVD+R with two layers, blank",
      golden.blankDvdPlusRDoubleLayer,
      {
        ...sequential,
        kind: "dvd+r-dl",
        status: "blank",
        sessionGap: 2048,
        identity: "MKM/001",
        last: [1, 1, 0, 4_173_824, "blank", 0],
      },
    ],
    [
      "DVD-R, blank",
      golden.blankDvdR,
      {
        ...sequential,
        kind: "dvd-r",
        status: "blank",
        unit: 16,
        sessionGap: 28_688,
        capacity: 2_297_888,
        last: [1, 1, 0, 2_297_888, "blank", 0],
      },
    ],
    [
      "DVD-R 8 cm, its session open",
      golden.openDvdR,
      {
        kind: "dvd-r",
        status: "appendable",
        lastSession: "incomplete",
        sessionGap: 28_688,
        capacity: 713_952,
        last: [5, 1, 677_744, 36_208, "blank", 677_744],
      },
    ],
    [
      "DVD-R 8 cm, its usable end 48 blocks later in another drive",
      golden.dvdREightCentimetres,
      {
        kind: "dvd-r",
        capacity: 714_000,
        identity: "CMC MAG. AM3",
        last: [2, 1, 125_360, 588_640, "blank", 125_360],
      },
    ],
    [
      "DVD-R 8 cm, closed",
      golden.closedDvdR,
      { kind: "dvd-r", status: "complete", capacity: 745_760, last: [1, 1, 0, 745_760, "closed", undefined] },
    ],
    [
      "DVD-RW, one closed border",
      golden.dvdRwAfterOne,
      {
        ...sequential,
        kind: "dvd-rw",
        status: "appendable",
        sessionGap: 6160,
        capacity: 2_297_888,
        identity: "RITEKW04",
        last: [2, 2, 174_368, 2_123_520, "blank", 174_368],
      },
    ],
    [
      "DVD-RW, one closed border, the next track damaged",
      captured.damagedDvdRw,
      {
        ...sequential,
        kind: "dvd-rw",
        status: "appendable",
        lastSession: "damaged",
        sessionGap: 6160,
        last: [2, 2, 161_488, 2_136_400, "damaged", 161_488],
      },
    ],
    [
      "DVD-RW, closed at once",
      captured.closedDvdRw,
      { kind: "dvd-rw", status: "complete", capacity: 2_298_496, last: [1, 1, 0, 2_285_854, "closed", undefined] },
    ],
    [
      "DVD-RW, blank",
      golden.blankDvdRw,
      {
        ...sequential,
        kind: "dvd-rw",
        status: "blank",
        sessionGap: 28_688,
        identity: "CMCW02",
        last: [1, 1, 0, 2_297_888, "blank", 0],
      },
    ],
    [
      "DVD-RW, blanked minimally: no sessions, and it says why",
      golden.minimallyBlankedDvdRw,
      {
        kind: "dvd-rw",
        status: "blank",
        sessions: "none",
        restriction: expect.stringContaining("blanked only minimally"),
        last: [1, 1, 0, 2_297_888, "blank", 0],
      },
    ],
    [
      "DVD-RW, restricted overwrite",
      golden.dvdRwRestricted,
      {
        ...inPlace,
        kind: "dvd-rw-ro",
        unit: 16,
        isFormatted: true,
        capacity: 537_856,
        identity: "OPTODISCW002",
        last: [1, 1, 0, 537_856, "closed", undefined],
      },
    ],
    [
      "DVD-RW, restricted overwrite, formatted quickly and not closed: not overwritten as it is",
      { ...golden.dvdRwRestricted, disc: "0020 16 01 01 01 01 00 00" },
      {
        kind: "dvd-rw-ro",
        overwrite: "no",
        sessions: "none",
        lastSession: "incomplete",
        restriction: expect.stringContaining("formatted quickly"),
        last: [1, 1, 0, 537_856, "closed", undefined],
      },
    ],
    [
      "DVD+RW, its background format stopped",
      captured.formattedDvdPlusRw,
      { ...inPlace, kind: "dvd+rw", capacity: 2_295_104, last: [1, 1, 0, 2_295_104, "closed", undefined] },
    ],
    [
      "DVD+RW, never formatted",
      captured.blankDvdPlusRw,
      { kind: "dvd+rw", status: "blank", isFormatted: false, last: [1, 1, 0, 2_295_104, "blank", undefined] },
    ],
    [
      "DVD-RAM",
      golden.dvdRamWithFormats,
      {
        ...inPlace,
        kind: "dvd-ram",
        unit: 16,
        isFormatted: true,
        capacity: 2_236_704,
        last: [1, 1, 0, 2_236_704, "closed", undefined],
      },
    ],
    [
      "CD-R, two closed sessions, its next track known by FFh",
      golden.cdRAfterTwo,
      {
        ...cd,
        kind: "cd-r",
        status: "appendable",
        lastSession: "empty",
        sessionGap: 6902,
        capacity: 359_845,
        last: [3, 3, 24_800, 335_045, "blank", 24_800],
      },
    ],
    [
      "CD-R, blank",
      golden.blankCdR,
      {
        ...cd,
        kind: "cd-r",
        status: "blank",
        sessionGap: 11_402,
        capacity: 359_844,
        identity: "97m26s66f/79m59s71f",
        last: [1, 1, 0, 359_844, "blank", 0],
      },
    ],
    [
      "CD-R, blank, its next address in the pregap",
      captured.blankCdR,
      { ...cd, kind: "cd-r", capacity: 359_844, last: [1, 1, 0, 359_844, "blank", 0] },
    ],
    [
      "CD-RW, blank",
      golden.blankCdRw,
      {
        ...cd,
        kind: "cd-rw",
        status: "blank",
        capacity: 359_847,
        identity: "97m27s29f/79m59s74f",
        formats: [],
        last: [1, 1, 0, 359_847, "blank", 0],
      },
    ],
    [
      "CD-RW, formatted with fixed packets: overwritten in place",
      golden.packetCdRw,
      {
        kind: "cd-rw-packet",
        status: "random",
        unit: 32,
        overwrite: "in-place",
        sessions: "none",
        capacity: 295_264,
        last: [1, 1, 0, 295_264, "closed", undefined],
      },
    ],
    [
      "CD-RW, closed",
      golden.closedCdRw,
      { ...cd, kind: "cd-rw", status: "complete", capacity: 0x8581, last: [1, 1, 0, 0x8581, "closed", undefined] },
    ],
  ])("%s", async (_, disc, { last, ...expected }) => {
    const facts = await factsOf(disc);
    expect(facts).toMatchObject(expected);
    if (expected.restriction === undefined) expect(facts).not.toHaveProperty("restriction");
    const track = facts.tracks.at(-1);
    expect([track?.number, track?.session, track?.start, track?.size, track?.state, track?.next]).toEqual(last);
  });

  it.each([
    [0x15, "dvd-r-dl", "one session"],
    [0x16, "dvd-r-dl", "one session"],
    [0x42, "bd-r-rrm", "random recording"],
  ])("profile %i (%s) is not recorded in sessions, and says why", async (profile, kind, why) => {
    const facts = await factsOf({ ...golden.blankDvdR, profile });
    const expected = { kind, overwrite: "no", sessions: "none", restriction: expect.stringContaining(why) };
    expect(facts).toMatchObject(expected);
  });

  it("each closed session ends where the next one starts, less the gap of its medium", async () => {
    const gaps = { "cd-r": [11_402, 6902], "dvd+r": [2048, 2048], "dvd-rw": [28_688, 6160] } as const;
    const sources = [golden.cdRAfterTwo, golden.dvdPlusRAfterFive, captured.appendableDvdPlusR, golden.dvdRwAfterOne];
    for (const disc of [...sources, captured.damagedDvdRw]) {
      const { kind, tracks, sessionGap } = await factsOf(disc);
      const [first, later] = gaps[kind as keyof typeof gaps];
      expect(sessionGap).toBe(later);
      for (const [index, { start, size }] of tracks.slice(0, -1).entries()) {
        expect(tracks[index + 1]?.start).toBe(start + size + (index === 0 ? first : later));
      }
    }
  });

  it("a write-protected cartridge shows", async () => {
    const drive = captured.insert(new ScriptedDrive(), golden.dvdRamWithFormats);
    drive.always("readDiscStructure", Uint8Array.of(0, 6, 0, 0, 4, 0, 0, 0));
    await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
    expect(await recorder.medium()).toMatchObject({
      isWriteProtected: true,
      protection: expect.stringContaining("tab"),
    });
  });
});
