import assert from "node:assert/strict";
import { type Condition, type History, newestState, type PlannedSession, type SessionPlan } from "@multisession/core";
import type { Listing } from "../workbench/sample-image.ts";
import { listingOnDisc } from "../workbench/sample-image.ts";
import { Workbench } from "../workbench/workbench.ts";
import { type Cut, type CutOptions, cutsOf, cutText } from "./cut-points.ts";
import {
  type BurnTrial,
  fileSystemOf,
  firstLine,
  type KeptState,
  lostStates,
  nextSession,
  type Scenario,
} from "./scenario.ts";

/** What is looked at after a cut. */
export type Aspect = "condition" | "earlier" | "recovery" | "plans" | "next-burn";

/** Something that is wrong after a cut. */
export interface CutFinding {
  /** What it concerns. */
  readonly aspect: Aspect;
  /** The cut and what was seen. */
  readonly what: string;
}

/** Conditions that a cut may leave; a first burn may also leave nothing. */
const allowed: readonly Condition[] = ["whole", "old-hidden", "closing", "torn-head", "interrupted"];

/** A burn that is cut, and what must survive. */
export interface CutSubject {
  /** The burn, done once without a cut. */
  readonly burn: BurnTrial;
  /** Sessions that must be there afterwards: none where the user gave them up. */
  readonly kept: readonly KeptState[];
  /** Trees that readers may see afterwards. */
  readonly trees: readonly Listing[];
}

/** Cuts of one burn, all tried when the first rule asks. */
export class CutStudy {
  readonly #scenario: Scenario;
  readonly #subject: () => Promise<CutSubject | undefined>;
  readonly #options: CutOptions;
  #findings: Promise<readonly CutFinding[]> | undefined;

  constructor(scenario: Scenario, subject: () => Promise<CutSubject | undefined>, options: CutOptions) {
    this.#scenario = scenario;
    this.#subject = subject;
    this.#options = options;
  }

  /** Passes when no cut is wrong in this aspect. */
  async check(aspect: Aspect): Promise<void> {
    this.#findings ??= this.#study();
    const findings = (await this.#findings).filter((finding) => finding.aspect === aspect);
    const some = findings.slice(0, 3).map(({ what }) => what);
    assert.equal(findings.length, 0, `${findings.length} cuts are not survived. ${some.join("; ")}`);
  }

  async #study(): Promise<readonly CutFinding[]> {
    const subject = await this.#subject();
    if (subject === undefined) return [];
    const { before, after, log } = subject.burn;
    const [from, to] = [before.snapshot.counters, after.snapshot.counters];
    const extent = { log, blocks: to.blocks - from.blocks, effects: to.effects - from.effects };
    const findings: CutFinding[] = [];
    for (const cut of cutsOf(extent, this.#options)) findings.push(...(await tryCut(this.#scenario, subject, cut)));
    return findings;
  }
}

/** Burns until the cut, and then everything that must still be possible. */
async function tryCut(scenario: Scenario, { burn, kept, trees }: CutSubject, cut: Cut): Promise<readonly CutFinding[]> {
  const findings: CutFinding[] = [];
  const find = (aspect: Aspect, what: string): void => {
    findings.push({ aspect, what: `After ${cutText(cut)} in the ${burn.name} burn: ${what}` });
  };
  const bench = await burnUntil(scenario, burn, cut);
  const { history } = await bench.look();
  if (!isAllowed(history, burn)) find("condition", `the disc is ${history.condition}`);
  await checkKept(bench, kept, history, find);
  const recovered = await recoverFrom(bench, history, find);
  if (recovered === undefined) return findings;
  await checkShown(bench, recovered, trees, find);
  await checkKept(bench, kept, recovered, find);
  await burnNext(bench, recovered, kept, find);
  return findings;
}

type Find = (aspect: Aspect, what: string) => void;

/** Burns the planned session again on the disc as it was, and brings the power back after the cut. */
export async function burnUntil(scenario: Scenario, burn: BurnTrial, cut: Cut): Promise<Workbench> {
  const bench = await Workbench.open(scenario.trial, burn.before.snapshot);
  await cutBurn(bench, burn.planned, burn, cut);
  return bench;
}

/** Burns a plan until the cut, and brings the power back. Every other cut leaves the open tracks damaged. */
export async function cutBurn(
  bench: Workbench,
  planned: PlannedSession,
  { image }: Pick<BurnTrial, "image">,
  { after, count, seed }: Cut,
): Promise<void> {
  bench.virtual.arm([{ fault: "power-cut", after, count, damagesTracks: seed % 2 === 1 }], seed);
  await bench.burn(planned, image).catch(() => {});
  bench.virtual.powerCut();
  await bench.powerOn();
}

function isAllowed({ condition }: History, { before }: BurnTrial): boolean {
  return allowed.includes(condition) || (condition === "empty" && before.kept.length === 0);
}

async function checkKept(bench: Workbench, kept: readonly KeptState[], { states }: History, find: Find): Promise<void> {
  for (const lost of await lostStates(bench, kept)) find("earlier", lost);
  for (const { state } of kept)
    if (!states.some(({ start, digest }) => start === state.start && digest === state.digest))
      find("earlier", `session ${state.index + 1} is no longer listed`);
}

/** The history of the whole disc; nothing when recovery fails. */
async function recoverFrom(bench: Workbench, history: History, find: Find): Promise<History | undefined> {
  if (history.condition === "whole" || history.condition === "empty") return history;
  const plans: SessionPlan[] = [];
  try {
    const report = await bench.recover((plan) => plans.push(plan));
    return report.history;
  } catch (error) {
    find("recovery", `the disc is ${history.condition} and recovery fails: ${firstLine(error)}`);
    return undefined;
  } finally {
    for (const plan of plans)
      if (closesAlone(plan))
        find("plans", `recovery closes the ${plan.condition} session and publishes nothing behind it`);
  }
}

/** Closing an interrupted session publishes it, so a whole one must follow in the same plan. */
function closesAlone({ condition, steps }: SessionPlan): boolean {
  if (condition !== "interrupted") return false;
  const first = steps.findIndex((step) => step.step === "close" && step.what !== "track");
  return first >= 0 && !steps.some((step) => step.step === "write");
}

/** What readers see without a hint; nothing on a disc that shows nothing. */
export async function listingShown(bench: Workbench, history: History): Promise<Listing> {
  const state = history.current === undefined ? undefined : history.states[history.current];
  if (state === undefined) return new Map();
  return listingOnDisc(fileSystemOf(bench.trial.fileSystems, state), bench.recorder, state);
}

async function checkShown(bench: Workbench, history: History, trees: readonly Listing[], find: Find): Promise<void> {
  try {
    const shown = await listingShown(bench, history);
    if (!trees.some((tree) => isSame(shown, tree)))
      find("recovery", `readers see neither the old tree nor the new one, but ${listed(shown)}`);
  } catch (error) {
    find("recovery", `what readers see cannot be read: ${firstLine(error)}`);
  }
}

/** Whether two trees have the same files with the same bytes. */
export function isSame(one: Listing, other: Listing): boolean {
  return one.size === other.size && [...one].every(([path, what]) => other.get(path) === what);
}

const listed = (listing: Listing): string => [...listing.keys()].join(" ") || "nothing";

async function burnNext(bench: Workbench, history: History, kept: readonly KeptState[], find: Find): Promise<void> {
  try {
    const { intent, image, listing } = await nextSession(bench, history, 9);
    const { history: now } = await bench.burn(await bench.mustPlan(intent, image), image);
    const state = newestState(now);
    assert.ok(state !== undefined, "no session is listed");
    await checkKept(bench, [...kept, { state, listing }], now, find);
  } catch (error) {
    find("next-burn", `the next burn fails: ${firstLine(error)}`);
  }
}
