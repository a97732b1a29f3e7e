import assert from "node:assert/strict";
import { newestState, verifyState } from "@multisession/core";
import type { Rule } from "../runner.ts";
import { Workbench } from "../workbench/workbench.ts";
import { lostStates, nextSession, roundsOf, type Scenario } from "./scenario.ts";

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
    {
      id: "keep/back",
      text: "going back shows the old tree, keeps every session, and the next burn builds on it",
      check: async () => {
        const back = await scenario.back();
        if (back === undefined) return;
        const { after, before, listing } = back;
        const bench = await Workbench.open(scenario.trial, after.snapshot);
        const { states, current } = after.history;
        assert.equal(current, states.length - 1, "Readers see another session than the one that was made");
        assert.equal(states.length, before.history.states.length + 1, "Sessions that are listed afterwards");
        assert.equal(states.at(-1)?.digest, states[0]?.digest, "It does not show the first session's tree");
        assert.deepEqual(await lostStates(bench, after.kept), []);
        const next = await nextSession(bench, after.history, 3);
        const { history } = await bench.burn(await bench.mustPlan(next.intent, next.image), next.image);
        const shown = newestState(history);
        assert.ok(shown !== undefined, "The next burn is not listed");
        const gone = [...listing.keys()].filter((path) => !next.listing.has(path));
        assert.deepEqual(await lostStates(bench, [...after.kept, { state: shown, listing: next.listing }]), gone);
      },
    },
  ];
}
