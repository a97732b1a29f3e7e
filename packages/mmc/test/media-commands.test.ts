import type { Closable } from "@multisession/core";
import { describe, expect, it } from "vitest";
import {
  dataBlockTypes,
  features,
  formatParameters,
  type MmcRecorder,
  mediumRules,
  modeData,
  openMmcRecorder,
  profiles,
  writeParametersPage,
} from "../src/index.ts";
import * as captured from "./captured-discs.ts";
import * as golden from "./golden-discs.ts";
import { hex, ScriptedDrive, TestClock } from "./scripted-drive.ts";

async function bench(disc: captured.CapturedDisc): Promise<{ drive: ScriptedDrive; recorder: MmcRecorder }> {
  const drive = captured.insert(new ScriptedDrive(), disc);
  const recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
  await recorder.medium();
  drive.takeLog();
  return { drive, recorder };
}

/** The pages that the drive was sent, in order. */
const pagesOf = (drive: ScriptedDrive) =>
  drive.commands
    .filter(({ cdb }) => cdb[0] === 0x55)
    .flatMap(({ dataOut }) => modeData.parse(dataOut ?? new Uint8Array()).pages);
const open = (disc: captured.CapturedDisc, size = 96): captured.CapturedDisc => ({
  ...disc,
  disc: "0020 05 01 01 01 01 00 00",
  tracks: [{ state: 0x21, valid: 1, next: 64, free: size - 64, size }],
});
const SELECT = "MODE SELECT(10) page format, parameter length 60";

describe("mode page 05h", () => {
  it.each([
    ["a CD-R", golden.blankCdR, "05 32 01 C4 08 00 0000 00 00 00000000 0096"],
    ["a CD-RW", golden.blankCdRw, "05 32 01 C4 08 00 0000 00 00 00000000 0096"],
    ["a DVD-R", golden.blankDvdR, "05 32 20 E5 08 10 0000 00 00 00000010 0096"],
    ["a DVD-RW", golden.blankDvdRw, "05 32 20 E5 08 10 0000 00 00 00000010 0096"],
  ])("is set before the first write of a session on %s, once", async (_, disc, head) => {
    const { drive, recorder } = await bench(disc);
    await recorder.write(0, new Uint8Array(32 * 2048));
    await recorder.write(32, new Uint8Array(32 * 2048));
    const [page, ...others] = pagesOf(drive);
    expect(page?.subarray(0, 16)).toEqual(hex(head));
    expect(page).toHaveLength(52);
    expect(others).toEqual([]);
    expect(drive.takeLog()).toEqual([SELECT, "WRITE(10) blocks 32", "WRITE(10) lba 32, blocks 32"]);
  });

  it.each([
    ["a DVD+R", golden.blankDvdPlusR],
    ["a DVD+RW", captured.formattedDvdPlusRw],
    ["a DVD-RAM", golden.dvdRamWithFormats],
    ["a DVD-RW for restricted overwrite", golden.dvdRwRestricted],
    ["a BD-R", captured.blankBdR],
    ["a BD-RE", golden.bdReWithFormats],
  ])("is not sent for %s", async (_, disc) => {
    const { drive, recorder } = await bench(disc);
    await recorder.write(0, new Uint8Array(32 * 2048));
    expect(drive.takeLog()).toEqual(["WRITE(10) blocks 32"]);
  });

  it("asks for a burn without underruns where the drive has it", async () => {
    const described = features.trackAtOnce.describe({ isCurrent: true }, { bufferUnderrunFree: true });
    const feature = `002D 03 04 ${Buffer.from(described.data).toString("hex")}`;
    const { drive, recorder } = await bench({ ...golden.blankCdR, features: feature });
    await recorder.write(0, new Uint8Array(2048));
    expect(pagesOf(drive).map((page) => writeParametersPage.parse(page).bufferUnderrunFree)).toEqual([true]);
  });

  it("goes on in Mode 2, Form 1, on a CD that was begun so, because the modes never share a disc", async () => {
    const [, ...others] = golden.cdRAfterTwo.tracks;
    const { drive, recorder } = await bench({ ...golden.cdRAfterTwo, tracks: [{ state: 0x02, size: 608 }, ...others] });
    await recorder.write(24_800, new Uint8Array(2048));
    const [page] = pagesOf(drive).map(writeParametersPage.parse);
    expect(page).toMatchObject({ dataBlockType: dataBlockTypes.xaForm1, sessionFormat: 0x20 });
  });

  it("is sent again when the drive was reset and may have forgotten it, and after each close", async () => {
    const { drive, recorder } = await bench(open(golden.blankDvdR));
    await recorder.write(64, new Uint8Array(16 * 2048));
    await recorder.flush();
    drive.next("testUnitReady", {
      status: "check-condition",
      sense: hex("70 00 06 00000000 0A 00000000 2900 00 000000"),
    });
    await recorder.medium({ refresh: true });
    await recorder.write(80, new Uint8Array(16 * 2048));
    await recorder.flush();
    await recorder.closeSpace("session");
    await recorder.write(28_784, new Uint8Array(16 * 2048));
    expect(drive.takeLog().filter((line) => line === SELECT)).toHaveLength(3);
  });
});

describe("a drive that was reset", () => {
  const reset = { status: "check-condition", sense: hex("70 00 06 00000000 0A 00000000 2900 00 000000") } as const;

  it("is not sent a write with the parameters that it woke up with", async () => {
    const { drive, recorder } = await bench(golden.blankCdR);
    drive.next("write10", reset);
    await expect(recorder.write(0, new Uint8Array(2048))).rejects.toMatchObject({ code: "WRITE_FAILED" });
    await recorder.write(0, new Uint8Array(2048));
    expect(drive.takeLog()).toEqual([SELECT, "WRITE(10) blocks 1", SELECT, "WRITE(10) blocks 1"]);
  });

  it("does not close a session with them, which might close the disc for good", async () => {
    const { drive, recorder } = await bench(open(golden.blankCdR));
    drive.next("closeTrackSession", reset);
    await expect(recorder.closeSpace("session")).rejects.toMatchObject({ code: "WRITE_FAILED" });
    await recorder.closeSpace("session");
    expect(drive.takeLog()).toEqual([SELECT, close("function 2"), SELECT, close("function 2")]);
  });

  it("is sent them again when it tells of the reset only then", async () => {
    const { drive, recorder } = await bench(golden.blankCdR);
    drive.next("modeSelect10", reset);
    await recorder.write(0, new Uint8Array(2048));
    expect(drive.takeLog()).toEqual([SELECT, SELECT, "WRITE(10) blocks 1"]);
  });
});

const close = (what: string) => `CLOSE TRACK SESSION immediate, ${what}`;

describe("closing each kind of disc", () => {
  it.each<[string, captured.CapturedDisc, Closable, readonly string[], number?]>([
    ["a CD's track that a cut left open", open(golden.blankCdR), "track", [close("function 1, number 1")]],
    ["a CD's track that the flush has ended: nothing", golden.cdRAfterTwo, "track", []],
    ["a CD's session, another one allowed", open(golden.blankCdR), "session", [SELECT, close("function 2")], 3],
    ["a CD for good, with its session", open(golden.blankCdR), "disc", [SELECT, close("function 2")], 0],
    ["a DVD-R's track by its number", open(golden.blankDvdR), "track", [close("function 1, number 1")]],
    ["a DVD-R's border", open(golden.blankDvdR), "session", [SELECT, close("function 2")], 3],
    ["a DVD-R for good", open(golden.blankDvdR), "disc", [SELECT, close("function 2")], 0],
    ["a DVD+R's track", open(golden.blankDvdPlusR), "track", [close("function 1, number 1")]],
    ["a DVD+R's session", open(golden.blankDvdPlusR), "session", [close("function 2")]],
    ["a DVD+R for good", golden.dvdPlusRAfterOne, "disc", [close("function 6")]],
    ["a DVD+R with two layers for good", open(golden.blankDvdPlusRDoubleLayer), "disc", [close("function 5")]],
    ["a BD-R for good", open(captured.blankBdR), "disc", [close("function 6")]],
    ["a DVD-RW for restricted overwrite: nothing", golden.dvdRwRestricted, "session", []],
    [
      "one that is intermediate",
      { ...golden.dvdRwRestricted, disc: "0020 16 01 01 01 01 00 00" },
      "session",
      [close("function 2")],
    ],
    ["a DVD-RAM: nothing", golden.dvdRamWithFormats, "session", []],
    ["a BD-RE: nothing", golden.bdReWithFormats, "track", []],
  ])("%s", async (_, disc, what, log, multisession) => {
    const { drive, recorder } = await bench(disc);
    await recorder.closeSpace(what);
    expect(pagesOf(drive).map((page) => writeParametersPage.parse(page).multisession)).toEqual(
      multisession === undefined ? [] : [multisession],
    );
    expect(drive.takeLog()).toEqual(log);
  });

  it.each<[string, captured.CapturedDisc, Closable]>([
    ["a CD whose last session is closed, for good", golden.cdRAfterTwo, "disc"],
    ["a BD-RE for good", golden.bdReWithFormats, "disc"],
    ["a DVD-RAM for good", golden.dvdRamWithFormats, "disc"],
    ["a pressed disc", { ...golden.closedDvdR, profile: 0x10 }, "session"],
    ["a BD-R for random recording", { ...captured.blankBdR, profile: 0x42 }, "disc"],
  ])("is refused for %s", async (_, disc, what) => {
    const { drive, recorder } = await bench(disc);
    await expect(recorder.closeSpace(what)).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    expect(drive.takeLog()).toEqual([]);
  });

  it("repairs a track that lost its power", async () => {
    const damaged = open(golden.blankDvdR);
    const [track] = damaged.tracks;
    const { drive, recorder } = await bench({ ...damaged, tracks: [{ ...track, mode: 0x25, state: 0x21 }] });
    drive.next("repairTrack", () => {
      captured.insert(drive, damaged);
      return { status: "good" };
    });
    await recorder.repair(1);
    expect(drive.takeLog()).toEqual(["REPAIR TRACK immediate, track 1"]);
  });

  it("says so when the drive repairs nothing and reports no error", async () => {
    const damaged = open(golden.blankDvdR);
    const [track] = damaged.tracks;
    const { recorder } = await bench({ ...damaged, tracks: [{ ...track, mode: 0x25, state: 0x21 }] });
    await expect(recorder.repair(1)).rejects.toMatchObject({ code: "NOT_AS_PLANNED" });
  });
});

describe("formats and blanks", () => {
  const restricted = (blocks: number): captured.CapturedDisc => ({
    ...golden.dvdRwRestricted,
    tracks: [{ state: 0x01, size: blocks }],
    capacity: `${(blocks - 1).toString(16).padStart(8, "0")} 00000800`,
  });

  it.each<[string, captured.CapturedDisc, readonly (readonly [string, number])[]]>([
    [
      "a BD-RE",
      golden.bdReWithFormats,
      [
        ["bd-re-spare", 11_826_176],
        ["bd-re-no-spare", 12_219_392],
      ],
    ],
    ["a DVD-RAM", golden.dvdRamWithFormats, [["dvd-ram", 2_236_704]]],
    [
      "a DVD-RW in use",
      golden.dvdRwAfterOne,
      [
        ["dvd-rw-ro", 2_297_888],
        ["dvd-rw-ro-quick", 2_297_888],
        ["dvd-rw-blank", 2_297_888],
        ["dvd-rw-blank-quick", 2_297_888],
      ],
    ],
    [
      "a blank DVD-RW",
      golden.minimallyBlankedDvdRw,
      [
        ["dvd-rw-ro", 2_297_888],
        ["dvd-rw-ro-quick", 2_297_888],
        ["dvd-rw-blank", 2_297_888],
      ],
    ],
    [
      "a CD-RW in use",
      golden.closedCdRw,
      [
        ["cd-rw-blank", 0x8581],
        ["cd-rw-blank-quick", 0x8581],
      ],
    ],
    ["a CD-R", golden.cdRAfterTwo, []],
    ["a DVD+R", golden.dvdPlusRAfterOne, []],
  ])("%s takes those that it is listed with", async (_, disc, formats) => {
    const { recorder } = await bench(disc);
    const options = (await recorder.medium()).formats;
    expect(options.map(({ id, blocks }) => [id, blocks])).toEqual(formats);
    expect(options.some(({ isIrreversible }) => isIrreversible)).toBe(false);
  });

  it.each<[string, captured.CapturedDisc, captured.CapturedDisc, string, Record<string, number>]>([
    [
      "bd-re-spare",
      golden.bdReWithFormats,
      golden.bdReWithFormats,
      "FORMAT UNIT",
      { type: 0x30, subType: 0, blocks: 11_826_176, parameter: 0x3000 },
    ],
    [
      "bd-re-no-spare",
      golden.bdReWithFormats,
      { ...golden.bdReWithFormats, tracks: [{ state: 0x01, size: 12_219_392 }], capacity: "00BA73FF 00000800" },
      "FORMAT UNIT",
      { type: 0x31, blocks: 12_219_392, parameter: 0x800 },
    ],
    [
      "dvd-ram",
      golden.dvdRamWithFormats,
      golden.dvdRamWithFormats,
      "FORMAT UNIT",
      { type: 0, blocks: 2_236_704, parameter: 0x800 },
    ],
    [
      "dvd-rw-ro",
      golden.blankDvdRw,
      restricted(2_297_888),
      "FORMAT UNIT",
      { type: 0x10, blocks: 2_297_888, parameter: 0x10 },
    ],
    ["dvd-rw-ro-quick", golden.blankDvdRw, restricted(16), "FORMAT UNIT", { type: 0x15, blocks: 0, parameter: 0x10 }],
    ["dvd-rw-blank", golden.dvdRwAfterOne, golden.blankDvdRw, "BLANK immediate", {}],
    ["dvd-rw-blank-quick", golden.dvdRwAfterOne, golden.minimallyBlankedDvdRw, "BLANK immediate, type 1", {}],
    ["cd-rw-blank", golden.closedCdRw, golden.blankCdRw, "BLANK immediate", {}],
    ["cd-rw-blank-quick", golden.closedCdRw, golden.blankCdRw, "BLANK immediate, type 1", {}],
  ])("%s is sent with the drive's own descriptor, and must show", async (format, before, after, command, list) => {
    const { drive, recorder } = await bench(before);
    const step = { step: "prepare", format, isIrreversible: false, why: "test" } as const;
    const name = command.startsWith("BLANK") ? "blank" : "formatUnit";
    drive.next(name, () => {
      captured.insert(drive, after);
      return { status: "good" };
    });
    await recorder.prepare(step);
    const sent = drive.commands.find(({ dataOut }) => dataOut);
    expect(formatParameters.parse(sent?.dataOut ?? new Uint8Array())).toMatchObject(list);
    expect(drive.takeLog().map((line) => line.replace(/ has parameters.*/, ""))).toEqual([command]);
  });

  it("that does not show afterwards is told", async () => {
    const { recorder } = await bench(golden.closedCdRw);
    const step = { step: "prepare", format: "cd-rw-blank", isIrreversible: false, why: "test" } as const;
    await expect(recorder.prepare(step)).rejects.toMatchObject({ code: "NOT_AS_PLANNED" });
  });
});

describe("reserving tracks", () => {
  it.each([
    ["a DVD-R", golden.blankDvdR, 32],
    ["a CD-R", golden.blankCdR, 300],
    ["a DVD+R", golden.blankDvdPlusR, 16],
  ])("%s takes it", async (_, disc, blocks) => {
    const { drive, recorder } = await bench(disc);
    await recorder.reserve(blocks);
    expect(drive.takeLog()).toEqual([`RESERVE TRACK blocks ${blocks}`]);
  });

  it("is refused where there is only one track, and for parts of a unit", async () => {
    const { drive, recorder } = await bench(golden.bdReWithFormats);
    await expect(recorder.reserve(32)).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    const other = await bench(golden.blankDvdR);
    await expect(other.recorder.reserve(20)).rejects.toThrow(TypeError);
    expect([...drive.takeLog(), ...other.drive.takeLog()]).toEqual([]);
  });
});

it("there are rules for the kind of every profile, and a unit that is the profile's", () => {
  for (const { kind, unit } of profiles.values()) expect(mediumRules[kind]?.unit, kind).toBe(unit);
});
