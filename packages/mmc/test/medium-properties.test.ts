import { type Closable, MultisessionError } from "@multisession/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  closeCommands,
  discInformation,
  formatChoices,
  type MediumReport,
  mediumFacts,
  mediumRules,
  profiles,
  trackInformation,
} from "../src/index.ts";

const number32 = fc.oneof(fc.nat(3_000_000), fc.integer({ min: 0, max: 0xffff_ffff }));
const track = fc
  .record({
    trackNumber: fc.integer({ min: 1, max: 99 }),
    sessionNumber: fc.integer({ min: 1, max: 99 }),
    flags: fc.uint8Array({ minLength: 3, maxLength: 3 }),
    start: number32,
    nextWritable: number32,
    freeBlocks: number32,
    size: number32,
    lastRecorded: number32,
  })
  .map(({ flags, ...fields }) => {
    const bytes = trackInformation.build(fields);
    bytes.set(flags, 5);
    return trackInformation.parse(bytes);
  });
const disc = fc
  .tuple(fc.nat(0xff), fc.integer({ min: 1, max: 99 }))
  .map(([state, sessions]) => ({ ...discInformation.parse(Uint8Array.of(0, 32, state)), sessions }));
const feature = fc.constantFrom(0x21, 0x26, 0x38).map((code) => ({
  code,
  version: 0,
  isPersistent: false,
  isCurrent: true,
  data: new Uint8Array(4),
}));
const report: fc.Arbitrary<MediumReport> = fc.record({
  configuration: fc.record({
    profile: fc.constantFrom(...profiles.keys(), 0x7777),
    features: fc.array(feature, { maxLength: 3 }),
  }),
  disc,
  tracks: fc.array(track, { maxLength: 4 }),
  lastLba: number32,
  formats: fc.record({
    blocks: number32,
    state: fc.nat(3),
    blockBytes: fc.constant(2048),
    formats: fc.array(
      fc.record({ blocks: number32, type: fc.nat(63), subType: fc.nat(3), parameter: fc.nat(0xffff) }),
      { maxLength: 4 },
    ),
  }),
  isWriteProtected: fc.boolean(),
});

it("whatever a drive says becomes facts of a kind that there are rules for, and never numbers that are none", () => {
  fc.assert(
    fc.property(report, (said) => {
      const facts = mediumFacts(said);
      const rules = mediumRules[facts.kind];
      if (rules === undefined) expect(facts.kind).toBe("unknown-7777");
      else expect([facts.unit, facts.minimumTrack]).toEqual([rules.unit, rules.minimumTrack]);
      for (const { start, size, free, next = 0 } of facts.tracks) {
        for (const value of [start, size, free, next]) expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      }
      expect([0, rules?.gap.first ?? 0, rules?.gap.later ?? 0]).toContain(facts.sessionGap);
      // What is restricted is offered to nobody for writing.
      if (facts.restriction !== undefined) expect([facts.overwrite, facts.sessions]).toEqual(["no", "none"]);
      expect(facts.formats.map(({ id }) => id)).toEqual(formatChoices(said).map(({ rule }) => rule.id));
    }),
    { numRuns: 300 },
  );
});

it("whatever is to be closed there are commands for, or a refusal in words", () => {
  fc.assert(
    fc.property(report, fc.constantFrom<Closable>("track", "session", "disc"), (said, what) => {
      const medium = { ...mediumFacts(said), generation: 1 };
      try {
        for (const { number } of closeCommands(medium, what, "test:drive")) {
          const named = medium.tracks.filter((candidate) => candidate.number === number);
          expect(number === 0 || named.some(({ state }) => state === "open")).toBe(true);
        }
      } catch (error) {
        expect(MultisessionError.is(error) && error.code).toBe("NOT_WRITABLE");
      }
    }),
    { numRuns: 300 },
  );
});
