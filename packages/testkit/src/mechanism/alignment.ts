import assert from "node:assert/strict";
import { CHAIN_UNIT, FIRST_SESSION, type History, type Medium, type Offer, roundUp } from "@multisession/core";
import type { Rule } from "../runner.ts";
import { Workbench } from "../workbench/workbench.ts";
import { appendIntent, type DiscState, firstIntent, roundsOf, type Scenario } from "./scenario.ts";

/** What is offered lies where the recorder can write it and where readers look for it. */
export function alignmentRules(scenario: Scenario): readonly Rule[] {
  return [
    {
      id: "aligned/units",
      text: "ranges, sessions and commits are whole write units of the medium, inside it",
      check: () => eachOffer(scenario, checkUnits),
    },
    {
      id: "aligned/next",
      text: "an append starts at a next writable address that the recorder names",
      check: () => eachOffer(scenario, checkNext),
    },
    {
      id: "aligned/chain",
      text: "on media without sessions a session starts where readers of the chain look, or a bridge leads there",
      check: () => eachOffer(scenario, checkChain),
    },
  ];
}

type Check = (offer: Offer, medium: Medium, history: History) => void;

async function eachOffer(scenario: Scenario, check: Check): Promise<void> {
  const stages: DiscState[] = [await scenario.blank()];
  for (const round of [1, 2].slice(0, roundsOf(scenario))) stages.push((await scenario.burn(round)).after);
  const { mechanism } = await Workbench.open(scenario.trial);
  for (const { medium, history } of stages) {
    const intents = history.states.length === 0 ? [firstIntent] : [appendIntent(history.states.length - 1)];
    for (const intent of intents.filter(({ kind }) => scenario.trial.plugin.supports.intents.includes(kind))) {
      const offer = mechanism.offer(medium, history, intent, { atLeast: 40, headBlocks: 24 });
      if (offer.kind === "offer") check(offer, medium, history);
    }
  }
}

function checkUnits({ space, preparation }: Offer, medium: Medium): void {
  const { unit } = medium;
  const isWhole = (blocks: number, what: string): void =>
    assert.equal(blocks % unit, 0, `${what} is ${blocks}, no multiple of the write unit ${unit}`);
  for (const range of space.ranges) {
    isWhole(range.unit, `The unit of the range at ${range.start}`);
    isWhole(range.start, "A range's start");
    if (range.next !== undefined) isWhole(range.next, "A range's next address");
  }
  isWhole(space.sessionStart, "The session's start");
  isWhole(space.sessionUnit, "The session's unit");
  if (space.published.by === "head") {
    isWhole(space.published.at, "The commit's address");
    assert.equal(space.published.unit, unit, "The commit is not exactly one write unit");
  }
  if (preparation.length === 0)
    assert.ok(
      space.mediumEnd <= medium.capacity,
      `The space ends at ${space.mediumEnd}, the medium at ${medium.capacity}`,
    );
}

function checkNext({ space, preparation }: Offer, { tracks }: Medium): void {
  if (preparation.length > 0) return;
  const named = tracks.flatMap(({ next }) => next ?? []);
  for (const { next } of space.ranges)
    if (next !== undefined)
      assert.ok(
        named.includes(next),
        `It appends at ${next}; the recorder's next writable addresses are ${named.join()}`,
      );
}

function checkChain({ space }: Offer, _: Medium, history: History): void {
  if (space.published.by !== "head") return;
  const expected = history.states.length === 0 ? FIRST_SESSION : (history.appendAt ?? FIRST_SESSION);
  const from = space.chainFrom ?? space.sessionStart;
  assert.equal(from % CHAIN_UNIT, 0, `Readers of the chain look at multiples of ${CHAIN_UNIT}, not at ${from}`);
  assert.equal(from, roundUp(expected, CHAIN_UNIT), `Readers of the chain look at ${expected}, not at ${from}`);
}
