import assert from "node:assert/strict";
import { newestState, verifyState } from "@multisession/core";
import type { Rule } from "../runner.ts";
import { Workbench } from "../workbench/workbench.ts";
import { lostStates, roundsOf, type Scenario } from "./scenario.ts";

/** What was burned stays, and the disc tells it. */
export function keepingRules(scenario: Scenario): readonly Rule[] {
  const rounds = [1, 2, 3].slice(0, roundsOf(scenario));
  return [
    {
      id: "keep/newest",
      text: "after each burn readers see its tree, every byte of it, and its hashes agree",
      check: async () => {
        for (const round of rounds) {
          const { name, after, listing } = await scenario.done(round);
          const bench = await Workbench.open(scenario.trial, after.snapshot);
          assert.equal(after.history.condition, "whole", `After the ${name} burn`);
          const state = newestState(after.history);
          assert.ok(
            state !== undefined && after.history.current === state.index,
            `The ${name} burn is not what readers see`,
          );
          assert.deepEqual(await lostStates(bench, [{ state, listing }]), []);
          const report = await verifyState({ reader: bench.recorder, state });
          assert.deepEqual([report.outcome, report.faults], ["good", []], `After the ${name} burn`);
        }
      },
    },
    {
      id: "keep/earlier",
      text: "after each burn every earlier session is listed and whole",
      check: async () => {
        for (const round of rounds) {
          const { name, after, before } = await scenario.done(round);
          const bench = await Workbench.open(scenario.trial, after.snapshot);
          assert.equal(after.history.states.length, round, `Sessions that are listed after the ${name} burn`);
          assert.deepEqual(
            after.history.states.slice(0, -1).map(({ start, digest }) => [start, digest]),
            before.kept.map(({ state }) => [state.start, state.digest]),
            `Earlier sessions after the ${name} burn`,
          );
          assert.deepEqual(await lostStates(bench, before.kept), []);
        }
      },
    },
  ];
}
