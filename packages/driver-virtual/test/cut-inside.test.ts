import { MultisessionError } from "@multisession/core";
import { modeData, modeSelect10, writeParametersPage } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { checkState } from "../src/disc-file/check-state.ts";
import { createVirtualRecorder, type VirtualMediumId, virtualMedia } from "../src/index.ts";
import { contentOf } from "../src/recorder/snapshot.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

/** Mode page 05h: write type, and whether another session may follow. */
function setPage(host: Initiator, writeType: number, multisession: number): void {
  const page = writeParametersPage.build({ writeType, multisession, dataBlockType: 8 });
  const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
  host.send(modeSelect10.build({ pageFormat: true, parameterLength: list.length }), list);
}

/** A written disc of that kind, all of it flushed. */
function written(medium: VirtualMediumId, multisession: number): Initiator {
  const capacity = Math.max(1024, virtualMedia.find(({ id }) => id === medium)?.minimum ?? 0);
  const formatted = ["bd-re", "dvd+rw", "dvd-ram"].includes(medium) ? { formatted: true } : {};
  const host = new Initiator(createVirtualRecorder({ medium, capacity, ...formatted }));
  setPage(host, medium.startsWith("cd") ? 1 : 0, multisession);
  expect(host.write(0, blocksOf(320, 1))).toBe("good");
  expect(host.sync()).toBe("good");
  return host;
}

/** What the disc says after a cut before each change that an operation makes, and after the last: profile, status, session, sessions. */
function statesOf(host: Initiator, operation: (host: Initiator) => void, isKept: boolean): readonly string[] {
  const { recorder } = host;
  const before = recorder.snapshot();
  operation(host);
  const effects = recorder.counters.effects - before.counters.effects;
  return Array.from({ length: effects + 1 }, (_, count) => {
    recorder.restore(before);
    recorder.arm([{ fault: "power-cut", after: "effect", count }], count + 1);
    try {
      operation(host);
    } catch (error) {
      if (!MultisessionError.is(error) || error.code !== "RECORDER_LOST") throw error;
    }
    recorder.powerCut();
    recorder.powerOn();
    host.ready();
    if (isKept) expect(marksOf(host.read(0, 320))).toEqual(marks(320, 1));
    const { state } = contentOf(recorder.snapshot()).store;
    expect(checkState(state).filter(({ outcome }) => outcome !== "good")).toEqual([]);
    const { discStatus, lastSessionState, sessions } = host.disc();
    return `${state.profile.toString(16)} ${state.condition.id} ${discStatus}/${lastSessionState} ${sessions}`;
  });
}

const close =
  (...functions: readonly (readonly [fn: number, track: number])[]) =>
  (host: Initiator): void => {
    for (const [fn, track] of functions) host.close(fn, track);
  };
const session = close([1, 1], [2, 0]);
const open = (profile: string): string => `${profile} unformatted 1/1 1`;
const between = (profile: string): string => `${profile} unformatted 1/0 2`;
const closed = (profile: string, sessions: number): string => `${profile} unformatted 2/3 ${sessions}`;

describe("a power cut inside CLOSE", () => {
  it.each<[string, VirtualMediumId, number, (host: Initiator) => void, readonly string[]]>([
    // On a CD the flush has closed the track.
    ["session", "cd-r", 3, session, [open("9"), between("9")]],
    ["session", "cd-rw", 3, session, [open("a"), between("a")]],
    ["session", "dvd-r", 3, session, [open("11"), open("11"), between("11")]],
    ["session", "dvd-rw", 3, session, [open("14"), open("14"), between("14")]],
    ["session", "dvd-r-dl", 3, session, [open("15"), open("15"), closed("15", 1)]],
    ["session", "dvd+r", 3, session, [open("1b"), open("1b"), between("1b")]],
    ["session", "dvd+r-dl", 3, session, [open("2b"), open("2b"), between("2b")]],
    ["session", "bd-r", 3, session, [open("41"), open("41"), between("41")]],
    ["disc", "cd-r", 0, session, [open("9"), between("9"), closed("9", 1)]],
    ["disc", "cd-rw", 0, session, [open("a"), between("a"), closed("a", 1)]],
    ["disc", "dvd-r", 0, session, [open("11"), open("11"), between("11"), closed("11", 1)]],
    ["disc", "dvd-rw", 0, session, [open("14"), open("14"), between("14"), closed("14", 1)]],
    ["disc", "dvd+r", 3, close([6, 0]), [open("1b"), open("1b"), between("1b"), closed("1b", 1)]],
    ["disc", "dvd+r-dl", 3, close([5, 0]), [open("2b"), open("2b"), between("2b"), closed("2b", 1)]],
    ["disc", "bd-r", 3, close([6, 0]), [open("41"), open("41"), between("41"), closed("41", 1)]],
    [
      "disc",
      "bd-r-pow",
      3,
      close([6, 0]),
      [
        "41 pseudo-overwrite 1/1 1",
        "41 pseudo-overwrite 1/1 1",
        "41 pseudo-overwrite 1/0 2",
        "41 pseudo-overwrite 2/3 1",
      ],
    ],
    ["disc", "bd-r-rrm", 3, close([6, 0]), ["42 random 3/3 1", "42 random 2/3 1"]],
  ])("of the %s of a %s (page %d) leaves one of its steps, and all that was flushed", (...row) => {
    const [, medium, multisession, operation, expected] = row;
    expect(statesOf(written(medium, multisession), operation, true)).toEqual(expected);
  });
});

describe("a power cut inside FORMAT and BLANK", () => {
  const blank = (type: number) => (host: Initiator) => {
    host.send(Uint8Array.from([0xa1, type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]));
  };
  const format = (type: number) => (host: Initiator) => {
    host.format(type, 0, 0);
  };

  it.each<[string, VirtualMediumId, (host: Initiator) => void, readonly string[]]>([
    ["BLANK", "cd-rw", blank(0), [open("a"), "a unformatted 0/0 1"]],
    ["minimal BLANK", "cd-rw", blank(1), [open("a"), "a unformatted 0/0 1"]],
    ["BLANK", "dvd-rw", blank(0), [open("14"), "14 minimal 0/0 1", "14 unformatted 0/0 1"]],
    ["minimal BLANK", "dvd-rw", blank(1), [open("14"), "14 minimal 0/0 1"]],
    ["FORMAT", "dvd-rw", format(0x10), [open("14"), "14 minimal 0/0 1", "13 restricted 2/3 1"]],
    ["quick FORMAT", "dvd-rw", format(0x15), [open("14"), "14 minimal 0/0 1", "13 intermediate 1/1 1"]],
    ["BLANK", "dvd-rw-ro", blank(0), ["13 restricted 2/3 1", "14 minimal 0/0 1", "14 unformatted 0/0 1"]],
    ["FORMAT", "dvd-ram", format(0), ["12 formatted 3/3 1", "12 unformatted 0/0 1", "12 formatted 3/3 1"]],
    ["FORMAT", "bd-re", format(0x31), ["43 formatted 2/3 1", "43 unformatted 0/0 1", "43 formatted 2/3 1"]],
    // It keeps the old blocks and goes on in the background, where a cut stops it.
    ["FORMAT", "dvd+rw", format(0x26), ["1a formatted 2/3 1", "1a formatted 2/3 1", "1a formatted 2/3 1"]],
  ])("%s of a used %s leaves the old disc, one that is erased, or the new one", (_, medium, operation, expected) => {
    expect(statesOf(written(medium, 3), operation, false)).toEqual(expected);
  });

  it.each<[VirtualMediumId, number, number, readonly string[]]>([
    ["bd-r", 0x00, 0, ["41 unformatted 0/0 1", "41 pseudo-overwrite 1/0 1"]],
    ["bd-r", 0x00, 1, ["41 unformatted 0/0 1", "41 sequential 1/0 1"]],
    ["bd-r", 0x00, 2, ["41 unformatted 0/0 1", "42 random 3/3 1"]],
    ["bd-re", 0x00, 0, ["43 unformatted 0/0 1", "43 formatted 2/3 1"]],
    ["dvd-rw", 0x10, 0, ["14 unformatted 0/0 1", "13 restricted 2/3 1"]],
    ["dvd+rw", 0x26, 0, ["1a unformatted 0/0 1", "1a formatted 2/3 1", "1a formatted 2/3 1"]],
  ])("FORMAT of a blank %s with type %d, sub-type %d, is done or not", (medium, type, subType, expected) => {
    const capacity = Math.max(1024, virtualMedia.find(({ id }) => id === medium)?.minimum ?? 0);
    const host = new Initiator(createVirtualRecorder({ medium, capacity }));
    expect(statesOf(host, (initiator) => initiator.format(type, subType, 0), false)).toEqual(expected);
  });
});
