import assert from "node:assert/strict";
import type { Medium, PlannedSession, Refusal, SessionIntent } from "@multisession/core";
import type { Rule } from "../runner.ts";
import { deedsOf } from "../workbench/recorder-log.ts";
import { sampleImage } from "../workbench/sample-image.ts";
import { Workbench } from "../workbench/workbench.ts";
import { burnUntil } from "./cut-study.ts";
import { appendIntent, firstIntent, nextSession, roundsOf, type Scenario } from "./scenario.ts";

/** What cannot be done is refused with code, reason and advice, and what cannot be undone is asked for first. */
export function refusalRules(scenario: Scenario): readonly Rule[] {
  const { intents } = scenario.trial.plugin.supports;
  const rules: readonly (Rule & { readonly needs: readonly SessionIntent["kind"][] })[] = [
    {
      id: "refuse/full",
      needs: ["first"],
      text: "what does not fit is refused before anything is written",
      check: async () => {
        const { medium, snapshot } = await scenario.blank();
        const bench = await Workbench.open(scenario.trial, snapshot);
        const answer = await bench.plan(firstIntent, sampleImage(1, undefined, medium.capacity));
        expectRefusal(answer, ["DISC_FULL"], "A session as large as the disc");
        assert.deepEqual(deedsOf(bench.virtual.log), []);
      },
    },
    {
      id: "refuse/unknown-session",
      needs: ["append"],
      text: "an append to a session that is not there is refused",
      check: async () => {
        const { after } = await scenario.done(1);
        const bench = await Workbench.open(scenario.trial, after.snapshot);
        const { image } = await nextSession(bench, after.history, 2);
        expectRefusal(await bench.plan(appendIntent(99), image), ["UNKNOWN_SESSION"], "An append to session 100");
      },
    },
    {
      id: "refuse/empty",
      needs: ["append"],
      text: "an append to an empty disc is refused",
      check: async () => {
        const bench = await Workbench.open(scenario.trial);
        expectRefusal(
          await bench.plan(appendIntent(0), sampleImage(1, undefined)),
          undefined,
          "An append to an empty disc",
        );
      },
    },
    {
      id: "refuse/used",
      needs: ["first"],
      text: "a first session on a used disc is refused, or given up for only with consent",
      check: async () => {
        const { after } = await scenario.done(1);
        const bench = await Workbench.open(scenario.trial, after.snapshot);
        const answer = await bench.plan(firstIntent, sampleImage(1, undefined));
        expectRefusal(answer, ["NOT_BLANK", "CONSENT_REQUIRED"], "A first session on a used disc");
      },
    },
    {
      id: "refuse/without-consent",
      needs: ["first"],
      text: "an irreversible format and the close of the disc are asked for first",
      check: async () => {
        const bench = await Workbench.open(scenario.trial);
        const { medium } = await scenario.blank();
        const image = sampleImage(1, undefined);
        const kinds = ["irreversible-format", "close-disc"] as const;
        for (const close of ["session", "disc"] as const) {
          const all = await bench.plan({ kind: "first", close, consent: kinds }, image);
          if (all.kind === "refused") continue;
          for (const missing of kinds.filter((kind) => needsConsent(all, medium, kind))) {
            const consent = kinds.filter((kind) => kind !== missing);
            expectRefusal(
              await bench.plan({ kind: "first", close, consent }, image),
              ["CONSENT_REQUIRED"],
              `Without ${missing}`,
            );
          }
        }
      },
    },
    {
      id: "refuse/closed",
      needs: ["first", "append"],
      text: "a disc that is closed for good is not appended to",
      check: async () => {
        const bench = await Workbench.open(scenario.trial);
        const image = sampleImage(1, undefined);
        const planned = await bench.plan(
          { kind: "first", close: "disc", consent: ["irreversible-format", "close-disc"] },
          image,
        );
        if (planned.kind === "refused" || !needsConsent(planned, (await scenario.blank()).medium, "close-disc")) return;
        const { history, medium } = await bench.burn(planned, image);
        assert.equal(medium.status, "complete");
        const next = await nextSession(bench, history, 2);
        expectRefusal(
          await bench.plan(next.intent, next.image),
          ["DISC_CLOSED", "NOT_WRITABLE"],
          "An append to a closed disc",
        );
      },
    },
    {
      id: "refuse/interrupted",
      needs: ["append", "recover"],
      text: "nothing is burned on an interrupted disc, and only such a disc is recovered",
      check: () => checkInterrupted(scenario),
    },
  ];
  return rules.filter(({ needs }) => needs.every((kind) => intents.includes(kind)));
}

async function checkInterrupted(scenario: Scenario): Promise<void> {
  const whole = await Workbench.open(scenario.trial, (await scenario.done(1)).after.snapshot);
  expectRefusal(await whole.plan({ kind: "recover" }), ["NOTHING_TO_RECOVER"], "The recovery of a whole disc");
  const burn = await scenario.done(roundsOf(scenario) > 1 ? 2 : 1);
  const blocks = burn.after.snapshot.counters.blocks - burn.before.snapshot.counters.blocks;
  let isTried = false;
  for (let count = blocks; count > 0; count -= 1) {
    const bench = await burnUntil(scenario, burn, { after: "block", count, seed: count });
    const { history } = await bench.look();
    if (history.condition === "whole") continue;
    isTried = true;
    const image = sampleImage(2, undefined);
    expectRefusal(
      await bench.plan(appendIntent(0), image),
      ["NEEDS_RECOVERY"],
      `An append to a disc that is ${history.condition}`,
    );
    break;
  }
  // In place, a cut before the commit leaves the old disc whole, and the commit is one unit that can survive as a whole.
  assert.ok(
    isTried || burn.after.medium.overwrite !== "no",
    "No cut leaves an interrupted session on a write-once medium",
  );
}

/** Whether a plan does what cannot be undone, by what the medium says of its formats and not by what the plan says. */
function needsConsent(
  { plan }: PlannedSession,
  { formats }: Medium,
  kind: "irreversible-format" | "close-disc",
): boolean {
  return plan.steps.some((step) =>
    kind === "close-disc"
      ? step.step === "close" && step.what === "disc"
      : step.step === "prepare" && formats.some(({ id, isIrreversible }) => id === step.format && isIrreversible),
  );
}

/** A refusal with one of these codes, a reason and, where something can be done, advice. */
function expectRefusal(answer: PlannedSession | Refusal, codes: readonly string[] | undefined, what: string): void {
  assert.equal(answer.kind, "refused", `${what} is not refused`);
  if (answer.kind !== "refused") return;
  assert.match(answer.reason, /\S/, `${what} is refused without a reason`);
  if (codes !== undefined)
    assert.ok(codes.includes(answer.code), `${what} is refused as ${answer.code}, not ${codes.join(" or ")}`);
}
