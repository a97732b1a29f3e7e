import type { Consequence, History, Medium, PlanStep, SessionIntent } from "@multisession/core";
import { expect, it } from "vitest";
import { missingConsent } from "../src/consent.ts";
import { mediumOf } from "./media.ts";

const medium: Medium = mediumOf({
  formats: [
    { id: "plain", blocks: 4096, isIrreversible: false, purpose: "" },
    { id: "for-good", blocks: 4000, isIrreversible: true, purpose: "" },
  ],
});
const empty: History = { states: [], condition: "empty", findings: [] };
const used: History = { states: [], condition: "torn-head", findings: [] };
const format = (id: string, isIrreversible = false): PlanStep => ({
  step: "prepare",
  format: id,
  isIrreversible,
  why: "It is so.",
});
const close = (what: "session" | "disc"): PlanStep => ({ step: "close", what, why: "" });
const first: SessionIntent = { kind: "first", close: "session", consent: [] };
const append: SessionIntent = { kind: "append", close: "session", base: 0, consent: [] };

it.each<[string, SessionIntent, History, readonly PlanStep[], readonly Consequence[]]>([
  ["nothing, for a first session on an empty disc", first, empty, [close("session")], []],
  ["nothing, for an append", append, used, [close("session")], []],
  ["the sessions, for a first session on a used disc", first, used, [], ["give-up-sessions"]],
  ["the sessions, for any format of a used disc", append, used, [format("plain")], ["give-up-sessions"]],
  ["nothing, for a format of an empty disc", first, empty, [format("plain")], []],
  ["a format that the recorder calls irreversible", first, empty, [format("for-good")], ["irreversible-format"]],
  ["a format that the mechanism calls irreversible", first, empty, [format("plain", true)], ["irreversible-format"]],
  ["a format that the recorder does not offer", first, empty, [format("unknown")], ["irreversible-format"]],
  ["the close of the disc, wherever it stands", append, used, [close("disc"), close("session")], ["close-disc"]],
  [
    "what a recovery has no consent for",
    { kind: "recover" },
    used,
    [format("for-good"), close("disc")],
    ["give-up-sessions", "irreversible-format", "close-disc"],
  ],
])("asks for %s", (_, intent, history, steps, needed) => {
  const refusal = missingConsent(steps, { medium, history, intent });
  if (needed.length === 0) return expect(refusal).toBeUndefined();
  expect(refusal).toMatchObject({ code: "CONSENT_REQUIRED", advice: `To accept it, name it: ${needed.join(", ")}.` });
  if (intent.kind === "recover") return;
  const consenting = { ...intent, consent: needed };
  return expect(missingConsent(steps, { medium, history, intent: consenting as SessionIntent })).toBeUndefined();
});
