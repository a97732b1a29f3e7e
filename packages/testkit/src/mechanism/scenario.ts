import assert from "node:assert/strict";
import {
  type BurnReport,
  type FileSystem,
  type History,
  type Medium,
  newestState,
  type PlannedSession,
  type SessionIntent,
  type StateRef,
} from "@multisession/core";
import type { LoggedCommand, Snapshot } from "@multisession/driver-virtual";
import {
  type Listing,
  listingAfter,
  listingOnDisc,
  type SampleImage,
  sampleImage,
  treeOnDisc,
} from "../workbench/sample-image.ts";
import { type Trial, Workbench } from "../workbench/workbench.ts";

/** A disc at one time, and what must never be lost from it. */
export interface DiscState {
  /** To go back to. */
  readonly snapshot: Snapshot;
  /** What the recorder says. */
  readonly medium: Medium;
  /** What the mechanism reads. */
  readonly history: History;
  /** Each state with what it shows, oldest first. */
  readonly kept: readonly KeptState[];
}

/** A state that was burned, and what it shows. */
export interface KeptState {
  /** The state. */
  readonly state: StateRef;
  /** Its files. */
  readonly listing: Listing;
}

/** One burn of the scenario, with what was seen of it. */
export interface BurnTrial {
  /** Such as `first`. */
  readonly name: string;
  /** What was asked. */
  readonly intent: SessionIntent;
  /** What was burned; absent when an old state was shown again. */
  readonly image: SampleImage | undefined;
  /** What the disc must show afterwards. */
  readonly listing: Listing;
  /** The disc before. */
  readonly before: DiscState;
  /** The plan. */
  readonly planned: PlannedSession;
  /** What core reports of it; the error when it failed. */
  readonly outcome: BurnReport | Error;
  /** The commands of the burn. */
  readonly log: readonly LoggedCommand[];
  /** The disc after. */
  readonly after: DiscState;
}

/** What a mechanism's descriptor lets it be asked; consents are given. */
export const firstIntent: SessionIntent = { kind: "first", close: "session", consent: ["irreversible-format"] };

/** An append that builds on a state. */
export function appendIntent(base: number): SessionIntent {
  return { kind: "append", close: "session", base, consent: [] };
}

/** Burns of a scenario: the first session, and two appends, of which the second proves that the first left the disc in order. */
const ROUNDS = 3;

/** Burns that a mechanism can be asked for: only the first when it does not claim `append`. */
export function roundsOf({ trial }: Scenario): number {
  return trial.plugin.supports.intents.includes("append") ? ROUNDS : 1;
}

/** A first session and two appends, each made once and looked at by many rules. */
export class Scenario {
  /** What the trial is about. */
  readonly trial: Trial;
  readonly #burns = new Map<number, Promise<BurnTrial>>();
  #blank: Promise<DiscState> | undefined;

  constructor(trial: Trial) {
    this.trial = trial;
  }

  /** The fresh disc. */
  blank(): Promise<DiscState> {
    this.#blank ??= Workbench.open(this.trial).then((bench) => lookAt(bench, []));
    return this.#blank;
  }

  /** Burn number `round`, from 1, whether it succeeded or not. @throws when its plan was refused, or one before it failed. */
  burn(round: number): Promise<BurnTrial> {
    const known = this.#burns.get(round);
    if (known !== undefined) return known;
    const made = this.#burn(round);
    this.#burns.set(round, made);
    return made;
  }

  /** Burn number `round`, which must have succeeded for the rule that asks. */
  async done(round: number): Promise<BurnTrial & { readonly outcome: BurnReport }> {
    const made = await this.burn(round);
    const { outcome } = made;
    if (outcome instanceof Error)
      assert.fail(`This rule was not tried: the ${made.name} burn failed: ${outcome.message}`);
    return { ...made, outcome };
  }

  /** A first session on the used disc, with consent to give its sessions up; nothing where a mechanism refuses that. */
  async anew(): Promise<(BurnTrial & { readonly outcome: BurnReport }) | undefined> {
    const before = (await this.done(1)).after;
    const bench = await Workbench.open(this.trial, before.snapshot);
    const intent: SessionIntent = { kind: "first", close: "session", consent: ["give-up-sessions"] };
    const image = sampleImage(4, undefined);
    const planned = await bench.plan(intent, image);
    if (planned.kind === "refused") return undefined;
    const listing = await listingAfter(image, undefined);
    const burn = await perform(bench, { name: "fresh", intent, image, listing, before, planned });
    if (burn.outcome instanceof Error) assert.fail(`A first session on a used disc failed: ${burn.outcome.message}`);
    return { ...burn, outcome: burn.outcome };
  }

  /** The first session shown again after the second; nothing where a mechanism does not claim that. */
  async back(): Promise<(BurnTrial & { readonly outcome: BurnReport }) | undefined> {
    if (!this.trial.plugin.supports.intents.includes("revert") || roundsOf(this) < 2) return undefined;
    const before = (await this.done(2)).after;
    const bench = await Workbench.open(this.trial, before.snapshot);
    const intent: SessionIntent = { kind: "revert", to: 0 };
    const planned = await bench.mustPlan(intent);
    const listing = before.kept[0]?.listing ?? new Map();
    const burn = await perform(bench, { name: "revert", intent, image: undefined, listing, before, planned });
    if (burn.outcome instanceof Error) assert.fail(`Going back to the first session failed: ${burn.outcome.message}`);
    return { ...burn, outcome: burn.outcome };
  }

  async #burn(round: number): Promise<BurnTrial> {
    const before = round === 1 ? await this.blank() : (await this.done(round - 1)).after;
    const bench = await Workbench.open(this.trial, before.snapshot);
    const { intent, image, listing } = await nextSession(bench, before.history, round);
    const planned = await bench.mustPlan(intent, image);
    const name = round === 1 ? "first" : `append ${round - 1}`;
    return perform(bench, { name, intent, image, listing, before, planned });
  }
}

async function perform(bench: Workbench, asked: Omit<BurnTrial, "outcome" | "log" | "after">): Promise<BurnTrial> {
  const { planned, image, before, listing } = asked;
  bench.virtual.clearLog();
  const outcome = await bench.burn(planned, image).catch((error: unknown) => error as Error);
  const log = [...bench.virtual.log];
  const kept = outcome instanceof Error ? before.kept : keepAlso(before.kept, outcome.history, listing);
  return { ...asked, outcome, log, after: await lookAt(bench, kept) };
}

async function lookAt(bench: Workbench, kept: readonly KeptState[]): Promise<DiscState> {
  const { medium, history } = await bench.look();
  return { snapshot: bench.virtual.snapshot(), medium, history, kept };
}

/** The states of a history, with the listing of the newest one added. */
function keepAlso(kept: readonly KeptState[], history: History, listing: Listing): readonly KeptState[] {
  const newest = newestState(history);
  return newest === undefined ? kept : [...kept, { state: newest, listing }];
}

/** The session that comes next on a disc: a first one where nothing is, else one more on what readers see. */
export async function nextSession(
  bench: Workbench,
  history: History,
  round: number,
  fillBlocks = 0,
): Promise<{ readonly intent: SessionIntent; readonly image: SampleImage; readonly listing: Listing }> {
  const base = newestState(history);
  if (base === undefined) {
    const image = sampleImage(round, undefined, fillBlocks);
    return { intent: firstIntent, image, listing: await listingAfter(image, undefined) };
  }
  const fileSystem = fileSystemOf(bench.trial.fileSystems, base);
  const image = sampleImage(round, await treeOnDisc(fileSystem, bench.recorder, base), fillBlocks);
  const listing = await listingAfter(image, await listingOnDisc(fileSystem, bench.recorder, base));
  return { intent: appendIntent(base.index), image, listing };
}

/** The file system that wrote a state. */
export function fileSystemOf(fileSystems: readonly FileSystem[], state: StateRef): FileSystem {
  const found = fileSystems.find(({ id }) => id === state.fileSystem);
  if (found === undefined) throw new TypeError(`No file system of the suite is named ${state.fileSystem}`);
  return found;
}

/** Reads every byte of states and says which are not as they were. */
export async function lostStates(bench: Workbench, kept: readonly KeptState[]): Promise<readonly string[]> {
  const lost: string[] = [];
  for (const { state, listing } of kept) {
    const name = `session ${state.index + 1} (“${state.label}” at block ${state.start})`;
    try {
      const fileSystem = fileSystemOf(bench.trial.fileSystems, state);
      assert.deepEqual(await listingOnDisc(fileSystem, bench.recorder, state), listing);
    } catch (error) {
      lost.push(`${name}: ${firstLine(error)}`);
    }
  }
  return lost;
}

/** The first line of an error's message. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
