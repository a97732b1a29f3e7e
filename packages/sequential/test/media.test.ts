import type { History, Medium, Needs, Offer, SessionIntent, StateRef, Track } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Sequential } from "../src/index.ts";

/** Facts of the media that sessions differ in, as drives show them (captured: gaps and capacities). */
const kinds = {
  "cd-r": { unit: 1, minimumTrack: 300, isClosedOnlyWithSession: true, gaps: [11_402, 6902], capacity: 359_845 },
  "dvd-r": { unit: 16, gaps: [28_688, 6160], capacity: 2_297_888 },
  "dvd-rw": { unit: 16, gaps: [28_688, 6160], capacity: 2_297_888 },
  "dvd+r": { unit: 16, gaps: [2048, 2048], capacity: 2_295_104 },
  "dvd+r-dl": { unit: 16, gaps: [2048, 2048], capacity: 4_173_824 },
  "bd-r": { unit: 32, gaps: [0, 0], capacity: 12_219_392 },
} as const;
type Kind = keyof typeof kinds;

/** Sessions by start and end; the last entry is what is written next: start, next address. */
function discOf(kind: Kind, closed: readonly (readonly [number, number])[], open: readonly [number, number]): Medium {
  const { gaps, ...facts } = kinds[kind];
  const [start, next] = open;
  const session = closed.length + 1;
  const tracks: Track[] = closed.map(([from, to], index) => ({
    number: index + 1,
    session: index + 1,
    start: from,
    size: to - from,
    state: "closed",
    free: 0,
  }));
  return {
    kind,
    status: closed.length > 0 || next > start ? "appendable" : "blank",
    lastSession: next > start ? "incomplete" : "empty",
    isFormatted: true,
    isWriteProtected: false,
    overwrite: "no",
    sessions: "physical",
    sessionGap: gaps[closed.length === 0 ? 0 : 1],
    tracks: [
      ...tracks,
      {
        number: session,
        session,
        start,
        size: facts.capacity - start,
        state: next > start ? "open" : "blank",
        next,
        free: facts.capacity - next,
      },
    ],
    formats: [],
    generation: 1,
    ...facts,
  };
}

const state: StateRef = {
  index: 0,
  start: 0,
  end: 608,
  fileSystem: "iso9660",
  label: "V",
  digest: "d",
  proof: "trailer",
  session: 1,
};
const whole: History = { states: [state], current: 0, condition: "whole", findings: [] };
const interrupted: History = { ...whole, condition: "interrupted" };
const needs: Needs = { atLeast: 20, headBlocks: 26 };
const append: SessionIntent = { kind: "append", close: "session", base: 0, consent: [] };

function mechanism(medium: Medium): Sequential {
  return new Sequential("sequential", {
    source: { uri: "test:disc", medium: async () => medium, read: async () => new Uint8Array() },
  });
}
function offered(medium: Medium, history: History, intent: SessionIntent): Offer {
  const answer = mechanism(medium).offer(medium, history, intent, needs);
  if (answer.kind === "refused") throw new Error(`refused: ${answer.code} ${answer.reason}`);
  return answer;
}

describe("the next session", () => {
  it.each<[Kind, readonly (readonly [number, number])[], number]>([
    ["cd-r", [[0, 608]], 12_010],
    [
      "cd-r",
      [
        [0, 608],
        [12_010, 17_898],
      ],
      24_800,
    ],
    ["dvd-r", [[0, 132_800]], 161_488],
    ["dvd-rw", [[0, 145_680]], 174_368],
    [
      "dvd+r",
      [
        [0, 899_648],
        [901_696, 1_337_344],
        [1_339_392, 2_235_392],
      ],
      2_237_440,
    ],
    ["dvd+r-dl", [[0, 65_264]], 67_312],
    ["bd-r", [[0, 640]], 640],
  ])("%s: after %j it starts at %i, where the drive says", (kind, closed, start) => {
    const { space, closedSessions } = offered(discOf(kind, closed, [start, start]), whole, append);
    const { unit, capacity } = kinds[kind];
    expect(space.ranges).toEqual([{ start, end: capacity, rule: "append", next: start, unit }]);
    expect([space.sessionStart, space.sessionUnit, closedSessions]).toEqual([start, unit, closed.length + 1]);
  });

  it.each<[Kind, number]>([
    ["cd-r", 300],
    ["dvd-r", 26],
    ["dvd+r", 26],
    ["bd-r", 32],
  ])("%s: is at least %i blocks long", (kind, minimum) => {
    expect(offered(discOf(kind, [[0, 608]], [640, 640]), whole, append).space.minimum).toBe(minimum);
  });
});

describe("what is published behind an interrupted session", () => {
  it.each<[string, Kind, readonly (readonly [number, number])[], readonly [number, number], number]>([
    ["lead-out, lead-in and pregap of a first one", "cd-r", [], [0, 608], 12_011],
    ["those of a later one", "cd-r", [[0, 608]], [12_010, 17_898], 24_801],
    ["what the drive fills a short track up with", "cd-r", [[0, 608]], [12_010, 12_020], 12_310 + 6902],
    ["the border of a first one", "dvd-r", [], [0, 132_790], 161_488],
    ["the border of a later one", "dvd-rw", [[0, 145_680]], [174_368, 174_400], 174_416 + 6160],
    ["the gap of a DVD+R", "dvd+r", [[0, 899_648]], [901_696, 1_337_340], 1_339_392],
    ["nothing on a BD-R", "bd-r", [[0, 640]], [640, 700], 704],
  ])("starts behind %s", (_, kind, closed, open, start) => {
    const offer = offered(discOf(kind, closed, open), interrupted, { kind: "recover" });
    expect(offer.space.sessionStart).toBe(start);
    expect(offer.preparation).toHaveLength(2);
    expect(offer.closedSessions).toBe(closed.length + 2);
  });

  it.each<[Kind, number, number, number]>([
    // Between two tracks of a session: run-out and pregap on CD, a link on DVD-R.
    ["cd-r", 608, 608 + 152, 760 + 300 + 11_402],
    ["dvd-r", 132_800, 132_816, 132_832 + 28_688],
    ["bd-r", 640, 640, 672],
  ])(
    "%s: marks in a track of its own, when the last one was ended and its session not closed",
    (kind, end, next, at) => {
      const medium = discOf(kind, [], [next, next]);
      const [blank] = medium.tracks as [Track];
      const tracks: readonly Track[] = [
        { number: 1, session: 1, start: 0, size: end, state: "closed", free: 0 },
        { ...blank, number: 2 },
      ];
      const cut: Medium = { ...medium, status: "appendable", lastSession: "incomplete", tracks };
      const offer = offered(cut, interrupted, { kind: "recover" });
      expect(offer.space.sessionStart).toBe(at);
      expect(offer.givesUp?.at).toBe(next);
      expect(offer.preparation.map((step) => step.step === "close" && step.what)).toEqual(["track", "session"]);
    },
  );

  it("has room: an append keeps the gaps and a short track back", () => {
    const { reserve } = offered(discOf("cd-r", [[0, 608]], [12_010, 12_010]), whole, append);
    expect(reserve).toBe(2 * 300 + 2 * 6902 + 300);
  });
});

describe("refusals by facts, in the medium's own words", () => {
  const cd = discOf("cd-r", [[0, 608]], [12_010, 12_010]);

  it("takes no sessions where the medium takes none", () => {
    const medium: Medium = { ...discOf("dvd-rw", [], [0, 0]), sessions: "none", restriction: "blanked only minimally" };
    const one = mechanism(medium);
    expect(one.assess(medium, "first")).toMatchObject({ verdict: "unsupported", reason: "blanked only minimally" });
    const first: SessionIntent = { kind: "first", close: "session", consent: [] };
    const answer = one.offer(medium, { ...whole, states: [], condition: "empty" }, first, needs);
    expect(answer).toMatchObject({
      kind: "refused",
      code: "NOT_WRITABLE",
      reason: expect.stringContaining("minimally"),
    });
    expect(one.assess(medium, "import").verdict).toBe("supported");
  });

  it("closes a CD for good only together with a session", () => {
    const alone = mechanism(cd).offer(cd, whole, { kind: "close", consent: ["close-disc"] }, needs);
    expect(alone).toMatchObject({ kind: "refused", code: "UNSUPPORTED_INTENT" });
    const { finish } = offered(cd, whole, { ...append, close: "disc" });
    expect(finish.map(({ what }) => what)).toEqual(["track", "disc"]);
    const dvd = discOf("dvd+r", [[0, 608]], [2656, 2656]);
    expect(offered(dvd, whole, { kind: "close", consent: ["close-disc"] }).finish).toHaveLength(1);
  });

  it("names the blanks of a rewritable disc that is to be begun anew", () => {
    const medium: Medium = {
      ...cd,
      kind: "cd-rw",
      formats: [{ id: "cd-rw-blank-quick", blocks: 359_845, isIrreversible: false, purpose: "as new" }],
    };
    const answer = mechanism(medium).offer(medium, whole, { kind: "first", close: "session", consent: [] }, needs);
    expect(answer).toMatchObject({ code: "NOT_BLANK", advice: expect.stringContaining("cd-rw-blank-quick") });
  });

  it.each<[History["condition"], string]>([
    ["foreign", "FOREIGN_CONTENT"],
    ["unreadable", "DAMAGED_CONTENT"],
  ])("advises no recovery of a disc that is %s and is to be begun anew: it would be refused", (condition, code) => {
    const history: History = { states: [], condition, findings: [] };
    const first = { kind: "first", close: "session", consent: [] } as const;
    const answer = mechanism(cd).offer(cd, history, first, needs);
    expect(answer).toMatchObject({ kind: "refused", code, advice: expect.stringContaining("use a blank disc") });
    expect(answer).not.toMatchObject({ advice: expect.stringContaining("recover") });
    expect(mechanism(cd).offer(cd, history, { kind: "recover" }, needs)).toMatchObject({ kind: "refused", code });
  });
});
