import type { History, ImageShape, Medium, Offer, Phase, SessionIntent, StateRef, Track } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { BdrPow, bdrPow } from "../src/index.ts";

const resources = { replacements: 100, mapEntries: 100, updates: 100 };
const pow = (parts: Partial<Medium> = {}): Medium => ({
  kind: "bd-r-pow",
  status: "appendable",
  lastSession: "incomplete",
  isFormatted: true,
  isWriteProtected: false,
  unit: 32,
  overwrite: "replace",
  sessions: "none",
  sessionGap: 0,
  tracks: [],
  capacity: 4096,
  formats: [],
  resources,
  generation: 1,
  ...parts,
});
const head = (isWritten: boolean): Track =>
  isWritten
    ? { number: 1, session: 1, start: 0, size: 32, state: "closed", free: 0 }
    : { number: 1, session: 1, start: 0, size: 32, state: "reserved", next: 0, free: 32 };
const data = (next: number): Track => ({
  number: 2,
  session: 1,
  start: 32,
  size: 4064,
  state: "open",
  next,
  free: 4096 - next,
});
const whole: Track = { number: 1, session: 1, start: 0, size: 4096, state: "blank", next: 0, free: 4096 };

const media = {
  formatted: pow({ status: "blank", lastSession: "empty", tracks: [whole] }),
  reserved: pow({ tracks: [head(false), data(32)] }),
  firstCut: pow({ tracks: [head(false), data(160)] }),
  used: pow({ tracks: [head(true), data(256)] }),
  usedAndCut: pow({ tracks: [head(true), data(352)] }),
  blankBdr: pow({
    kind: "bd-r",
    status: "blank",
    overwrite: "no",
    sessions: "physical",
    isFormatted: false,
    tracks: [{ ...whole, size: 4224, free: 4224 }],
    capacity: 4224,
    formats: [{ id: "bd-r-pow", blocks: 4096, isIrreversible: true, purpose: "pseudo-overwrite" }],
  }),
};
const state: StateRef = {
  index: 0,
  start: 32,
  end: 256,
  fileSystem: "iso9660",
  label: "V",
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
const first: SessionIntent = { kind: "first", close: "session", consent: ["irreversible-format"] };
const append: SessionIntent = { kind: "append", close: "session", base: 0, consent: [] };

const mechanism = (medium: Medium) =>
  new BdrPow("bdr-pow", {
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
  extents: [{ at, blocks, source: { from: "zero" }, label: kind }],
  then: "durable",
});
const shapeOf = (...phases: Phase[]): ImageShape => ({
  phases,
  state: { start: 256, end: 352, label: "V" },
  imageDigest: "i",
});
const rules = ({ space }: Offer) =>
  space.ranges.map(({ start, end, rule, next }) => [rule, start, end, ...(next === undefined ? [] : [next])]);

describe("pseudo-overwrite", () => {
  it.each<
    [string, Medium, History, SessionIntent, { start: number; steps: string[]; ranges: unknown; chainFrom?: number }]
  >([
    [
      "a reserved head track before the first session",
      media.formatted,
      historyOf("empty", []),
      first,
      {
        start: 32,
        steps: ["reserve"],
        ranges: [
          ["append", 0, 32, 0],
          ["append", 32, 4096, 32],
        ],
      },
    ],
    [
      "no second reservation when a cut came right behind the first",
      media.reserved,
      historyOf("empty", []),
      first,
      {
        start: 32,
        steps: [],
        ranges: [
          ["append", 0, 32, 0],
          ["append", 32, 4096, 32],
        ],
      },
    ],
    [
      "the format of a blank BD-R",
      media.blankBdr,
      historyOf("empty", []),
      first,
      {
        start: 32,
        steps: ["prepare", "reserve"],
        ranges: [
          ["append", 0, 32, 0],
          ["append", 32, 4096, 32],
        ],
      },
    ],
    [
      "appends at the next address, replacements before it",
      media.used,
      historyOf("whole"),
      append,
      {
        start: 256,
        steps: [],
        ranges: [
          ["replace", 0, 32],
          ["replace", 32, 256],
          ["append", 256, 4096, 256],
        ],
      },
    ],
    [
      "a bridge where a cut has moved the next address",
      media.usedAndCut,
      historyOf("whole"),
      append,
      {
        start: 352,
        steps: [],
        ranges: [
          ["replace", 0, 32],
          ["replace", 32, 352],
          ["append", 352, 4096, 352],
        ],
        chainFrom: 256,
      },
    ],
  ])("offers %s", (_, medium, history, intent, expected) => {
    const offer = offered(medium, history, intent);
    const { chainFrom } = offer.space;
    expect({
      start: offer.space.sessionStart,
      steps: offer.preparation.map(({ step }) => step),
      ranges: rules(offer),
      ...(chainFrom === undefined ? {} : { chainFrom }),
    }).toEqual(expected);
    expect(offer.space.published).toEqual({ by: "head", at: 0, unit: 32 });
    expect(offer.finish).toEqual([]);
    expect(offer.reserve).toBe(96);
  });

  it.each([
    ["appends the head when the first commit is still to come", media.firstCut, historyOf("interrupted", []), "append"],
    ["replaces the head when it is torn", media.used, historyOf("torn-head"), "replace"],
  ])("in recovery %s", (_, medium, history, rule) => {
    const offer = offered(medium, history, { kind: "recover" });
    expect(offer.content).toBe("head");
    expect(offer.space.ranges[0]?.rule).toBe(rule);
    expect(offer.space.chainFrom).toBeUndefined();
  });

  it.each<[string, Medium, History, SessionIntent, string]>([
    ["a new start on a used disc", media.used, historyOf("whole"), first, "NOT_BLANK"],
    ["an append on a torn head", media.used, historyOf("torn-head"), append, "NEEDS_RECOVERY"],
    [
      "an append without resources",
      { ...media.used, resources: { ...resources, updates: 3 } },
      historyOf("whole"),
      append,
      "RESOURCES_EXHAUSTED",
    ],
    ["an append on a full disc", { ...media.used, tracks: [head(true)] }, historyOf("whole"), append, "DISC_FULL"],
    ["to close the session", media.used, historyOf("whole"), { kind: "close", consent: [] }, "UNSUPPORTED_INTENT"],
    [
      "to go back to what readers see",
      media.used,
      { ...historyOf("whole"), current: 0 },
      { kind: "revert", to: 0 },
      "ALREADY_CURRENT",
    ],
    [
      "a BD-R that the recorder cannot format",
      { ...media.blankBdr, formats: [] },
      historyOf("empty", []),
      first,
      "NOT_WRITABLE",
    ],
  ])("refuses %s", (_, medium, history, intent, code) => {
    expect(ask(medium, history, intent)).toMatchObject({ kind: "refused", code });
  });

  it("writes all appends first, and asks the medium again after each replacement", () => {
    const offer = offered(media.usedAndCut, historyOf("whole"), append);
    const settled = mechanism(media.usedAndCut).settle(
      offer,
      shapeOf(phase("payload", 352, 64), phase("bridge", 256, 32), phase("commit", 0, 32)),
    );
    const next = (at: number) => ({ step: "refresh-medium", expect: { next: [{ track: 352, next: at }] } });
    expect(settled).toEqual({
      kind: "settled",
      steps: [
        { step: "write", phase: 0, kind: "payload", at: 352, blocks: 64 },
        { step: "barrier", kind: "durable" },
        { step: "write", phase: 1, kind: "bridge", at: 256, blocks: 32 },
        { step: "barrier", kind: "durable" },
        next(448),
        { step: "write", phase: 2, kind: "commit", at: 0, blocks: 32 },
        { step: "barrier", kind: "durable" },
        next(480),
      ],
      cost: [
        { resource: "blocks", amount: 128 },
        { resource: "replacements", amount: 2 },
        { resource: "map-entries", amount: 2 },
        { resource: "updates", amount: 2 },
      ],
    });
  });

  it("pays nothing but blocks for the first session", () => {
    const offer = offered(media.formatted, historyOf("empty", []), first);
    const settled = mechanism(media.formatted).settle(offer, shapeOf(phase("payload", 32, 64), phase("commit", 0, 32)));
    expect(settled).toMatchObject({ kind: "settled", cost: [{ resource: "blocks", amount: 96 }] });
  });

  it.each([
    ["replacing before appending", shapeOf(phase("commit", 0, 32), phase("payload", 256, 64)), "OUTSIDE_SPACE"],
    ["writing behind the end", shapeOf(phase("payload", 256, 3872), phase("commit", 0, 32)), "DISC_FULL"],
    ["using up the room for repair", shapeOf(phase("payload", 256, 3744), phase("commit", 0, 32)), "DISC_FULL"],
  ])("refuses a session %s", (_, shape, code) => {
    expect(mechanism(media.used).settle(offered(media.used, historyOf("whole"), append), shape)).toMatchObject({
      kind: "refused",
      code,
    });
  });

  it("is the last resort on a blank BD-R, and says that its format cannot be undone", () => {
    expect(mechanism(media.blankBdr).assess(media.blankBdr, "first")).toMatchObject({
      verdict: "after-preparation",
      fit: "last-resort",
      preparation: { isIrreversible: true, price: [{ resource: "blocks", amount: 128 }] },
    });
  });

  it.each([
    ["no", "not formatted"],
    ["in-place", "without pseudo-overwrite"],
  ] as const)("does not fit media that are overwritten: %s", (overwrite, why) => {
    expect(mechanism(media.used).assess(pow({ overwrite }), "append")).toMatchObject({
      verdict: "unsupported",
      reason: expect.stringContaining(why),
    });
  });

  it("is a plugin for BD-R and formatted BD-R", () =>
    expect(bdrPow()).toMatchObject({ id: "bdr-pow", supports: { media: ["bd-r", "bd-r-pow"] } }));
});
