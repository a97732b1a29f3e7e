import {
  type AddressSpace,
  type Extent,
  type History,
  type ImageShape,
  Multisession,
  type Offer,
  offer,
  type Phase,
  type PlanStep,
  type SessionOffer,
  unsupported,
} from "@multisession/core";
import { describe, expect, it } from "vitest";
import { checkHistory, checkOffer } from "../src/check-mechanism.ts";
import { provePlan } from "../src/prove-plan.ts";
import { settleGenerically } from "../src/settle.ts";
import { mediumOf, readerOf } from "./media.ts";

const overwritable: AddressSpace = {
  ranges: [
    { start: 0, end: 32, rule: "overwrite", unit: 16 },
    { start: 64, end: 4096, rule: "overwrite", unit: 16 },
  ],
  sessionStart: 64,
  sessionUnit: 32,
  mediumEnd: 4096,
  minimum: 0,
  published: { by: "head", at: 16, unit: 16 },
  barrier: { ordered: [], durable: [] },
};
const writeOnce: AddressSpace = {
  ...overwritable,
  ranges: [{ start: 64, end: 4096, rule: "append", next: 64, unit: 32 }],
  published: { by: "close" },
};
const replacing: AddressSpace = {
  ...overwritable,
  ranges: [
    { start: 0, end: 32, rule: "replace", unit: 32, takesFrom: 64, perUnit: [{ resource: "blocks", amount: 32 }] },
    { start: 64, end: 4096, rule: "append", next: 64, unit: 32 },
  ],
  published: { by: "head", at: 0, unit: 32 },
};

const extent = (at: number, blocks: number): Extent => ({ at, blocks, source: { from: "zero" }, label: "x" });
const phase = (kind: Phase["kind"], at: number, blocks: number, then: Phase["then"] = "durable"): Phase => ({
  kind,
  extents: [extent(at, blocks)],
  then,
});
const shape = (...phases: Phase[]): ImageShape => ({
  phases,
  state: { start: 64, end: 128, label: "" },
  imageDigest: "",
});
const payload = phase("payload", 64, 64);
const commit = phase("commit", 16, 16);
const closing: Partial<Offer> = {
  finish: [
    { step: "close", what: "track", why: "" },
    { step: "close", what: "session", why: "" },
  ],
};

const settled = (of: Offer, image: ImageShape): readonly PlanStep[] => {
  const result = settleGenerically(of, image);
  if (result.kind === "refused") throw new Error(result.reason);
  return result.steps;
};
const without = (steps: readonly PlanStep[], index: number): readonly PlanStep[] => steps.toSpliced(index, 1);

describe("the proof of a plan", () => {
  const sound: readonly [string, Offer, ImageShape][] = [
    ["overwritable media", offer({ space: overwritable }), shape(payload, commit)],
    ["write-once media", offer({ space: writeOnce, ...closing }), shape({ ...payload, then: "none" })],
    ["pseudo-overwrite", offer({ space: replacing }), shape(payload, phase("commit", 0, 32))],
  ];
  it.each(sound)("finds nothing wrong with what the generic settlement gives for %s", (_, of, image) => {
    expect(provePlan(of, image, settled(of, image))).toBeUndefined();
  });

  it.each<[string, Offer, ImageShape, (steps: readonly PlanStep[]) => readonly PlanStep[], RegExp]>([
    [
      "a commit without a barrier before it",
      offer({ space: overwritable }),
      shape(payload, commit),
      (steps) => without(steps, 1),
      /before what it commits is durable/,
    ],
    [
      "an end without a barrier behind the commit",
      offer({ space: overwritable }),
      shape(payload, commit),
      (steps) => without(steps, 3),
      /ends before the commit is durable/,
    ],
    [
      "a phase left out",
      offer({ space: overwritable }),
      shape(payload, commit),
      (steps) => without(steps, 0),
      /writes the phases 1 of 0,1/,
    ],
    [
      "a phase written twice",
      offer({ space: overwritable }),
      shape(payload, commit),
      (steps) => [...steps, steps[0] as PlanStep],
      /writes the phases/,
    ],
    [
      "a session that is never closed",
      offer({ space: writeOnce, ...closing }),
      shape({ ...payload, then: "none" }),
      (steps) => steps.filter(({ step }) => step !== "close"),
      /never closes it/,
    ],
  ])("finds %s", (_, of, image, change, fault) => {
    expect(provePlan(of, image, change(settled(of, image)))).toMatch(fault);
  });

  it.each<[string, AddressSpace, ImageShape, RegExp]>([
    ["a write outside the space", overwritable, shape(phase("payload", 40, 16), commit), /outside the space/],
    [
      "a write that is not at the next address",
      writeOnce,
      shape(phase("payload", 96, 32)),
      /not at the next writable address 64/,
    ],
    [
      "an append behind a replacement that moved the next address",
      replacing,
      shape(phase("commit", 0, 32), payload),
      /not at the next writable address 96/,
    ],
    ["half a unit", overwritable, shape(phase("payload", 64, 8), commit), /not whole units of 16/],
    [
      "a write that begins inside a unit",
      overwritable,
      shape(phase("payload", 72, 16), commit),
      /not whole units of 16/,
    ],
    [
      "a session over the unit that publishes",
      overwritable,
      shape(phase("payload", 16, 16), payload, commit),
      /written over the unit at 16 that publishes/,
    ],
    ["a commit of two units", overwritable, shape(payload, phase("commit", 0, 32)), /not exactly the unit at 16/],
    ["a commit elsewhere", overwritable, shape(payload, phase("commit", 1024, 16)), /not exactly the unit at 16/],
    ["no commit", overwritable, shape(payload), /commits 0 times/],
    ["two commits", overwritable, shape(payload, commit, commit), /commits 2 times/],
    ["an invalidation elsewhere", overwritable, shape(phase("invalidate", 64, 16), payload, commit), /its invalidate/],
    ["a commit where a close publishes", writeOnce, shape(phase("commit", 64, 32)), /nothing is published by a head/],
    [
      "a session behind its commit",
      overwritable,
      shape(payload, commit, phase("payload", 128, 32)),
      /after it has comm/,
    ],
  ])("finds %s", (_, space, image, fault) => {
    const steps = image.phases.flatMap(({ kind }, index): readonly PlanStep[] => [
      { step: "write", phase: index, kind, at: 0, blocks: 0 },
      { step: "barrier", kind: "durable" },
    ]);
    expect(provePlan(offer({ space, ...closing }), image, steps)).toMatch(fault);
  });
});

describe("an offer", () => {
  const medium = mediumOf({ capacity: 4096 });
  const make = (parts: Partial<AddressSpace>): SessionOffer => offer({ space: { ...overwritable, ...parts } });

  it.each<[string, SessionOffer, RegExp]>([
    ["behind the medium", make({ mediumEnd: 5000 }), /its space ends at 5000, the medium at 4096/],
    [
      "of overlapping ranges",
      make({ ranges: [...overwritable.ranges, { start: 16, end: 48, rule: "once", unit: 16 }] }),
      /overlap/,
    ],
    [
      "that starts where nothing may be written",
      make({ sessionStart: 40 }),
      /starts at 40, where nothing may be written/,
    ],
    ["that is not aligned", make({ sessionStart: 72 }), /not aligned/],
    [
      "whose commit is more than one unit",
      make({ published: { by: "head", at: 0, unit: 32 } }),
      /not exactly one write unit/,
    ],
    [
      "whose commit misses the descriptors",
      make({ published: { by: "head", at: 0, unit: 16 } }),
      /does not hold the descriptors/,
    ],
    [
      "that appends nowhere",
      make({ ranges: [{ start: 0, end: 4096, rule: "append", unit: 16 }] }),
      /name its next address/,
    ],
    [
      "that replaces into nothing",
      make({ ranges: [{ start: 0, end: 4096, rule: "replace", unit: 16, takesFrom: 8 }] }),
      /nothing can be appended/,
    ],
    [
      "that formats as the recorder cannot",
      { ...make({}), preparation: [{ step: "prepare", format: "f", isIrreversible: false, why: "" }] } as SessionOffer,
      /does not offer the format f/,
    ],
    [
      "that gives a session up and publishes none",
      { ...make({}), givesUp: { at: 64, blocks: 16 } } as SessionOffer,
      /publishes none behind it/,
    ],
    ["that is none", { kind: "perhaps" } as never, /neither offers nor refuses/],
    ["that refuses without a reason", { kind: "refused", code: "X", reason: "", advice: "" }, /without code or reason/],
  ])("%s is the mechanism's mistake", (_, value, fault) => {
    expect(() => checkOffer("broken", medium, value)).toThrow(fault);
    expect(() => checkOffer("broken", medium, value)).toThrow(
      expect.objectContaining({ code: "BAD_MULTISESSION_PARAMETER", subject: "broken" }),
    );
  });

  it("may go to the end of what a format will give", () => {
    const formatted = offer({
      space: { ...overwritable, mediumEnd: 5000 },
      preparation: [{ step: "prepare", format: "f", isIrreversible: false, why: "" }],
    });
    const formats = [{ id: "f", blocks: 5000, isIrreversible: false, purpose: "" }];
    expect(checkOffer("good", { ...medium, formats }, formatted)).toBe(formatted);
  });
});

describe("a history", () => {
  const whole: History = { states: [], condition: "whole", findings: [] };
  const state = { index: 0, start: 0, end: 32, fileSystem: "toy", label: "", digest: "", proof: "head" } as const;

  it.each<[string, unknown, RegExp]>([
    ["of no known condition", { ...whole, condition: "fine" }, /calls the disc fine/],
    ["without states", { condition: "whole", findings: [] }, /lists nothing/],
    ["that shows what it does not list", { ...whole, current: 0 }, /the state 0, which it does not list/],
    ["whose states are not numbered", { ...whole, states: [{ ...state, index: 1 }] }, /not numbered in order/],
    ["that is none", undefined, /calls the disc undefined/],
  ])("%s is the mechanism's mistake", (_, value, fault) => {
    expect(() => checkHistory("broken", value as History)).toThrow(fault);
  });

  it("that lists what it shows is good", () => {
    const good = { ...whole, states: [state], current: 0 };
    expect(checkHistory("good", good)).toBe(good);
  });
});

describe("a mechanism", () => {
  class Careless extends Multisession {
    protected override _assess() {
      return unsupported("careless");
    }
    protected override _offer(): SessionOffer {
      throw new Error("oops");
    }
  }
  const context = { source: readerOf(mediumOf()) };

  it("that throws is named in the error", () => {
    expect(() =>
      new Careless("careless", context).offer(
        mediumOf(),
        { states: [], condition: "empty", findings: [] },
        { kind: "recover" },
        { atLeast: 0, headBlocks: 0 },
      ),
    ).toThrow(/"careless" failed in offer: oops/);
  });

  it("is not asked about the history of a blank disc", async () => {
    expect(await new Careless("careless", context).history(mediumOf(), [])).toEqual({
      states: [],
      condition: "empty",
      findings: [],
    });
    expect(context.source.reads).toEqual([]);
  });

  it("has an id of lower-case words, and is in use or not", () => {
    expect(() => new Careless("Care less", context)).toThrow(TypeError);
    expect(() => Object.assign(new Careless("careless", context), { inUse: "yes" })).toThrow(TypeError);
  });
});
