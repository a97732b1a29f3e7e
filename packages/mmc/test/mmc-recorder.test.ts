import type { Medium } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { formatParameters, type MmcRecorder, openMmcRecorder, type ScsiCommand } from "../src/index.ts";
import * as discs from "./captured-discs.ts";
import { fails, hex, LinkingDrive, ScriptedDrive, TestClock } from "./scripted-drive.ts";

interface Bench<D extends ScriptedDrive = ScriptedDrive> {
  readonly drive: D;
  readonly clock: TestClock;
  readonly recorder: MmcRecorder;
}

/** A recorder whose disc has been looked at; the log is empty. */
async function bench(disc: discs.CapturedDisc, maxTransferBytes?: number): Promise<Bench> {
  return benchOf(new ScriptedDrive(maxTransferBytes), disc);
}

async function benchOf<D extends ScriptedDrive>(empty: D, disc: discs.CapturedDisc): Promise<Bench<D>> {
  const drive = empty;
  discs.insert(drive, disc);
  const clock = new TestClock();
  const recorder = await openMmcRecorder(drive, { uri: "test:drive", clock });
  await recorder.medium();
  drive.takeLog();
  return { drive, clock, recorder };
}

const readCommand = ({ dataInLength = 0 }: ScsiCommand) => new Uint8Array(dataInLength).fill(7);
const blocks = (count: number) => new Uint8Array(count * 2048);

describe("opening", () => {
  it("takes the names of the drive from INQUIRY, and a tray without a disc is no error", async () => {
    const drive = new ScriptedDrive().always("testUnitReady", fails("2/3A/02"));
    await using recorder = await openMmcRecorder(drive, { uri: "test:drive" });
    expect(recorder.uri).toBe("test:drive");
    expect(recorder.drive).toEqual({ vendor: "HL-DT-ST", product: "BD-RE  WH16NS40", revision: "1.00" });
  });

  it("refuses what is no optical drive, and closes the transport", async () => {
    const drive = new ScriptedDrive().always("inquiry", hex("00 00 05 02 1F"));
    await expect(openMmcRecorder(drive, { uri: "test:disk" })).rejects.toMatchObject({ code: "UNKNOWN_DEVICE" });
    expect(drive.isClosed).toBe(true);
  });
});

describe("closing", () => {
  it("closes the transport, twice is once, and nothing works afterwards", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    await recorder.close();
    await recorder.close();
    expect(drive.isClosed).toBe(true);
    await expect(recorder.medium()).rejects.toThrow(TypeError);
  });

  it("is refused while an operation runs", async () => {
    const { recorder } = await bench(discs.blankBdR);
    const looking = recorder.medium({ refresh: true });
    await expect(recorder.close()).rejects.toMatchObject({ code: "BUSY" });
    await looking;
    await recorder.close();
  });
});

describe("the end of its scope", () => {
  it("waits for what runs, so that the error that ended it is the one that is told", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    const outcomes: unknown[] = [];
    const scope = async (): Promise<void> => {
      await using _ = recorder;
      for (const looking of [recorder.medium({ refresh: true }), recorder.medium({ refresh: true })])
        void looking.then(({ kind }) => outcomes.push(kind));
      throw new Error("why it ended");
    };
    await expect(scope()).rejects.toThrow("why it ended");
    expect(outcomes).toHaveLength(2);
    expect(drive.isClosed).toBe(true);
  });
});

describe("facts about the medium", () => {
  it("are read once, and again when asked for", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    const first = await recorder.medium();
    expect(drive.commands).toHaveLength(0);
    expect(await recorder.medium({ refresh: true })).toEqual(first);
    expect(drive.commands.length).toBeGreaterThan(5);
  });

  it.each<[string, (recorder: MmcRecorder) => Promise<unknown>]>([
    ["a write", (recorder) => recorder.write(0, blocks(32))],
    ["a flush", (recorder) => recorder.flush()],
    ["a reservation", (recorder) => recorder.reserve(32)],
    ["a close", (recorder) => recorder.closeSpace("session")],
  ])("are read again after %s, and count on only when they differ", async (_, change) => {
    const { drive, recorder } = await bench(discs.blankBdR);
    await change(recorder);
    expect((await recorder.medium()).generation).toBe(1);
    await change(recorder);
    discs.insert(drive, {
      ...discs.blankBdR,
      disc: "0020 01 01 01 01 01 20 00",
      tracks: [{ state: 0x21, valid: 1, next: 32, free: 64, size: 96 }],
    });
    expect((await recorder.medium()).generation).toBe(2);
  });

  it("are not made up where the drive fails to tell: only a refusal leaves one out", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    drive.next("readTrackInformation", fails("4/44/00"));
    await expect(recorder.medium({ refresh: true })).rejects.toMatchObject({
      code: "COMMAND_FAILED",
      sense: { key: 4 },
    });
  });

  it("are read anew when the disc is changed while they are read", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    drive.next("readCapacity", () => {
      discs.insert(drive, discs.usedBdRPow);
      return fails("6/28/00");
    });
    expect(await recorder.medium({ refresh: true })).toMatchObject({ kind: "bd-r-pow", tracks: [{}, {}, {}] });
  });
});

describe("reading", () => {
  it("is cut into commands that the transport carries", async () => {
    const { drive, recorder } = await bench(discs.usedBdRPow);
    drive.always("read10", readCommand);
    const data = await recorder.read(10, 70);
    expect(data).toHaveLength(70 * 2048);
    expect(data.every((byte) => byte === 7)).toBe(true);
    expect(drive.takeLog()).toEqual([
      "READ(10) lba 10, blocks 32",
      "READ(10) lba 42, blocks 32",
      "READ(10) lba 74, blocks 6",
    ]);
  });

  it("tells the block that cannot be read, with the drive's words", async () => {
    const { drive, recorder } = await bench(discs.usedBdRPow);
    drive.always("read10", fails("3/11/05", 17));
    const failed = expect(recorder.read(16, 4)).rejects;
    await failed.toMatchObject({
      code: "READ_FAILED",
      sense: { key: 3, asc: 0x11, ascq: 5, at: 17 },
      subject: "test:drive",
    });
    await expect(recorder.read(16, 4)).rejects.toThrow(
      "read 4 blocks at block 16, at block 17: the block is beyond what error correction can repair (medium error 3/11/05)",
    );
  });

  it("takes a recovered error as success, and too little data as a failure", async () => {
    const { drive, recorder } = await bench(discs.usedBdRPow);
    drive.next(
      "read10",
      { ...fails("1/17/01"), dataIn: blocks(1) },
      { ...fails("1/17/01"), dataIn: new Uint8Array(2000) },
    );
    expect(await recorder.read(0, 1)).toEqual(blocks(1));
    await expect(recorder.read(0, 1)).rejects.toMatchObject({ code: "READ_FAILED" });
  });

  it("of no blocks sends nothing", async () => {
    const { drive, recorder } = await bench(discs.usedBdRPow);
    expect(await recorder.read(0, 0)).toHaveLength(0);
    expect(drive.commands).toHaveLength(0);
  });

  it("refuses addresses that are none as a mistake of the programmer", async () => {
    const { recorder } = await bench(discs.usedBdRPow);
    await expect(recorder.read(-1, 1)).rejects.toThrow(TypeError);
    await expect(recorder.write(0, new Uint8Array(100))).rejects.toThrow(TypeError);
  });
});

describe("writing", () => {
  it("is cut at whole units", async () => {
    const { drive, recorder } = await bench(discs.blankBdR, 100 * 1024);
    await recorder.write(16, blocks(100));
    expect(drive.takeLog()).toEqual([
      "WRITE(10) lba 16, blocks 16",
      "WRITE(10) lba 32, blocks 32",
      "WRITE(10) lba 64, blocks 32",
      "WRITE(10) lba 96, blocks 20",
    ]);
  });

  it("hands over the data in order", async () => {
    const { drive, recorder } = await bench(discs.formattedDvdPlusRw);
    const data = blocks(48).map((_, i) => i >> 11);
    await recorder.write(0, data);
    const sent = drive.commands.flatMap(({ dataOut }) => [...(dataOut ?? [])]);
    expect(Uint8Array.from(sent)).toEqual(data);
  });

  it("sends the same command again while the drive's buffer is full, with growing pauses", async () => {
    const { drive, clock, recorder } = await bench(discs.blankBdR);
    drive.next("write10", ...Array.from({ length: 6 }, () => fails("2/04/08")));
    await recorder.write(0, blocks(32));
    expect(drive.takeLog()).toEqual(Array(7).fill("WRITE(10) blocks 32"));
    expect(clock.pauses).toEqual([5, 10, 20, 40, 80, 100]);
  });

  it("gives up on a drive that never takes the data", async () => {
    const { drive, clock, recorder } = await bench(discs.blankBdR);
    drive.always("write10", fails("2/04/08"));
    await expect(recorder.write(0, blocks(32))).rejects.toMatchObject({ code: "WRITE_FAILED" });
    expect(clock.time).toBeGreaterThan(100_000);
  });

  it.each([
    ["at an address that is not the next one", "5/21/02", 0, "WRITE_FAILED", "after-change"],
    ["beyond the disc", "5/21/00", 12_219_392, "DISC_FULL", "other-disc"],
    ["outside, though inside the disc", "5/21/00", 0, "WRITE_FAILED", "after-change"],
    ["beyond the track", "5/63/00", 0, "DISC_FULL", "other-disc"],
    ["when pseudo-overwrite has nothing left", "5/55/03", 0, "RESOURCES_EXHAUSTED", "other-disc"],
    ["when the defect list is full", "3/32/01", 0, "RESOURCES_EXHAUSTED", "other-disc"],
    ["when the management area is full", "3/73/05", 0, "RESOURCES_EXHAUSTED", "other-disc"],
    ["when a block is bad", "3/0C/00", 0, "WRITE_FAILED", "same-disc"],
    ["on a closed disc", "5/30/05", 0, "NOT_WRITABLE", "other-disc"],
    ["on a protected disc", "7/27/00", 0, "WRITE_PROTECTED", "other-disc"],
    ["without a disc", "2/3A/02", 0, "NO_MEDIUM", "after-change"],
    ["with a sense that says nothing", "0/00/00", 0, "WRITE_FAILED", "same-disc"],
  ])("%s (%s) fails with its code", async (_, sense, at, code, retry) => {
    const { drive, recorder } = await bench(discs.blankBdR);
    drive.always("write10", fails(sense));
    await expect(recorder.write(at, blocks(32))).rejects.toMatchObject({ code, retry });
  });

  it("on a disc that is known to be closed for good says so, whatever the drive calls it", async () => {
    const { drive, recorder } = await bench({ ...discs.usedBdRPow, disc: "0020 0E 01 01 01 03 20 00" });
    drive.always("write10", fails("7/27/00", 0));
    const failed = recorder.write(0, blocks(32));
    await expect(failed).rejects.toMatchObject({ code: "DISC_CLOSED" });
    await expect(failed).rejects.toThrow("write 32 blocks at block 0: the medium is write-protected");
  });

  it("tells that an overwritten place may be neither old nor new", async () => {
    const { drive, recorder } = await bench(discs.formattedDvdPlusRw);
    drive.always("write10", fails("3/0C/00"));
    await expect(recorder.write(16, blocks(16))).rejects.toMatchObject({ oldState: "unknown" });
    const other = await bench(discs.blankBdR);
    other.drive.always("write10", fails("3/0C/00"));
    await expect(other.recorder.write(0, blocks(32))).rejects.toMatchObject({ oldState: "intact" });
  });
});

describe("writing over a transport that links commands", () => {
  const writes = ["WRITE(10) blocks 32", "WRITE(10) lba 32, blocks 32", "WRITE(10) lba 64, blocks 32"];

  it("sends the commands of one write together, and tells of each that was accepted", async () => {
    const { drive, recorder } = await benchOf(new LinkingDrive(), discs.blankBdR);
    const accepted: number[] = [];
    await recorder.write(0, blocks(80), { onAccepted: (count) => accepted.push(count) });
    expect(drive.linked).toEqual([{ sent: 3, done: 3 }]);
    expect(drive.takeLog()).toEqual([...writes.slice(0, 2), "WRITE(10) lba 64, blocks 16"]);
    expect(accepted).toEqual([32, 32, 16]);
  });

  it("waits at the command for which the drive has no room, and goes on behind it", async () => {
    const { drive, clock, recorder } = await benchOf(new LinkingDrive(), discs.blankBdR);
    drive.next("write10", { status: "good" }, fails("2/04/08"), fails("2/04/08"));
    await recorder.write(0, blocks(96));
    expect(drive.linked[0]).toEqual({ sent: 3, done: 2 });
    expect(clock.pauses).toEqual([5, 10]);
    const [first = "", second = "", third = ""] = writes;
    expect(drive.takeLog()).toEqual([first, second, second, second, third]);
  });

  it("takes a recovered error for success, and sends no command twice for it", async () => {
    const { drive, recorder } = await benchOf(new LinkingDrive(), discs.blankBdR);
    drive.next("write10", fails("1/0C/00"));
    await recorder.write(0, blocks(96));
    expect(drive.takeLog()).toEqual(writes);
  });

  it("fails with the address of the command that failed, and what was accepted before it is known", async () => {
    const { drive, recorder } = await benchOf(new LinkingDrive(), discs.blankBdR);
    drive.next("write10", { status: "good" }, fails("3/0C/00"));
    let accepted = 0;
    const failed = recorder.write(0, blocks(96), { onAccepted: (count) => (accepted += count) });
    await expect(failed).rejects.toMatchObject({ code: "WRITE_FAILED", message: expect.stringContaining("block 32") });
    expect(accepted).toBe(32);
    expect(drive.takeLog()).toEqual(writes.slice(0, 2));
  });

  it("stops, when it is aborted, where the transport answers", async () => {
    const { drive, recorder } = await benchOf(new LinkingDrive(), discs.blankBdR);
    drive.patience = 2;
    const abort = new AbortController();
    drive.next("write10", () => {
      abort.abort();
      return { status: "good" };
    });
    let accepted = 0;
    const options = { signal: abort.signal, onAccepted: (count: number) => (accepted += count) };
    await expect(recorder.write(0, blocks(96), options)).rejects.toMatchObject({ code: "CANCELLED" });
    expect(drive.takeLog()).toEqual(writes.slice(0, 2));
    expect(accepted).toBe(64);
  });
});

describe("what was accepted and failed later", () => {
  it("is told by whatever command meets it", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    const sense = hex("F1 00 03 00000040 0A 00000000 0C00 00 000000");
    drive.next("synchronizeCache", { status: "check-condition", sense });
    await recorder.write(64, blocks(32));
    await expect(recorder.flush()).rejects.toMatchObject({
      code: "WRITE_FAILED",
      oldState: "unknown",
      sense: { at: 64 },
    });
  });

  it("is lost when the drive was reset before the flush", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    await recorder.write(0, blocks(32));
    drive.next("synchronizeCache", fails("6/29/00"));
    await expect(recorder.flush()).rejects.toMatchObject({ code: "WRITE_FAILED", sense: { key: 6, asc: 0x29 } });
  });

  it("is safe after the flush: a reset then is no failure", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    await recorder.write(0, blocks(32));
    await recorder.flush();
    drive.next("write10", fails("6/29/00"));
    await recorder.write(32, blocks(32));
    expect(drive.takeLog()).toEqual([
      "WRITE(10) blocks 32",
      "SYNCHRONIZE CACHE(10)",
      "WRITE(10) lba 32, blocks 32",
      "WRITE(10) lba 32, blocks 32",
    ]);
  });
});

describe("what a close leaves in the drive's buffer", () => {
  it("is nothing when it was sent", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    await recorder.write(0, blocks(32));
    await recorder.closeSpace("session");
    drive.next("write10", fails("6/29/00"));
    await recorder.write(32, blocks(32));
  });

  it("is everything when there was nothing to send", async () => {
    const { drive, recorder } = await bench(discs.formattedDvdPlusRw);
    await recorder.write(0, blocks(16));
    await recorder.closeSpace("track");
    drive.next("write10", fails("6/29/00"));
    await expect(recorder.write(16, blocks(16))).rejects.toMatchObject({ code: "WRITE_FAILED", sense: { asc: 0x29 } });
  });
});

describe("a disc that was changed", () => {
  it("is not written or read before it is looked at again", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    drive.always("read10", readCommand).next("write10", fails("6/28/00"));
    await expect(recorder.write(0, blocks(32))).rejects.toMatchObject({ code: "STALE" });
    await expect(recorder.write(0, blocks(32))).rejects.toMatchObject({ code: "STALE" });
    await expect(recorder.read(0, 1)).rejects.toMatchObject({ code: "STALE" });
    expect(drive.takeLog()).toEqual(["WRITE(10) blocks 32"]);
    await recorder.medium();
    await recorder.write(0, blocks(32));
  });

  it("is not formatted when the change shows only in the look before", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    drive.next("testUnitReady", fails("6/28/00"));
    const step = { step: "prepare", format: "bd-r-pow", isIrreversible: true, why: "test" } as const;
    await expect(recorder.prepare(step)).rejects.toMatchObject({ code: "STALE" });
    expect(drive.takeLog()).toEqual([]);
  });

  it("is any disc as long as nobody has looked at one", async () => {
    const drive = discs.insert(new ScriptedDrive(), discs.usedBdRPow).always("read10", readCommand);
    drive.next("read10", fails("6/29/00"), fails("6/28/00"));
    await using recorder = await openMmcRecorder(drive, { uri: "test:drive", clock: new TestClock() });
    expect(await recorder.read(0, 1)).toHaveLength(2048);
  });
});

describe("a drive that is not ready", () => {
  it("is waited for while it loads, and started when it was stopped", async () => {
    const { drive, clock, recorder } = await bench(discs.blankBdR);
    drive.next("testUnitReady", fails("6/28/00"), fails("2/04/01"), fails("2/04/01"), fails("2/04/02"));
    await recorder.medium({ refresh: true });
    expect(drive.takeLog()).toEqual(["START STOP UNIT start"]);
    expect(clock.pauses).toEqual([20, 40, 80]);
  });

  it("is not waited for when somebody must do something at it", async () => {
    const { drive, clock, recorder } = await bench(discs.blankBdR);
    drive.next("testUnitReady", fails("2/04/03"));
    await expect(recorder.medium({ refresh: true })).rejects.toMatchObject({ code: "COMMAND_FAILED" });
    expect(clock.pauses).toEqual([]);
  });

  it("that no longer answers at all is lost, and its disc is looked at again afterwards", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    const cause = new Error("ENODEV");
    drive.next("write10", () => cause);
    await expect(recorder.write(0, blocks(32))).rejects.toMatchObject({
      code: "RECORDER_LOST",
      cause,
      oldState: "unknown",
    });
    drive.takeLog();
    await recorder.medium();
    expect(drive.commands.length).toBeGreaterThan(5);
  });
});

describe("formatting", () => {
  const step = (format: string, isIrreversible = true) =>
    ({ step: "prepare", format, isIrreversible, why: "test" }) as const;
  const formatted: discs.CapturedDisc = {
    ...discs.usedBdRPow,
    disc: "0020 01 01 01 01 01 20 00",
    tracks: [{ state: 0x6f, valid: 1, free: 12_088_320, size: 12_088_320 }],
    capacity: "00000000 00000800",
  };

  it.each([
    ["bd-r-pow", discs.blankBdR, formatted, 0x32, 0, 12_088_320],
    ["bd-r-spare", discs.blankBdR, { ...formatted, features: "" }, 0x32, 1, 12_088_320],
    ["dvd+rw", discs.blankDvdPlusRw, discs.formattedDvdPlusRw, 0x26, 0, 2_295_104],
  ])(
    "%s sends the largest listed size and waits until the drive is done",
    async (format, before, after, type, subType, size) => {
      const { drive, clock, recorder } = await bench(before);
      drive.next("formatUnit", () => {
        discs.insert(drive, after).next("testUnitReady", fails("2/04/04"), fails("2/04/04"));
        return { status: "good" };
      });
      await recorder.prepare(step(format));
      const sent = drive.commands.find(({ cdb }) => cdb[0] === 0x04);
      expect([...(sent?.cdb ?? [])]).toEqual([0x04, 0x11, 0, 0, 0, 0]);
      expect(formatParameters.parse(sent?.dataOut ?? new Uint8Array())).toMatchObject({
        immediate: true,
        type,
        subType,
        blocks: size,
      });
      expect(clock.pauses).toEqual([20, 40]);
      expect((await recorder.medium()).generation).toBe(2);
    },
  );

  it("is no success when the disc does not show the format", async () => {
    const { recorder } = await bench(discs.blankBdR);
    await expect(recorder.prepare(step("bd-r-pow"))).rejects.toMatchObject({ code: "NOT_AS_PLANNED" });
  });

  it("is refused when the disc does not take it", async () => {
    const { drive, recorder } = await bench(discs.usedBdRPow);
    await expect(recorder.prepare(step("bd-r-pow"))).rejects.toMatchObject({
      code: "COMMAND_FAILED",
      retry: "after-change",
    });
    expect(drive.takeLog()).toEqual([]);
  });

  it("is refused when it cannot be undone and the step says that it can", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    await expect(recorder.prepare(step("bd-r-pow", false))).rejects.toMatchObject({ code: "CONSENT_REQUIRED" });
    expect(drive.takeLog()).toEqual([]);
  });

  it("that fails while it is waited for fails", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    drive.next("formatUnit", () => {
      drive.next("testUnitReady", fails("2/04/04"), fails("3/31/01"));
      return { status: "good" };
    });
    await expect(recorder.prepare(step("bd-r-pow"))).rejects.toMatchObject({
      code: "WRITE_FAILED",
      sense: { asc: 0x31 },
    });
  });
});

describe("closing what was written", () => {
  const openBdR: discs.CapturedDisc = { ...discs.usedBdRPow, features: "" };

  it.each<[string, discs.CapturedDisc, "track" | "session" | "disc", string[]]>([
    [
      "the track of a BD-R names the open one",
      openBdR,
      "track",
      ["CLOSE TRACK SESSION immediate, function 1, number 3"],
    ],
    ["the session of a BD-R", openBdR, "session", ["CLOSE TRACK SESSION immediate, function 2"]],
    ["a BD-R for good", openBdR, "disc", ["CLOSE TRACK SESSION immediate, function 6"]],
    ["the track of a BD-R that has none open", discs.blankBdR, "track", []],
    [
      "the track of a pseudo-overwrite disc",
      discs.usedBdRPow,
      "track",
      ["CLOSE TRACK SESSION immediate, function 1, number 3"],
    ],
    ["the track of a DVD+RW", discs.formattedDvdPlusRw, "track", []],
    [
      "the session of a DVD+RW: no more formatting, and a lead-out",
      discs.formattedDvdPlusRw,
      "session",
      ["CLOSE TRACK SESSION immediate", "CLOSE TRACK SESSION immediate, function 2"],
    ],
  ])("%s", async (_, disc, what, log) => {
    const { drive, recorder } = await bench(disc);
    await recorder.closeSpace(what);
    expect(drive.takeLog()).toEqual(log);
  });

  it("names the last one when several tracks are open", async () => {
    const tracks = [
      { state: 0xa1, valid: 1, next: 32, free: 32, size: 64 },
      { state: 0x21, valid: 1, start: 64, next: 96, free: 4_000, size: 4_032 },
      { state: 0x6f, valid: 1, start: 4_096, next: 4_096, free: 64, size: 64 },
    ];
    const { drive, recorder } = await bench({ ...openBdR, tracks });
    await recorder.closeSpace("track");
    expect(drive.takeLog()).toEqual(["CLOSE TRACK SESSION immediate, function 1, number 2"]);
  });

  it.each<[string, discs.CapturedDisc, "track" | "session" | "disc"]>([
    ["a session of a pseudo-overwrite disc", discs.usedBdRPow, "session"],
    ["a DVD+RW for good", discs.formattedDvdPlusRw, "disc"],
    ["a disc that there are no rules for", { ...discs.appendableDvdPlusR, profile: 0x7777 }, "session"],
  ])("refuses to close %s", async (_, disc, what) => {
    const { drive, recorder } = await bench(disc);
    await expect(recorder.closeSpace(what)).rejects.toMatchObject({ code: "NOT_WRITABLE", retry: "no" });
    expect(drive.takeLog()).toEqual([]);
  });

  it("waits until the drive is done, also where only REQUEST SENSE tells that it is not", async () => {
    const { drive, clock, recorder } = await bench(openBdR);
    drive.next("closeTrackSession", fails("2/04/07"));
    drive.next("requestSense", hex("70 00 02 00000000 0A 00000000 0407 00 808000"));
    await recorder.closeSpace("session");
    expect(drive.commands.filter(({ cdb }) => cdb[0] === 0x5b)).toHaveLength(2);
    expect(clock.pauses).toEqual([20, 20]);
  });

  it("does not wait for a format that goes on in the background", async () => {
    const { drive, clock, recorder } = await bench(discs.formattedDvdPlusRw);
    drive.always("requestSense", hex("70 00 00 00000000 0A 00000000 0404 00 808000"));
    await recorder.flush();
    expect(clock.pauses).toEqual([]);
  });
});

it("reserves a track by its size", async () => {
  const { drive, recorder } = await bench(discs.blankBdR);
  await recorder.reserve(32);
  expect(drive.takeLog()).toEqual(["RESERVE TRACK blocks 32"]);
  drive.always("reserveTrack", fails("5/72/05"));
  await expect(recorder.reserve(32)).rejects.toMatchObject({ code: "COMMAND_FAILED", retry: "no" });
});

describe("reloading", () => {
  const tray = (bits: string) => `0003 0B 04 ${bits}000000`;

  it("ejects and loads the disc, and takes the same disc for the same", async () => {
    const { drive, recorder } = await bench({ ...discs.blankBdR, features: tray("39") });
    await recorder.write(0, blocks(32));
    drive.next("testUnitReady", fails("2/04/01"), fails("6/28/00"));
    expect(await recorder.reload()).toBe("reloaded");
    expect(drive.takeLog()).toEqual([
      "WRITE(10) blocks 32",
      "SYNCHRONIZE CACHE(10)",
      "PREVENT ALLOW MEDIUM REMOVAL",
      "START STOP UNIT load eject",
      "START STOP UNIT load eject, start",
    ]);
    expect(await recorder.medium()).toMatchObject({ generation: 1 } satisfies Partial<Medium>);
  });

  it("says that reads may come from the cache where the drive cannot load or will not eject", async () => {
    const slim = await bench({ ...discs.blankBdR, features: tray("29") });
    expect(await slim.recorder.reload()).toBe("same-cache");
    expect(slim.drive.takeLog()).toEqual([]);
    const locked = await bench({ ...discs.blankBdR, features: tray("39") });
    locked.drive.always("startStopUnit", fails("5/53/02"));
    expect(await locked.recorder.reload()).toBe("same-cache");
    const unknown = await bench(discs.blankBdR);
    expect(await unknown.recorder.reload()).toBe("same-cache");
  });
});

describe("operations", () => {
  it("run one at a time, in the order of the calls", async () => {
    const { drive, recorder } = await bench(discs.formattedDvdPlusRw);
    drive.always("read10", readCommand);
    await Promise.all([recorder.write(0, blocks(64)), recorder.read(0, 64), recorder.flush(), recorder.read(64, 1)]);
    expect(drive.takeLog()).toEqual([
      "WRITE(10) blocks 32",
      "WRITE(10) lba 32, blocks 32",
      "READ(10) blocks 32",
      "READ(10) lba 32, blocks 32",
      "SYNCHRONIZE CACHE(10)",
      "READ(10) lba 64, blocks 1",
    ]);
  });

  it("go on after one that failed", async () => {
    const { drive, recorder } = await bench(discs.usedBdRPow);
    drive.next("read10", fails("3/11/00")).always("read10", readCommand);
    const [first, second] = await Promise.allSettled([recorder.read(0, 1), recorder.read(1, 1)]);
    expect([first.status, second.status]).toEqual(["rejected", "fulfilled"]);
  });

  it("that are aborted stop before the next command", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    const abort = new AbortController();
    drive.next("write10", () => {
      abort.abort(new Error("enough"));
      return { status: "good" };
    });
    const writing = recorder.write(0, blocks(96), { signal: abort.signal });
    const waiting = recorder.flush({ signal: abort.signal });
    await expect(writing).rejects.toMatchObject({ code: "CANCELLED", subject: "test:drive" });
    await expect(waiting).rejects.toMatchObject({ code: "CANCELLED" });
    expect(drive.takeLog()).toEqual(["WRITE(10) blocks 32"]);
  });

  it("that are aborted while they wait for the drive stop waiting", async () => {
    const { drive, recorder } = await bench(discs.blankBdR);
    const abort = new AbortController();
    drive.always("write10", () => {
      abort.abort();
      return fails("2/04/08");
    });
    await expect(recorder.write(0, blocks(32), { signal: abort.signal })).rejects.toMatchObject({ code: "CANCELLED" });
    expect(drive.takeLog()).toHaveLength(1);
  });
});
