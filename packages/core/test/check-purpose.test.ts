import { type History, type Offer, offer, type SessionIntent } from "@multisession/core";
import { expect, it } from "vitest";
import { checkPurpose } from "../src/check-mechanism.ts";

const space: Offer["space"] = {
  ranges: [{ start: 64, end: 4096, rule: "append", next: 64, unit: 32 }],
  sessionStart: 64,
  sessionUnit: 32,
  mediumEnd: 4096,
  minimum: 0,
  published: { by: "close" },
  barrier: { ordered: [], durable: [] },
};
const whole: History = {
  states: [{ index: 0, start: 0, end: 64, fileSystem: "toy", label: "", digest: "", proof: "trailer" }],
  current: 0,
  condition: "whole",
  findings: [],
};
const interrupted: History = { ...whole, condition: "interrupted" };
const append: SessionIntent = { kind: "append", close: "session", base: 0, consent: [] };
const close = { step: "close", what: "session", why: "" } as const;

it.each<[string, Offer, SessionIntent, History, RegExp | undefined]>([
  ["an append behind all sessions", offer({ space }), append, whole, undefined],
  ["an append that writes nothing", offer({ space, content: "none" }), append, whole, /offers no session/],
  ["an append that writes a head", offer({ space, content: "head" }), append, whole, /offers no session for "append"/],
  [
    "a session over an earlier one",
    offer({ space: { ...space, sessionStart: 32 } }),
    append,
    whole,
    /lies over session 1, which ends at 64/,
  ],
  [
    "a bridge over an earlier session",
    offer({ space: { ...space, sessionStart: 96, chainFrom: 32 } }),
    { kind: "revert", to: 0 },
    whole,
    /lies over session 1/,
  ],
  [
    "a recovery that marks, closes and publishes",
    offer({ space, preparation: [close], givesUp: { at: 64, blocks: 32 } }),
    { kind: "recover" },
    interrupted,
    undefined,
  ],
  [
    "a recovery that closes alone",
    offer({ space, content: "none", finish: [close] }),
    { kind: "recover" },
    interrupted,
    /publishes none behind it/,
  ],
  [
    "a recovery that closes without a mark",
    offer({ space, preparation: [close] }),
    { kind: "recover" },
    interrupted,
    /without a mark/,
  ],
  [
    "a recovery of which only the close is missing",
    offer({ space, content: "none", finish: [close] }),
    { kind: "recover" },
    { ...whole, condition: "closing" },
    undefined,
  ],
])("%s", (_, offered, intent, history, fault) => {
  const check = (): void => checkPurpose("mine", offered, intent, history);
  if (fault === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(fault);
});
