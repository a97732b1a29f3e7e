import { type AddressSpace, offer, type StateRef } from "@multisession/core";
import { expect, it } from "vitest";
import { type BurnPosition, cancelPrice } from "../src/cancel-price.ts";

const barrier = { ordered: [], durable: [] };
const appended: AddressSpace = {
  ranges: [{ start: 64, end: 4096, rule: "append", next: 64, unit: 32 }],
  sessionStart: 64,
  sessionUnit: 32,
  mediumEnd: 4096,
  minimum: 0,
  published: { by: "close" },
  barrier,
};
const inPlace: AddressSpace = {
  ...appended,
  ranges: [{ start: 0, end: 4096, rule: "overwrite", unit: 16 }],
  published: { by: "head", at: 16, unit: 16 },
};
const base = { index: 0, start: 0, end: 64 } as StateRef;
const position: BurnPosition = {
  isPrepared: false,
  isInvalidated: false,
  givenUpBlocks: 0,
  payloadBlocks: 0,
  isPayloadWritten: false,
  isBound: false,
};

it.each([
  ["before anything was done", appended, true, {}, "old", 0, /^Nothing was written yet; the disc stays as it was/],
  ["after a format", appended, false, { isPrepared: true }, "old", 0, /format or the like .* stays/],
  ["on write-once media", appended, true, { payloadBlocks: 32 }, "interrupted", 42, /publishes the last session again/],
  ["in a first session on write-once media", appended, false, { payloadBlocks: 32 }, "interrupted", 42, /empty volume/],
  [
    "when all is written",
    appended,
    true,
    { payloadBlocks: 32, isPayloadWritten: true },
    "interrupted",
    42,
    /new session, or/,
  ],
  ["in a recovery that has marked", appended, true, { givenUpBlocks: 32 }, "interrupted", 32, /recover` goes on/],
  ["on overwritable media", inPlace, true, { payloadBlocks: 32 }, "old", 0, /goes on showing.*Nothing is used up/],
  ["in a first session on overwritable media", inPlace, false, { payloadBlocks: 32 }, "interrupted", 0, /empty volume/],
  ["when old sessions are given up", inPlace, false, { isInvalidated: true }, "empty", 0, /given up already/],
  [
    "when old sessions are given up, later",
    inPlace,
    false,
    { isInvalidated: true, payloadBlocks: 9 },
    "empty",
    0,
    /given up/,
  ],
  ["when it publishes", appended, true, { payloadBlocks: 32, isBound: true }, "new", 0, /cannot be stopped any more/],
] as const)("stopping %s", (_, space, isAppend, now, outcome, lostBlocks, message) => {
  const of = offer({ space, reserve: 10, ...(isAppend ? { base } : {}) });
  expect(cancelPrice(of, { ...position, ...now })).toEqual({
    outcome,
    lostBlocks,
    message: expect.stringMatching(message),
  });
});
