import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutablePlan, Medium, PlanStep } from "@multisession/core";
import { createVirtualRecorder } from "@multisession/driver-virtual";
import * as koffi from "koffi";
import { afterAll, describe, expect, it } from "vitest";
import { Com } from "../src/com/com.ts";
import { ComServer } from "../src/com/com-server.ts";
import { DataWriter, type WriteProgress, type WriterFacts } from "../src/host/data-writer.ts";
import { openRecorder } from "../src/host/devices.ts";
import { SpooledDisc } from "../src/host/spool.ts";
import { checkWritable } from "../src/writer/media-status.ts";
import { planObjection } from "../src/writer/plan-objection.ts";
import { writeActions } from "../src/writer/write-actions.ts";
import { stagesOf } from "../src/writer/write-segments.ts";
import { StandInImapi } from "./support/stand-in-imapi.ts";

const spool = join(tmpdir(), `multisession-spool-${process.pid}.img`);
const blocks = 320;
writeFileSync(
  spool,
  Uint8Array.from({ length: blocks * 2048 }, (_, at) => at >> 11),
);
afterAll(() => rmSync(spool));

const job = { spool, closeDisc: false, verification: "none", client: "Burner" } as const;

async function drive() {
  const imapi = new StandInImapi();
  const recorder = createVirtualRecorder({ medium: "bd-r" });
  imapi.plug({ id: "drive", paths: ["D:\\"] }, recorder);
  const com = new Com(koffi, imapi.runtime);
  const server = new ComServer(com, (fault) => imapi.faults.push(String(fault)));
  const writer = new DataWriter(com, server, await openRecorder(com, "drive"));
  return { imapi, server, writer };
}

describe("IMAPI2's writer", () => {
  it("tells of each action and of the blocks that the drive has taken", async () => {
    const { writer, imapi, server } = await drive();
    const told: WriteProgress[] = [];
    await writer.write({ ...job, verification: "quick" }, (progress) => told.push(progress));
    expect([...new Set(told.map(({ action }) => action))]).toEqual([
      writeActions.writing,
      writeActions.finalizing,
      writeActions.verifying,
      writeActions.completed,
    ]);
    expect(told.find(({ doneBlocks }) => doneBlocks === 96)).toEqual({
      action: 4,
      doneBlocks: 96,
      totalBlocks: blocks,
      secondsLeft: 2,
      buffer: 0.75,
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([imapi.faults, server.liveFaces]).toEqual([[], 0]);
  });

  it("is stopped from within its event, and the call that was to write says so", async () => {
    const { writer } = await drive();
    const done: number[] = [];
    const burn = writer.write(job, ({ doneBlocks }) => {
      done.push(doneBlocks);
      if (doneBlocks === 64) writer.cancel();
    });
    await expect(burn).rejects.toMatchObject({ hresult: 0xc0aa0002, call: "IDiscFormat2Data::Write" });
    expect(Math.max(...done)).toBeLessThanOrEqual(96);
  });

  it("is not stopped while it finalizes", async () => {
    const { writer } = await drive();
    await writer.write(job, ({ action }) => action === writeActions.finalizing && writer.cancel());
    await expect(writer.facts()).resolves.toMatchObject({ previousSessionStart: 0, nextWritableAddress: blocks });
  });
});

describe("what IMAPI2 says of a disc", () => {
  const facts = (status: number, protection = 0) => ({ status, protection }) as WriterFacts;

  it.each([
    [0x2000, 0, "WRITE_PROTECTED", "is write-protected. Nothing"],
    [0, 0x000a, "WRITE_PROTECTED", "write-protected by its cartridge and by a program, for good."],
    [0x4000, 0, "DISC_CLOSED", "is closed for good"],
    [0x1000, 0, "NEEDS_RECOVERY", "has a session that is open"],
    [0x0800, 0, "NOT_WRITABLE", "must be erased first"],
    [0x0400, 0, "NOT_WRITABLE", "is damaged"],
    [0x8000, 0, "NOT_WRITABLE", "of a kind that IMAPI2 does not write"],
  ])("status 0x%x and protection 0x%x are refused with %s", (status, protection, code, words) => {
    expect(() => checkWritable(facts(status, protection), "imapi:D:")).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });

  it("blank, appendable and overwritable discs are written", () => {
    for (const status of [0x0002, 0x0004, 0x0006, 0x0001]) checkWritable(facts(status), "imapi:D:");
  });
});

describe("a disc that is spooled in runs", () => {
  it("gives each run at its address, and zeros between them", () => {
    using disc = new SpooledDisc(spool, [
      { at: 100, blocks: 2 },
      { at: 10, blocks: 1 },
    ]);
    expect(disc.bytes).toBe(102 * 2048);
    const bytes = new Uint8Array(3 * 2048);
    disc.readInto(bytes, 9 * 2048);
    expect([bytes[0], bytes[2048], bytes[4096]]).toEqual([0, 2, 0]);
    disc.readInto(bytes, 99 * 2048);
    expect([bytes[0], bytes[2048], bytes[4096]]).toEqual([0, 0, 1]);
  });

  it("fails when the file is shorter than its runs", () => {
    using disc = new SpooledDisc(spool, [{ at: 0, blocks: blocks + 1 }]);
    expect(() => disc.readInto(new Uint8Array(2048), blocks * 2048)).toThrow(RangeError);
  });
});

const write = (phase: number): PlanStep => ({ step: "write", phase, kind: "payload", at: 0, blocks: 32 });
const durable: PlanStep = { step: "barrier", kind: "durable" };
const close = (what: "track" | "session" | "disc"): PlanStep => ({ step: "close", what, why: "" });
const refresh: PlanStep = { step: "refresh-medium", expect: { next: [] } };

describe("the steps of a plan", () => {
  it("are one call of the writer up to a barrier or a close", () => {
    expect(stagesOf([write(0), durable, write(1), durable, refresh])).toEqual([
      { kind: "segment", writes: [0], closes: [] },
      { kind: "step", index: 1 },
      { kind: "segment", writes: [2], closes: [] },
      { kind: "step", index: 3 },
      { kind: "step", index: 4 },
    ]);
    expect(stagesOf([write(0), durable, close("track"), close("session"), refresh])).toEqual([
      { kind: "segment", writes: [0], closes: [1, 2, 3] },
      { kind: "step", index: 4 },
    ]);
  });

  const medium = {
    kind: "bd-r",
    capacity: 100_000,
    unit: 32,
    overwrite: "no",
    lastSession: "complete",
    isFormatted: true,
    sessionGap: 0,
    tracks: [{ number: 2, session: 2, start: 640, size: 99_360, state: "blank", next: 640, free: 99_360 }],
  } as unknown as Medium;

  function sequential(steps: readonly PlanStep[], at = 640, more: Partial<Medium> = {}): ExecutablePlan {
    const space = { published: { by: "close" }, mediumEnd: 100_000, ranges: [] };
    const extent = { at, blocks: 32, source: { from: "zero" }, label: "" } as const;
    return {
      medium: { ...medium, ...more },
      steps,
      phases: [{ kind: "payload", extents: [extent], then: "none" }],
      offer: { space } as unknown as ExecutablePlan["offer"],
    };
  }

  const closed = [write(0), close("track"), close("session"), refresh];

  it.each([
    ["a session that is closed", sequential(closed), undefined],
    ["the last session of a disc", sequential([write(0), close("disc")]), undefined],
    ["a reservation", sequential([{ step: "reserve", blocks: 32, why: "" }, ...closed]), /cannot reserve/],
    ["a repair", sequential([{ step: "repair", track: 1, why: "" }]), /cannot repair/],
    ["a close alone", sequential([close("session")]), /this plan writes none/],
    ["a session that stays open", sequential([write(0), close("track")]), /this one stays open/],
    ["another address", sequential(closed, 704), /writes at the next writable address 640.*starts at 704/],
    ["a session that is open already", sequential(closed, 640, { lastSession: "incomplete" }), /that is open/],
    ["a DVD+R DL that stays open", sequential(closed, 640, { kind: "dvd+r-dl" }), /closes a DVD\+R DL for good/],
    ["a disc that would be nearly full", sequential(closed, 640, { capacity: 680 }), /less than 2 % left/],
  ])("%s: what the writer objects to", (_, plan, objection) => {
    if (objection === undefined) expect(planObjection(plan)).toBeUndefined();
    else expect(planObjection(plan)).toMatch(objection);
  });
});
