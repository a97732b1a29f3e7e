import type { Medium } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { openMmcRecorder } from "../src/index.ts";
import * as discs from "./captured-discs.ts";
import { fails, hex, ScriptedDrive, TestClock } from "./scripted-drive.ts";

async function factsOf(disc: discs.CapturedDisc): Promise<Medium> {
  const drive = discs.insert(new ScriptedDrive(), disc);
  await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
  return await recorder.medium();
}

describe("captured discs as facts", () => {
  it("BD-R, blank: sessions, no overwriting, and two formats that cannot be undone", async () => {
    expect(await factsOf(discs.blankBdR)).toEqual({
      kind: "bd-r",
      status: "blank",
      lastSession: "empty",
      isFormatted: true,
      isWriteProtected: false,
      unit: 32,
      overwrite: "no",
      sessions: "physical",
      sessionGap: 0,
      tracks: [{ number: 1, session: 1, start: 0, size: 12_219_392, state: "blank", next: 0, free: 12_219_392 }],
      capacity: 12_219_392,
      formats: [
        expect.objectContaining({ id: "bd-r-pow", blocks: 12_088_320, isIrreversible: true }),
        expect.objectContaining({ id: "bd-r-spare", blocks: 12_088_320, isIrreversible: true }),
      ],
      identity: "VERBAT/IMe",
      generation: 1,
    });
  });

  it("BD-R, blank, in a drive that shows pseudo-overwrite on every BD-R: it is off, because nothing is formatted", async () => {
    const facts = await factsOf(discs.blankBdRWithFeature);
    expect(facts).toMatchObject({ kind: "bd-r", overwrite: "no", status: "blank", identity: "VERBAT/IMw" });
    expect(facts.formats.map(({ id }) => id)).toEqual(["bd-r-pow", "bd-r-spare"]);
  });

  it("BD-R with pseudo-overwrite in use: three tracks, the last one open, its capacity the formatted one", async () => {
    const facts = await factsOf({ ...discs.usedBdRPow, resources: "000E 40 00 00001FC0 00007B00 000007F0" });
    expect(facts).toMatchObject({
      kind: "bd-r-pow",
      status: "appendable",
      lastSession: "incomplete",
      isFormatted: true,
      overwrite: "replace",
      sessions: "none",
      capacity: 12_088_320,
      formats: [],
      resources: { replacements: 0x1fc0, mapEntries: 0x7b00, updates: 0x7f0 },
      tracks: [
        { number: 1, start: 0, size: 761_152, state: "closed", free: 0 },
        { number: 2, start: 761_152, size: 1_906_976, state: "closed", free: 0 },
        { number: 3, start: 2_668_128, size: 9_420_192, state: "open", next: 7_925_792, free: 4_162_528 },
      ],
    });
    expect(facts.tracks[0]).not.toHaveProperty("next");
  });

  it("BD-R whose drive answers the question for resources with the standard data: there are no resources", async () => {
    const facts = await factsOf({ ...discs.usedBdRPow, resources: discs.usedBdRPow.disc });
    expect(facts).not.toHaveProperty("resources");
  });

  it("DVD+RW, formatted: random, overwritten in place, no sessions to close, nothing to format", async () => {
    expect(await factsOf(discs.formattedDvdPlusRw)).toEqual({
      kind: "dvd+rw",
      status: "random",
      lastSession: "complete",
      isFormatted: true,
      isWriteProtected: false,
      unit: 16,
      overwrite: "in-place",
      sessions: "none",
      sessionGap: 0,
      tracks: [{ number: 1, session: 1, start: 0, size: 2_295_104, state: "closed", free: 0 }],
      capacity: 2_295_104,
      formats: [],
      identity: "PHILIPS/041",
      generation: 1,
    });
  });

  it("DVD+RW as bought: must be formatted first, which can be undone", async () => {
    const facts = await factsOf(discs.blankDvdPlusRw);
    expect(facts).toMatchObject({ kind: "dvd+rw", status: "blank", isFormatted: false, capacity: 2_295_104 });
    expect(facts.formats).toEqual([
      expect.objectContaining({ id: "dvd+rw", blocks: 2_295_104, isIrreversible: false }),
    ]);
    expect(facts.identity).toBe("RITEK/004");
  });
});

describe("a BD-R that is formatted", () => {
  const formatted: discs.CapturedDisc = {
    ...discs.usedBdRPow,
    disc: "0020 01 01 01 01 01 20 00",
    tracks: [{ state: 0x6f, valid: 1, free: 12_088_320, size: 12_088_320 }],
    capacity: "00000000 00000800",
  };

  it("and unwritten is blank, though its drive says appendable", async () => {
    expect(await factsOf(formatted)).toMatchObject({
      kind: "bd-r-pow",
      status: "blank",
      lastSession: "empty",
      formats: [],
    });
    expect(await factsOf({ ...formatted, features: "" })).toMatchObject({ kind: "bd-r", status: "blank", formats: [] });
  });

  it("and has a reserved head track is what its drive says, because a track was split off", async () => {
    const tracks = [
      { state: 0xef, valid: 1, free: 32, size: 32 },
      { state: 0x6f, valid: 1, start: 32, next: 32, free: 12_088_288, size: 12_088_288 },
    ];
    const facts = await factsOf({ ...formatted, disc: "0020 01 01 01 01 02 20 00", tracks });
    expect(facts.status).toBe("appendable");
    expect(facts.tracks.map(({ state, next }) => [state, next])).toEqual([
      ["reserved", 0],
      ["blank", 32],
    ]);
  });

  it("and closed its first session is not blank: the second one starts elsewhere", async () => {
    const tracks = [
      { state: 0xa1, size: 640 },
      { session: 2, state: 0x6f, valid: 1, start: 640, next: 640, free: 9_000, size: 9_000 },
    ];
    const facts = await factsOf({ ...formatted, features: "", disc: "0020 01 01 02 02 02 20 00", tracks });
    expect(facts).toMatchObject({ kind: "bd-r", status: "appendable", lastSession: "empty" });
  });
});

describe("media that cannot be written are read only", () => {
  it("a profile of the future", async () => {
    const facts = await factsOf({ ...discs.dvdRam, profile: 0x7777 });
    expect(facts).toMatchObject({
      kind: "unknown-7777",
      status: "random",
      capacity: 2_236_704,
      overwrite: "no",
      sessions: "none",
      formats: [],
    });
  });

  it.each([
    [0x08, "cd-rom", 1],
    [0x10, "dvd-rom", 16],
    [0x40, "bd-rom", 32],
  ])("a pressed disc (profile %i, %s) is complete, whatever its drive says", async (profile, kind, unit) => {
    const facts = await factsOf({ ...discs.appendableDvdPlusR, profile });
    const expected = { kind, unit, status: "complete", lastSession: "complete", overwrite: "no", sessions: "none" };
    expect(facts).toMatchObject(expected);
  });
});

describe("numbers that drives get wrong", () => {
  it("a next writable address in the pregap is 0", async () => {
    expect((await factsOf(discs.blankCdR)).tracks[0]).toMatchObject({ next: 0, free: 359_844 });
  });

  it("an unset track size is worked out from the last recorded address", async () => {
    expect((await factsOf(discs.closedDvdRw)).tracks[0]).toMatchObject({ size: 2_285_854, lastRecorded: 2_285_853 });
  });

  it("a bogus READ CAPACITY does not count, and a damaged track is one", async () => {
    const { capacity, tracks } = await factsOf(discs.damagedDvdRw);
    expect(capacity).toBe(161_488 + 2_136_400);
    expect(tracks.map(({ state }) => state)).toEqual(["closed", "damaged"]);
  });

  it("a reply that is too short is an error and not a blank disc", async () => {
    const drive = discs.insert(new ScriptedDrive(), discs.usedBdRPow).always("readDiscInformation", hex("0002 0000"));
    await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
    await expect(recorder.medium()).rejects.toMatchObject({ code: "COMMAND_FAILED", subject: "test:drive" });
  });

  it("a track that the drive refuses to tell about is left out", async () => {
    const drive = discs.insert(new ScriptedDrive(), discs.usedBdRPow).next("readTrackInformation", fails("5/24/00"));
    await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
    expect((await recorder.medium()).tracks.map(({ number }) => number)).toEqual([2, 3]);
  });

  it("the disc identification counts only when it is valid", async () => {
    const disc = "0020 05 01 01 01 03 A0 00 000000 DEADBEEF";
    expect(await factsOf({ ...discs.usedBdRPow, disc })).toMatchObject({ identity: "VERBAT/IMe, disc DEADBEEF" });
  });
});

it("a tray without a disc is NO_MEDIUM, by sense data or by profile 0", async () => {
  const drive = new ScriptedDrive().always("testUnitReady", fails("2/3A/01"));
  await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
  await expect(recorder.medium()).rejects.toMatchObject({ code: "NO_MEDIUM", sense: { key: 2, asc: 0x3a, ascq: 1 } });
  discs.insert(drive, { ...discs.blankBdR, profile: 0 }).always("testUnitReady", { status: "good" });
  await expect(recorder.medium()).rejects.toMatchObject({ code: "NO_MEDIUM" });
});
