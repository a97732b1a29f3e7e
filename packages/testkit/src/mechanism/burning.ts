import assert from "node:assert/strict";
import {
  type Closable,
  closedSessions,
  type Lba,
  type Medium,
  type PlannedSession,
  type Price,
  priceOf,
  rangeOf,
  runsOf,
  type Track,
} from "@multisession/core";
import { closeFunctions, describeSense } from "@multisession/mmc";
import type { Rule } from "../runner.ts";
import { addDeed, type Deed, deedOf, deedsOf, deedText } from "../workbench/recorder-log.ts";
import { type BurnTrial, roundsOf, type Scenario } from "./scenario.ts";

/** What a burn does is what its plan said. */
export function burnRules(scenario: Scenario): readonly Rule[] {
  const each = async (check: (burn: BurnTrial) => void): Promise<void> => {
    for (let round = 1; round <= roundsOf(scenario); round++) check(await scenario.burn(round));
  };
  const eachDone = async (check: (burn: BurnTrial) => void): Promise<void> => {
    for (let round = 1; round <= roundsOf(scenario); round++) check(await scenario.done(round));
  };
  return [
    {
      id: "burn/order",
      text: "nothing is committed before what it commits is durable",
      check: () => each(checkOrder),
    },
    {
      id: "burn/legal",
      text: "the recorder accepts every command, and none writes outside the space",
      check: () => each(checkLegal),
    },
    {
      id: "burn/as-planned",
      text: "the recorder saw the plan's steps and nothing else, and is then where the plan said",
      check: () => each(checkAsPlanned),
    },
    { id: "burn/cost", text: "the cost is what was used up", check: () => eachDone(checkCost) },
    { id: "burn/reserve", text: "the room for a repair is still free", check: () => eachDone(checkReserve) },
    {
      id: "burn/chain-end",
      text: "the session ends where the next one begins, replaced units of its own commit included",
      check: () => eachDone(checkChainEnd),
    },
  ];
}

function checkOrder({ name, planned }: BurnTrial): void {
  let unsafe: string | undefined;
  for (const step of planned.plan.steps) {
    if (step.step === "barrier" && step.kind === "durable") unsafe = undefined;
    if (step.step !== "write") continue;
    if (step.kind === "commit")
      assert.equal(unsafe, undefined, `The ${name} burn commits while its ${unsafe} is not durable`);
    unsafe = step.kind;
  }
  if (planned.offer.space.published.by === "head")
    assert.equal(unsafe, undefined, `The ${name} burn ends while its ${unsafe} is not durable`);
}

function checkLegal({ name, planned, log, outcome }: BurnTrial): void {
  for (const command of log) {
    const deed = deedOf(command);
    if (deed === undefined) continue;
    const { outcome } = command;
    assert.ok(
      outcome === "good",
      `The recorder refuses a step of the ${name} burn, ${deedText(deed)}: ${typeof outcome === "string" ? outcome : describeSense(outcome)}`,
    );
    if (deed.did === "write")
      assert.ok(
        rangeOf(planned.offer.space, deed.at, deed.blocks) !== undefined,
        `The ${name} burn writes outside its space: ${deedText(deed)}`,
      );
  }
  if (outcome instanceof Error) assert.fail(`The ${name} burn failed: ${outcome.message}`);
}

const closeNames: Readonly<Record<number, Closable | undefined>> = {
  [closeFunctions.track]: "track",
  [closeFunctions.session]: "session",
  [closeFunctions.finalizeMinimal]: "disc",
  [closeFunctions.finalize]: "disc",
};

function checkAsPlanned({ name, planned, log, outcome, after }: BurnTrial): void {
  if (outcome instanceof Error) assert.fail(`The ${name} burn failed: ${outcome.message}`);
  const seen = deedsOf(log).flatMap((deed) => textOfSeen(deed) ?? []);
  const expected = expectedDeeds(planned);
  // Before the first close core flushes, whatever the plan says; elsewhere a flush must be planned.
  const firstClose = expected.findIndex((text) => text.startsWith("close"));
  const withFlush = firstClose < 0 ? expected : expected.toSpliced(firstClose, 0, "flush");
  // On a CD it ends the track, so that nothing is left of the track's close.
  const endedByFlush =
    after.medium.minimumTrack === undefined ? withFlush : withFlush.filter((text) => text !== "close track");
  assert.ok(
    [expected, withFlush, endedByFlush].some((texts) => texts.join() === seen.join()),
    `The ${name} burn was planned as ${expected.join(", ")}, but the recorder saw ${seen.join(", ")}`,
  );
  checkEnd(name, planned, after.medium);
}

function textOfSeen(deed: Deed): string | undefined {
  if (deed.did !== "close") return deedText(deed);
  const what = closeNames[deed.function];
  return what === undefined ? undefined : `close ${what}`;
}

function expectedDeeds({ plan, shape }: PlannedSession): readonly string[] {
  const texts: string[] = [];
  let writes: Deed[] = [];
  const endWrites = (): void => {
    texts.push(...writes.map(deedText));
    writes = [];
  };
  for (const step of plan.steps) {
    if (step.step === "write") {
      const phase = shape?.phases[step.phase];
      for (const { at, blocks } of phase === undefined ? [] : runsOf(phase))
        addDeed(writes, { did: "write", at, blocks });
      continue;
    }
    if (step.step === "refresh-medium" || (step.step === "barrier" && step.kind === "ordered")) continue;
    endWrites();
    if (step.step === "barrier") texts.push("flush");
    if (step.step === "prepare") texts.push("format");
    if (step.step === "reserve") texts.push(`reserve ${step.blocks}`);
    if (step.step === "close") texts.push(`close ${step.what}`);
  }
  endWrites();
  return texts;
}

/** What the last look at the medium was to find, found again by ourselves. */
function checkEnd(name: string, { plan }: PlannedSession, medium: Medium): void {
  const last = plan.steps.findLast((step) => step.step === "refresh-medium");
  assert.ok(last !== undefined, `The plan of the ${name} burn never looks at the medium again`);
  for (const { track, next } of last.expect.next) {
    const found = trackAt(medium, track);
    const now = found?.next ?? (found === undefined ? undefined : found.start + found.size);
    assert.equal(now, next, `After the ${name} burn the next writable address is ${now}; the plan said ${next}`);
  }
  if (last.expect.closedSessions !== undefined)
    assert.equal(closedSessions(medium), last.expect.closedSessions, `Closed sessions after the ${name} burn`);
}

function trackAt({ tracks }: Medium, at: Lba): Track | undefined {
  return tracks.find(({ start, size }) => at >= start && at < start + size);
}

function checkCost({ name, planned, log, before, after }: BurnTrial): void {
  const { plan, offer } = planned;
  const used =
    after.medium.overwrite === "in-place"
      ? newBlocks(
          log.flatMap((command) => deedOf(command) ?? []),
          offer.space.sessionStart,
        )
      : appendedBlocks(after.medium) - appendedBlocks(before.medium) + (before.medium.capacity - after.medium.capacity);
  assert.equal(priceOf(plan.cost, "blocks"), used, `The ${name} burn used ${used} blocks`);
  const [had, has] = [before.medium.resources, after.medium.resources];
  if (had === undefined || has === undefined) return;
  const resources: readonly (readonly [Price["resource"], number])[] = [
    ["map-entries", had.mapEntries - has.mapEntries],
    ["updates", had.updates - has.updates],
  ];
  for (const [resource, amount] of resources)
    assert.ok(
      priceOf(plan.cost, resource) >= amount,
      `The ${name} burn used ${amount} ${resource}; the plan said ${priceOf(plan.cost, resource)}`,
    );
}

/** Blocks that were written for the first time by a session that is not appended: those of the session itself. */
function newBlocks(deeds: readonly Deed[], from: Lba): number {
  const written = new Set<Lba>();
  for (const deed of deeds)
    if (deed.did === "write") for (let at = deed.at; at < deed.at + deed.blocks; at++) if (at >= from) written.add(at);
  return written.size;
}

function appendedBlocks({ tracks }: Medium): number {
  const recorded = tracks.map(({ state, start, size, next }) => {
    if (state === "blank" || state === "reserved") return 0;
    return next === undefined ? size : next - start;
  });
  return recorded.reduce((sum, blocks) => sum + blocks, 0);
}

function checkReserve({ name, planned, before, after }: BurnTrial): void {
  const { reserve } = planned.plan;
  const { space } = planned.offer;
  // The gap that closing the session took was there for the repair of a session that was not closed.
  const gap = space.published.by === "close" ? before.medium.sessionGap : 0;
  const free =
    after.medium.overwrite === "in-place"
      ? after.medium.capacity - (planned.shape?.state.end ?? space.sessionStart)
      : gap + Math.max(0, ...after.medium.tracks.map((track) => track.free));
  assert.ok(free >= reserve, `After the ${name} burn ${free} blocks are free; the plan keeps ${reserve} for a repair`);
}

function checkChainEnd({ name, planned, after }: BurnTrial): void {
  if (planned.offer.space.published.by !== "head" || planned.shape === undefined) return;
  const { end } = planned.shape.state;
  assert.equal(
    after.history.appendAt,
    end,
    `The ${name} burn ends at ${end}; the disc's head says ${after.history.appendAt}`,
  );
  if (after.medium.overwrite !== "replace") return;
  const next = after.medium.tracks.findLast(({ free }) => free > 0)?.next;
  assert.equal(next, end, `The ${name} burn says that the chain goes on at ${end}; the recorder goes on at ${next}`);
}
