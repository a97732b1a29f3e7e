import assert from "node:assert/strict";
import type { PlannedSession } from "@multisession/core";
import type { Rule } from "../runner.ts";
import type { Listing, SampleImage } from "../workbench/sample-image.ts";
import { Workbench } from "../workbench/workbench.ts";
import { type Cut, type CutOptions, cutText } from "./cut-points.ts";
import { type Aspect, CutStudy, type CutSubject, cutBurn, isSame, listingShown } from "./cut-study.ts";
import { type DiscState, firstLine, lostStates, nextSession, roundsOf, type Scenario } from "./scenario.ts";

const texts: Readonly<Record<Aspect, string>> = {
  condition: "after a cut the disc is old, new, or in a condition that recovery knows",
  earlier: "after a cut, a recovery and another burn every byte of every earlier session is there, and listed",
  recovery: "recovery reaches the old tree or the new one, from the disc alone",
  plans: "recovery never closes an interrupted session without publishing a whole one behind it",
  "next-burn": "after recovery the next burn succeeds",
};

/** No earlier byte is lost, whenever the power goes. */
export function cutRules(scenario: Scenario, options: CutOptions): readonly Rule[] {
  const { intents } = scenario.trial.plugin.supports;
  if (!intents.includes("recover")) return [];
  const rounds = [1, 2].slice(0, roundsOf(scenario));
  const subjects: readonly (readonly [string, () => Promise<CutSubject | undefined>])[] = [
    ...rounds.map((round) => [round === 1 ? "first burn" : "append", () => burnOf(scenario, round)] as const),
    ["first burn on a used disc, where it is allowed", () => burnAnew(scenario)],
    ["going back, where it is claimed", () => burnBack(scenario)],
  ];
  const studies = subjects.map(([name, subject]) => {
    const study = new CutStudy(scenario, subject, options);
    return (Object.keys(texts) as Aspect[]).map(
      (aspect): Rule => ({ id: `cut/${aspect}`, text: `${name}: ${texts[aspect]}`, check: () => study.check(aspect) }),
    );
  });
  if (options.largest === false) return studies.flat();
  return [
    ...studies.flat(),
    {
      id: "cut/room",
      text: "the largest session that is accepted can be burned, and leaves room to recover from a cut",
      check: async () => {
        for (const round of rounds) {
          const before = round === 1 ? await scenario.blank() : (await scenario.done(round - 1)).after;
          await checkRoom(scenario, before, round);
        }
      },
    },
  ];
}

const nothing: Listing = new Map();

async function burnOf(scenario: Scenario, round: number): Promise<CutSubject> {
  const burn = await scenario.done(round);
  const { kept } = burn.before;
  return { burn, kept, trees: [kept.at(-1)?.listing ?? nothing, burn.listing] };
}

/** The old sessions are given up: readers see them, an empty volume, or the new session. */
async function burnAnew(scenario: Scenario): Promise<CutSubject | undefined> {
  const burn = await scenario.anew();
  return burn && { burn, kept: [], trees: [burn.before.kept.at(-1)?.listing ?? nothing, nothing, burn.listing] };
}

async function burnBack(scenario: Scenario): Promise<CutSubject | undefined> {
  const burn = await scenario.back();
  const kept = burn?.before.kept ?? [];
  return burn && { burn, kept, trees: [kept.at(-1)?.listing ?? nothing, burn.listing] };
}

interface Largest {
  readonly planned: PlannedSession;
  readonly image: SampleImage;
  readonly listing: Listing;
}

async function checkRoom(scenario: Scenario, before: DiscState, round: number): Promise<void> {
  const largest = await largestSession(scenario, before, round);
  const whole = await Workbench.open(scenario.trial, before.snapshot);
  const from = whole.virtual.counters;
  const { writtenBlocks: blocks } = await whole.burn(largest.planned, largest.image);
  const cuts = roomCuts(blocks, whole.virtual.counters.effects - from.effects);
  for (const cut of cuts) {
    const bench = await Workbench.open(scenario.trial, before.snapshot);
    await cutBurn(bench, largest.planned, largest, cut);
    const { history } = await bench.look();
    const name = `${cutText(cut)} in the largest session (${blocks} blocks), which leaves the disc ${history.condition}`;
    let now = history;
    if (history.condition !== "whole" && history.condition !== "empty") {
      try {
        now = (await bench.recover()).history;
      } catch (error) {
        assert.fail(`There is no room to recover after ${name}: ${firstLine(error)}`);
      }
    }
    const shown = await listingShown(bench, now);
    const trees = [before.kept.at(-1)?.listing ?? nothing, largest.listing];
    assert.ok(
      trees.some((tree) => isSame(shown, tree)),
      `Neither old nor new after ${name}`,
    );
    assert.deepEqual(await lostStates(bench, before.kept), [], `After ${name}`);
  }
}

/** Blocks of a session from which on each of its cuts takes long, so that fewer are tried. */
const LARGE = 4096;

/** Most room is needed when the last units are torn; that is a matter of chance, so the last changes are cut often. */
function roomCuts(blocks: number, effects: number): readonly Cut[] {
  const isLarge = blocks >= LARGE;
  const last = Array.from({ length: isLarge ? 2 : 5 }, (_, index) => effects - 1 - index);
  const seeds = isLarge ? [1] : [1, 2, 3];
  return [
    { after: "block", count: 1, seed: 1 },
    { after: "block", count: Math.floor(blocks / 2), seed: 1 },
    ...last.flatMap((count) => seeds.map((seed): Cut => ({ after: "effect", count, seed: 7919 * seed + count }))),
  ];
}

/** The largest session whose plan is not refused. */
async function largestSession(scenario: Scenario, before: DiscState, round: number): Promise<Largest> {
  const bench = await Workbench.open(scenario.trial, before.snapshot);
  let best: Largest | undefined;
  let low = 0;
  let high = before.medium.capacity + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { intent, image, listing } = await nextSession(bench, before.history, round, middle);
    const planned = await bench.plan(intent, image);
    if (planned.kind === "planned") {
      best = { planned, image, listing };
      low = middle + 1;
    } else {
      assert.equal(
        planned.code,
        "DISC_FULL",
        `A session that is too large is refused as ${planned.code}: ${planned.reason}`,
      );
      high = middle;
    }
  }
  assert.ok(
    best !== undefined && low <= before.medium.capacity,
    "No session is ever too large, or none is small enough",
  );
  return best;
}
