import type { Extent, History, ImageShape, Medium, Offer, Phase, SessionIntent, StateRef } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { RandomWrite, randomWrite } from "../src/index.ts";

const dvd = (parts: Partial<Medium> = {}): Medium => ({
  kind: "dvd+rw",
  status: "random",
  lastSession: "complete",
  isFormatted: true,
  isWriteProtected: false,
  unit: 16,
  overwrite: "in-place",
  sessions: "none",
  sessionGap: 0,
  tracks: [{ number: 1, session: 1, start: 0, size: 4096, state: "closed", free: 0 }],
  capacity: 4096,
  formats: [],
  generation: 1,
  ...parts,
});
const asBought = dvd({
  isFormatted: false,
  status: "blank",
  formats: [{ id: "dvd+rw", blocks: 4096, isIrreversible: false, purpose: "all of the disc" }],
});
const state: StateRef = {
  index: 0,
  start: 32,
  end: 250,
  fileSystem: "iso9660",
  label: "PHOTOS",
  digest: "d",
  proof: "trailer",
};
const historyOf = (condition: History["condition"], states: readonly StateRef[] = [state]): History => ({
  states,
  condition,
  appendAt: states.length > 0 ? 256 : 32,
  findings: [],
});
const needs = { atLeast: 20, headBlocks: 26 };
const first: SessionIntent = { kind: "first", close: "session", consent: [] };
const append: SessionIntent = { kind: "append", close: "session", base: 0, consent: [] };

const mechanism = (medium: Medium) =>
  new RandomWrite("random-write", {
    source: { uri: "test:disc", medium: async () => medium, read: async () => new Uint8Array() },
  });
const ask = (medium: Medium, history: History, intent: SessionIntent) =>
  mechanism(medium).offer(medium, history, intent, needs);
const offered = (medium: Medium, history: History, intent: SessionIntent): Offer => {
  const answer = ask(medium, history, intent);
  if (answer.kind === "refused") throw new Error(`refused: ${answer.code} ${answer.reason}`);
  return answer;
};
const phase = (kind: Phase["kind"], at: number, blocks: number): Phase => ({
  kind,
  extents: [{ at, blocks, source: { from: "zero" }, label: kind } satisfies Extent],
  then: "durable",
});
const shapeOf = (...phases: Phase[]): ImageShape => ({
  phases,
  state: { start: 32, end: 64, label: "V" },
  imageDigest: "i",
});

describe("random write", () => {
  it.each<[string, Medium, History, SessionIntent, Partial<Offer> & { start: number }]>([
    [
      "the first session at 32",
      dvd(),
      historyOf("empty", []),
      first,
      { start: 32, content: "session", preparation: [] },
    ],
    [
      "a format before it when the disc is as bought",
      asBought,
      historyOf("empty", []),
      first,
      {
        start: 32,
        content: "session",

        preparation: [
          { step: "prepare", format: "dvd+rw", isIrreversible: false, why: "the disc was never formatted" },
        ],
      },
    ],
    [
      "a fresh start on a used disc",
      dvd(),
      historyOf("whole"),
      first,
      { start: 32, content: "session", preparation: [] },
    ],
    [
      "the next session at the next multiple of 32",
      dvd(),
      historyOf("whole"),
      append,
      { start: 256, content: "session", preparation: [] },
    ],
    [
      "only the head to rebuild a torn one",
      dvd(),
      historyOf("torn-head"),
      { kind: "recover" },
      { start: 32, content: "head", preparation: [] },
    ],
    [
      "only the head to empty an interrupted first session",
      dvd(),
      historyOf("interrupted", []),
      { kind: "recover" },
      { start: 32, content: "head", preparation: [] },
    ],
  ])("offers %s", (_, medium, history, intent, expected) => {
    const { space, content, preparation, reserve } = offered(medium, history, intent);
    expect({ start: space.sessionStart, content, preparation }).toEqual(expected);
    expect(space.published).toEqual({ by: "head", at: 16, unit: 16 });
    expect(space.sessionUnit).toBe(32);
    expect(reserve).toBe(0);
  });

  it("commits blocks 0 to 31 as one unit where the write unit is 32", () => {
    expect(offered(dvd({ unit: 32 }), historyOf("empty", []), first).space.published).toEqual({
      by: "head",
      at: 0,
      unit: 32,
    });
  });

  it.each<[string, Medium, History, SessionIntent, string]>([
    ["an append when the head is torn", dvd(), historyOf("torn-head"), append, "NEEDS_RECOVERY"],
    ["an append on an empty disc", dvd(), historyOf("empty", []), append, "IMPORT_SEEK_FAILURE"],
    ["recovery of foreign content", dvd(), historyOf("foreign", []), { kind: "recover" }, "FOREIGN_CONTENT"],
    ["recovery of a whole disc", dvd(), historyOf("whole"), { kind: "recover" }, "NOTHING_TO_RECOVER"],
    ["to close the disc", dvd(), historyOf("whole"), { kind: "close", consent: [] }, "UNSUPPORTED_INTENT"],
    [
      "to go back to what readers see",
      dvd(),
      { ...historyOf("whole"), current: 0 },
      { kind: "revert", to: 0 },
      "ALREADY_CURRENT",
    ],
    [
      "a disc as bought that cannot be formatted",
      { ...asBought, formats: [] },
      historyOf("empty", []),
      first,
      "NOT_WRITABLE",
    ],
  ])("refuses %s", (_, medium, history, intent, code) => {
    expect(ask(medium, history, intent)).toMatchObject({ kind: "refused", code });
  });

  it("names what a fresh start gives up", () => {
    expect(offered(dvd(), historyOf("whole"), first).consequences).toEqual([
      "1 session is given up, the newest named “PHOTOS”.",
    ]);
  });

  it("writes the payload, makes it durable, and then the one unit that commits", () => {
    const settled = mechanism(dvd()).settle(
      offered(dvd(), historyOf("whole"), append),
      shapeOf(phase("payload", 256, 64), phase("commit", 16, 16)),
    );
    expect(settled).toEqual({
      kind: "settled",
      steps: [
        { step: "write", phase: 0, kind: "payload", at: 256, blocks: 64 },
        { step: "barrier", kind: "durable" },
        { step: "write", phase: 1, kind: "commit", at: 16, blocks: 16 },
        { step: "barrier", kind: "durable" },
        { step: "refresh-medium", expect: { next: [] } },
      ],
      cost: [{ resource: "blocks", amount: 64 }],
    });
  });

  it("finds in the plan, not in the burn, that the disc is full", () => {
    const settled = mechanism(dvd()).settle(
      offered(dvd(), historyOf("whole"), append),
      shapeOf(phase("payload", 256, 3872), phase("commit", 16, 16)),
    );
    expect(settled).toMatchObject({
      kind: "refused",
      code: "DISC_FULL",
      reason: expect.stringContaining("3840 are free"),
    });
  });

  it("gives IMAPI2's values", async () => {
    expect(await mechanism(dvd()).writeUnitSize).toBe(16);
    expect(await mechanism(dvd()).totalSectorsOnMedia).toBe(4096);
    await expect(mechanism(dvd()).lastWrittenAddress).rejects.toMatchObject({ code: "UNSUPPORTED_INTENT" });
  });

  it.each([
    ["no", "written once"],
    ["replace", "pseudo-overwrite"],
  ] as const)("does not fit media that are overwritten: %s", (overwrite, why) => {
    expect(mechanism(dvd()).assess(dvd({ overwrite }), "append")).toMatchObject({
      verdict: "unsupported",
      reason: expect.stringContaining(why),
    });
  });

  it("prices the format of a disc as bought, which can be undone", () => {
    expect(mechanism(asBought).assess(asBought, "first")).toMatchObject({
      verdict: "after-preparation",
      fit: "native",
      preparation: { isIrreversible: false },
    });
  });

  it.each<[string, Partial<Medium>, string | undefined, number]>([
    ["a DVD-RAM", { kind: "dvd-ram" }, undefined, 32],
    ["a DVD-RW for restricted overwrite", { kind: "dvd-rw-ro" }, undefined, 32],
    ["a CD-RW with fixed packets", { kind: "cd-rw-packet", unit: 32 }, undefined, 32],
    ["a BD-RE", { kind: "bd-re", unit: 32 }, undefined, 32],
    [
      "a BD-RE as bought, with the format that its drive lists first",
      {
        kind: "bd-re",
        unit: 32,
        isFormatted: false,
        status: "blank",
        formats: [
          { id: "bd-re-spare", blocks: 4000, isIrreversible: false, purpose: "spares" },
          { id: "bd-re-no-spare", blocks: 4096, isIrreversible: false, purpose: "none" },
        ],
      },
      "bd-re-spare",
      32,
    ],
    [
      "a DVD-RAM as bought",
      {
        kind: "dvd-ram",
        isFormatted: false,
        status: "blank",
        formats: [{ id: "dvd-ram", blocks: 4096, isIrreversible: false, purpose: "all" }],
      },
      "dvd-ram",
      32,
    ],
  ])("begins %s as it begins a DVD+RW", (_, parts, format, start) => {
    const medium = dvd(parts);
    const { space, preparation } = offered(medium, historyOf("empty", []), first);
    expect(space.sessionStart).toBe(start);
    expect(preparation.map((step) => step.step === "prepare" && step.format)).toEqual(
      format === undefined ? [] : [format],
    );
    expect(space.mediumEnd).toBe(format === "bd-re-spare" ? 4000 : 4096);
    expect(space.ranges.every(({ rule, unit }) => rule === "overwrite" && unit === medium.unit)).toBe(true);
  });

  it("gives the medium's own reason where it cannot be overwritten as it is", () => {
    const medium = dvd({ kind: "dvd-rw-ro", overwrite: "no", restriction: "formatted quickly" });
    expect(mechanism(medium).assess(medium, "append")).toMatchObject({
      verdict: "unsupported",
      reason: "formatted quickly",
    });
  });

  it("is a plugin for all media that are overwritten in place", () =>
    expect(randomWrite()).toMatchObject({
      id: "random-write",
      supports: { media: ["dvd+rw", "dvd-ram", "dvd-rw-ro", "cd-rw-packet", "bd-re"] },
    }));
});
