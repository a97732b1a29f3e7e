import assert from "node:assert/strict";
import { planSession } from "@multisession/core";
import type { Rule } from "../runner.ts";
import { mechanismOf, Workbench } from "../workbench/workbench.ts";
import type { Scenario } from "./scenario.ts";

/** What a descriptor claims is true, and what it does not claim is refused. */
export function claimRules(scenario: Scenario): readonly Rule[] {
  const { plugin, disc } = scenario.trial;
  return [
    {
      id: "claims/medium",
      text: "a medium that is claimed can be written, now or after a preparation, and the reason is in words",
      check: async () => {
        const bench = await Workbench.open(scenario.trial);
        const { medium } = await scenario.blank();
        const { verdict, reason } = bench.mechanism.assess(medium, "first");
        assert.notEqual(verdict, "unsupported", `It claims ${disc.kind} and says: ${reason}`);
        assert.match(reason, /\S/);
        assert.equal(await bench.mechanism.isSupportedOnCurrentMediaState(), true);
      },
    },
    {
      id: "claims/identity",
      text: "each recorder gets a mechanism of its own, named as its plugin and not in use",
      check: async () => {
        const { reader } = await Workbench.open(scenario.trial);
        const [one, two] = [mechanismOf(plugin, reader), mechanismOf(plugin, reader)];
        assert.notEqual(one, two);
        assert.equal(one.id, plugin.id);
        assert.equal(one.inUse, false);
        assert.equal(one.importRecorder, reader);
      },
    },
    {
      id: "claims/intents",
      text: "an intent that is not claimed is refused before the mechanism is asked",
      check: async () => {
        const bench = await Workbench.open(scenario.trial);
        const { medium, history } = await scenario.blank();
        const intents = ["revert", "prepare", "close"] as const;
        for (const kind of intents.filter((candidate) => !plugin.supports.intents.includes(candidate))) {
          const intent =
            kind === "revert"
              ? ({ kind, to: 0 } as const)
              : kind === "close"
                ? ({ kind, consent: [] } as const)
                : ({ kind, format: "any", consent: [] } as const);
          const { mechanism, recorder: reader } = bench;
          const { fileSystems } = scenario.trial;
          const answer = await planSession({ mechanism, fileSystems, medium, history, intent, reader });
          assert.equal(answer.kind === "refused" && answer.code, "UNSUPPORTED_INTENT", `It answers "${kind}"`);
        }
      },
    },
  ];
}
