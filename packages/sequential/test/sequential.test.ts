import type { History, ImageShape, Medium, Needs, Offer, SessionIntent, StateRef, Track } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Sequential, sequential } from "../src/index.ts";

const closed = (number: number, session: number, start: number, size: number): Track => ({
  number,
  session,
  start,
  size,
  state: "closed",
  free: 0,
});
const open = (number: number, session: number, start: number, next: number, capacity = 4096): Track => ({
  number,
  session,
  start,
  size: capacity - start,
  state: next > start ? "open" : "blank",
  next,
  free: capacity - next,
});

const bdr = (parts: Partial<Medium>): Medium => ({
  kind: "bd-r",
  status: "appendable",
  lastSession: "empty",
  isFormatted: true,
  isWriteProtected: false,
  unit: 32,
  overwrite: "no",
  sessions: "physical",
  sessionGap: 0,
  tracks: [],
  capacity: 4096,
  formats: [],
  generation: 1,
  ...parts,
});

const media = {
  blank: bdr({ status: "blank", tracks: [open(1, 1, 0, 0)] }),
  afterOne: bdr({ tracks: [closed(1, 1, 0, 224), open(2, 2, 224, 224)] }),
  cut: bdr({ lastSession: "incomplete", tracks: [closed(1, 1, 0, 224), open(2, 2, 224, 300)] }),
  cutAfterTrack: bdr({
    lastSession: "incomplete",
    tracks: [closed(1, 1, 0, 224), closed(2, 2, 224, 64), open(3, 2, 288, 288)],
  }),
  closed: bdr({ status: "complete", lastSession: "complete", tracks: [closed(1, 1, 0, 224)] }),
};

const state: StateRef = {
  index: 0,
  start: 0,
  end: 224,
  fileSystem: "iso9660",
  label: "V",
  digest: "d",
  proof: "trailer",
  session: 1,
};
const historyOf = (condition: History["condition"], states: readonly StateRef[] = [state]): History => ({
  states,
  condition,
  findings: [],
  ...(states.length > 0 ? { current: states.length - 1 } : {}),
});
const needs: Needs = { atLeast: 20, headBlocks: 26 };
const first: SessionIntent = { kind: "first", close: "session", consent: [] };
const append: SessionIntent = { kind: "append", close: "session", base: 0, consent: [] };

const mechanism = (medium: Medium) =>
  new Sequential("sequential", {
    source: { uri: "test:disc", medium: async () => medium, read: async () => new Uint8Array() },
  });
const ask = (medium: Medium, history: History, intent: SessionIntent) =>
  mechanism(medium).offer(medium, history, intent, needs);
const offered = (medium: Medium, history: History, intent: SessionIntent): Offer => {
  const answer = ask(medium, history, intent);
  if (answer.kind === "refused") throw new Error(`refused: ${answer.code} ${answer.reason}`);
  return answer;
};
const stepsOf = ({ preparation, finish }: Offer) =>
  [preparation, finish].map((steps) => steps.map((step) => (step.step === "close" ? step.what : step.step)));

describe("sequential recording", () => {
  interface Expected {
    readonly start: number;
    readonly givesUp?: Offer["givesUp"];
    readonly steps: unknown;
    readonly reserve: number;
    readonly closed: number;
  }
  it.each<[string, Medium, History, SessionIntent, Expected]>([
    [
      "the first session at 0",
      media.blank,
      historyOf("empty", []),
      first,
      { start: 0, steps: [[], ["track", "session"]], reserve: 96, closed: 1 },
    ],
    [
      "the next one at the next writable address",
      media.afterOne,
      historyOf("whole"),
      append,
      { start: 224, steps: [[], ["track", "session"]], reserve: 96, closed: 2 },
    ],
    [
      "a last one that closes the disc",
      media.afterOne,
      historyOf("whole"),
      { ...append, close: "disc" },
      { start: 224, steps: [[], ["track", "disc"]], reserve: 96, closed: 2 },
    ],
    [
      "the old state again, behind an interrupted session",
      media.cut,
      historyOf("interrupted"),
      { kind: "recover" },
      {
        start: 320,
        givesUp: { at: 300, blocks: 20 },
        steps: [
          ["track", "session"],
          ["track", "session"],
        ],
        reserve: 0,
        closed: 3,
      },
    ],
    [
      "the old state again, behind a track that was closed without its session",
      media.cutAfterTrack,
      historyOf("interrupted"),
      { kind: "recover" },
      {
        start: 320,
        givesUp: { at: 288, blocks: 32 },
        steps: [
          ["track", "session"],
          ["track", "session"],
        ],
        reserve: 0,
        closed: 3,
      },
    ],
    [
      "the old state again, behind a closed session that is torn",
      media.afterOne,
      historyOf("old-hidden"),
      { kind: "recover" },
      { start: 224, steps: [[], ["track", "session"]], reserve: 0, closed: 2 },
    ],
  ])("offers %s", (_, medium, history, intent, expected) => {
    const offer = offered(medium, history, intent);
    expect({
      start: offer.space.sessionStart,
      ...(offer.givesUp === undefined ? {} : { givesUp: offer.givesUp }),
      steps: stepsOf(offer),
      reserve: offer.reserve,
      closed: offer.closedSessions,
    }).toEqual(expected);
    expect(offer.space.ranges.slice(expected.givesUp === undefined ? 0 : 1)).toEqual([
      { start: expected.start, end: 4096, rule: "append", next: expected.start, unit: 32 },
    ]);
    expect(offer.space.published).toEqual({ by: "close" });
  });

  it.each([
    ["both closes", media.cut, ["track", "session"]],
    ["only the session's close", media.cutAfterTrack, ["session"]],
  ])("repeats %s when all was written", (_, medium, finish) => {
    const offer = offered(medium, historyOf("closing"), { kind: "recover" });
    expect(offer.content).toBe("none");
    expect(stepsOf(offer)).toEqual([[], finish]);
    expect(mechanism(medium).settle(offer, undefined)).toMatchObject({ kind: "settled", cost: [] });
  });

  it.each<[string, Medium, History, SessionIntent, string]>([
    ["a burn on an interrupted disc", media.cut, historyOf("interrupted"), append, "NEEDS_RECOVERY"],
    ["a first session on an interrupted disc", media.cut, historyOf("interrupted", []), first, "NEEDS_RECOVERY"],
    ["a first session on a foreign disc", media.afterOne, historyOf("foreign", []), first, "FOREIGN_CONTENT"],
    [
      "a first session where nothing can be read",
      media.afterOne,
      historyOf("unreadable", []),
      first,
      "DAMAGED_CONTENT",
    ],
    ["a first session on a used disc", media.afterOne, historyOf("whole"), first, "NOT_BLANK"],
    ["an append on a closed disc", media.closed, historyOf("whole"), append, "DISC_CLOSED"],
    [
      "an append to a session that is not there",
      media.afterOne,
      historyOf("whole"),
      { ...append, base: 4 },
      "UNKNOWN_SESSION",
    ],
    ["an append on an empty disc", media.blank, historyOf("empty", []), append, "IMPORT_SEEK_FAILURE"],
    ["recovery of a whole disc", media.afterOne, historyOf("whole"), { kind: "recover" }, "NOTHING_TO_RECOVER"],
    ["closing a closed disc", media.closed, historyOf("whole"), { kind: "close", consent: [] }, "DISC_CLOSED"],
    [
      "going back to what readers see",
      media.afterOne,
      historyOf("whole"),
      { kind: "revert", to: 0 },
      "ALREADY_CURRENT",
    ],
  ])("refuses %s", (_, medium, history, intent, code) => {
    expect(ask(medium, history, intent)).toMatchObject({ kind: "refused", code });
  });

  it("says before a first burn what its recovery would leave", () => {
    expect(offered(media.blank, historyOf("empty", []), first).consequences.join()).toContain("empty volume");
    expect(offered(media.cut, historyOf("interrupted", []), { kind: "recover" }).consequences.join()).toContain(
      "empty volume",
    );
  });

  it("settles on one write and two closes", () => {
    const offer = offered(media.afterOne, historyOf("whole"), append);
    const shape: ImageShape = {
      phases: [
        { kind: "payload", extents: [{ at: 224, blocks: 64, source: { from: "zero" }, label: "all" }], then: "none" },
      ],
      state: { start: 224, end: 288, label: "V" },
      imageDigest: "i",
    };
    expect(mechanism(media.afterOne).settle(offer, shape)).toEqual({
      kind: "settled",
      steps: [
        { step: "write", phase: 0, kind: "payload", at: 224, blocks: 64 },
        { step: "close", what: "track", why: "ends the recording" },
        { step: "close", what: "session", why: "publishes the session" },
        { step: "refresh-medium", expect: { next: [], closedSessions: 2 } },
      ],
      cost: [{ resource: "blocks", amount: 64 }],
    });
  });

  it.each<[string, Medium, Awaited<ReturnType<typeof imapi>>]>([
    ["a blank disc", media.blank, { isFirst: true, start: -1, last: -1, next: 0, free: 4096, unit: 32 }],
    ["a disc with a session", media.afterOne, { isFirst: false, start: 0, last: 223, next: 224, free: 3872, unit: 32 }],
  ])("gives IMAPI2's values for %s", async (_, medium, expected) => {
    expect(await imapi(medium)).toEqual(expected);
  });

  it("names no next address on a closed disc", async () => {
    await expect(mechanism(media.closed).nextWritableAddress).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    expect(await mechanism(media.closed).isSupportedOnCurrentMediaState()).toBe(false);
  });

  it.each([
    ["in-place", "overwritable"],
    ["replace", "pseudo-overwrite"],
  ] as const)("does not fit media that are overwritten %s", (overwrite, why) => {
    expect(mechanism(media.blank).assess(bdr({ overwrite }), "append")).toMatchObject({
      verdict: "unsupported",
      reason: expect.stringContaining(why),
    });
  });

  it("is a plugin for all media whose sessions are closed", () =>
    expect(sequential()).toMatchObject({
      kind: "mechanism",
      id: "sequential",
      contract: 1,
      supports: { media: ["cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd+r", "dvd+r-dl", "bd-r"] },
    }));
});

async function imapi(medium: Medium) {
  const {
    isFirstDataSession,
    startAddressOfPreviousSession,
    lastWrittenAddressOfPreviousSession,
    nextWritableAddress,
    freeSectorsOnMedia,
    writeUnitSize,
  } = mechanism(medium);
  return {
    isFirst: await isFirstDataSession,
    start: await startAddressOfPreviousSession,
    last: await lastWrittenAddressOfPreviousSession,
    next: await nextWritableAddress,
    free: await freeSectorsOnMedia,
    unit: await writeUnitSize,
  };
}
