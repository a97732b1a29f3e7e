import assert from "node:assert/strict";
import {
  type History,
  type IMultisession,
  type ImageShape,
  type Medium,
  MultisessionError,
  type Needs,
  type Offer,
  type Purpose,
  type SessionIntent,
} from "@multisession/core";
import type { Rule } from "../runner.ts";
import { mechanismOf, Workbench } from "../workbench/workbench.ts";
import { deepFreeze } from "./deep-freeze.ts";
import { appendIntent, firstIntent, firstLine, roundsOf, type Scenario } from "./scenario.ts";

/** What a mechanism is asked with. */
interface Question {
  readonly medium: Medium;
  readonly history: History;
}

const purposes: readonly Purpose[] = ["first", "append", "import", "recover"];
const needs: Needs = { atLeast: 40, headBlocks: 24 };

/**
 * Assess, offer and settle are pure: the same answer from another instance, at another time, after other questions,
 * without a touch of the disc, and with inputs that cannot be changed.
 */
export function purityRules(scenario: Scenario): readonly Rule[] {
  return [
    {
      id: "pure/assess",
      text: "the same medium gets the same assessment, without a look at the disc",
      check: () =>
        prove(scenario, (mechanism, { medium }) => purposes.map((purpose) => mechanism.assess(medium, purpose))),
    },
    {
      id: "pure/offer",
      text: "the same question gets the same offer, without a look at the disc",
      check: () =>
        prove(scenario, (mechanism, { medium, history }) =>
          intentsFor(scenario, history).map((intent) => mechanism.offer(medium, history, deepFreeze(intent), needs)),
        ),
    },
    {
      id: "pure/settle",
      text: "the same rendered session gets the same steps and cost, without a look at the disc",
      check: async () => {
        const rendered: { readonly offer: Offer; readonly shape: ImageShape | undefined }[] = [];
        for (const round of [1, 2].slice(0, roundsOf(scenario))) rendered.push((await scenario.burn(round)).planned);
        await prove(scenario, (mechanism) =>
          rendered.map(({ offer, shape }) => mechanism.settle(deepFreeze(offer), deepFreeze(shape))),
        );
      },
    },
  ];
}

function intentsFor({ trial }: Scenario, { states }: History): readonly SessionIntent[] {
  const bases = states.length > 0 ? states.map(({ index }) => appendIntent(index)) : [appendIntent(0)];
  const all: readonly SessionIntent[] = [
    firstIntent,
    ...bases,
    { kind: "append", close: "disc", base: 0, consent: ["close-disc"] },
    { kind: "close", consent: ["close-disc"] },
    { kind: "recover" },
    { kind: "revert", to: 0 },
  ];
  return all.filter(({ kind }) => trial.plugin.supports.intents.includes(kind));
}

/** The disc in its stages, as questions that nobody can change. */
async function questionsOf(scenario: Scenario): Promise<readonly Question[]> {
  const stages = [await scenario.blank()];
  for (const round of [1, 2].slice(0, roundsOf(scenario))) stages.push((await scenario.burn(round)).after);
  return stages.map(({ medium, history }) => deepFreeze(structuredClone({ medium, history })));
}

async function prove(
  scenario: Scenario,
  ask: (mechanism: IMultisession, question: Question) => readonly unknown[],
): Promise<void> {
  const questions = await questionsOf(scenario);
  const { reader } = await Workbench.open(scenario.trial);
  const one = mechanismOf(scenario.trial.plugin, reader);
  const two = mechanismOf(scenario.trial.plugin, reader);
  reader.isLocked = true;
  const answer = (mechanism: IMultisession, question: Question): readonly unknown[] => {
    try {
      return ask(mechanism, question);
    } catch (error) {
      const cause = MultisessionError.is(error) && error.cause instanceof TypeError ? error.cause : error;
      throw new assert.AssertionError({ message: `It fails when its inputs cannot be changed: ${firstLine(cause)}` });
    }
  };
  const first = questions.map((question) => answer(one, question));
  const again = questions
    .toReversed()
    .map((question) => answer(one, question))
    .reverse();
  const other = questions.map((question) => answer(two, question));
  await new Promise((resolve) => setTimeout(resolve, 2));
  const later = questions.map((question) => answer(one, question));
  reader.isLocked = false;
  assert.deepEqual(reader.touches, [], "It asks the disc");
  assert.deepEqual(again, first, "Asked in another order, it answers differently");
  assert.deepEqual(other, first, "Another instance answers differently");
  assert.deepEqual(later, first, "Asked again, it answers differently");
}
