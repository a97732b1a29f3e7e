import { type ImageShape, type Phase, phaseBlocks, runsOf } from "./extent.ts";
import {
  addPrices,
  type MechanismStep,
  type Offer,
  type PlanStep,
  type RefreshStep,
  type Refusal,
  refuse,
  type Settlement,
} from "./plan.ts";
import { type AddressSpace, type Price, rangeOf } from "./space.ts";
import type { Lba } from "./units.ts";

/**
 * The settlement that serves ordinary spaces: preparation, each phase with its barrier, finish. The medium is read
 * again after the preparation, after every phase that replaced something, and at the end. Pure.
 */
export function settleGenerically(offer: Offer, shape: ImageShape | undefined): Settlement {
  const ledger = new Ledger(offer);
  const steps: PlanStep[] = [];
  // An interrupted session is given up before the preparation closes it.
  if (offer.givesUp === undefined) prepare(offer, ledger, steps);
  for (const [index, phase] of (shape?.phases ?? []).entries()) {
    const refusal = settlePhase(phase, index, offer.space, ledger, steps);
    if (refusal !== undefined) return refusal;
    if (offer.givesUp !== undefined && index === 0) prepare(offer, ledger, steps);
  }
  const short = ledger.shortOf(offer.reserve);
  if (short !== undefined) return full(short.needed, short.free, offer.reserve);
  steps.push(...offer.finish);
  const last = lastRefresh(offer, ledger);
  if (JSON.stringify(last) !== JSON.stringify(steps.at(-1))) steps.push(last);
  return {
    kind: "settled",
    steps,
    cost: addPrices({ resource: "blocks", amount: ledger.used }, ...ledger.prices, ...offer.price),
  };
}

function prepare({ preparation }: Offer, ledger: Ledger, steps: PlanStep[]): void {
  steps.push(...preparation);
  if (preparation.length > 0) steps.push(...refresh(ledger));
}

function settlePhase(
  phase: Phase,
  index: number,
  space: AddressSpace,
  ledger: Ledger,
  steps: PlanStep[],
): Refusal | undefined {
  let hasReplaced = false;
  let first: Lba | undefined;
  for (const run of runsOf(phase)) {
    first ??= run.at;
    if (run.at + run.blocks > space.mediumEnd)
      return full(run.at + run.blocks - space.sessionStart, space.mediumEnd - space.sessionStart, 0);
    const range = rangeOf(space, run.at, run.blocks);
    if (range === undefined)
      return refuse(
        "OUTSIDE_SPACE",
        `${run.label} at ${run.at} (${run.blocks} blocks) lies in no range that may be written.`,
        "Report it to the author of the file system.",
      );
    if (range.rule === "append" && ledger.next(range.start) !== run.at) {
      return refuse(
        "OUTSIDE_SPACE",
        `${run.label} at ${run.at} is not at the next writable address ${ledger.next(range.start)}.`,
        "Report it to the author of the file system.",
      );
    }
    ledger.write(run.at, run.blocks);
    hasReplaced ||= range.rule === "replace";
  }
  if (first === undefined) return undefined;
  steps.push({ step: "write", phase: index, kind: phase.kind, at: first, blocks: phaseBlocks(phase) });
  if (phase.then !== "none") steps.push({ step: "barrier", kind: phase.then });
  if (hasReplaced) {
    if (phase.then !== "none") ledger.pay(...space.barrier[phase.then]);
    steps.push(...refresh(ledger));
  }
  return undefined;
}

function refresh(ledger: Ledger): readonly RefreshStep[] {
  return [{ step: "refresh-medium", expect: { next: ledger.nexts() } }];
}

/** A close moves and renames tracks, so after one only the number of sessions is known for certain. */
function lastRefresh(offer: Offer, ledger: Ledger): RefreshStep {
  const closes = [...offer.preparation, ...offer.finish].filter((step: MechanismStep) => step.step === "close");
  const isDiscClosed = closes.some((step) => step.what === "disc");
  return {
    step: "refresh-medium",
    expect: {
      next: closes.length > 0 ? [] : ledger.nexts(),
      ...(offer.closedSessions === undefined ? {} : { closedSessions: offer.closedSessions }),
      ...(isDiscClosed ? { status: "complete" as const } : {}),
    },
  };
}

function full(needed: number, free: number, reserve: number): Refusal {
  const kept = reserve > 0 ? ` (${reserve} of them are kept so that an interrupted burn can be repaired)` : "";
  return refuse(
    "DISC_FULL",
    `The session needs ${needed} blocks; ${Math.max(0, free)} are free${kept}.`,
    "Leave files out, or use a larger disc.",
  );
}

/** Where each append range stands while the phases are settled, and what they have used up. */
class Ledger {
  readonly prices: Price[] = [];
  used = 0;
  readonly #space: AddressSpace;
  readonly #givenUp: Lba | undefined;
  readonly #next: Map<Lba, Lba>;

  constructor({ space, givesUp }: Pick<Offer, "space" | "givesUp">) {
    this.#space = space;
    this.#givenUp = givesUp?.at;
    this.#next = new Map(
      space.ranges.filter(({ rule }) => rule === "append").map(({ start, next }) => [start, next ?? start]),
    );
  }

  next(rangeStart: Lba): Lba | undefined {
    return this.#next.get(rangeStart);
  }

  /** What the medium must show; a session that was given up is closed by then. */
  nexts(): RefreshStep["expect"]["next"] {
    return [...this.#next].flatMap(([track, next]) => (track === this.#givenUp ? [] : [{ track, next }]));
  }

  write(at: Lba, blocks: number): void {
    const range = rangeOf(this.#space, at, blocks);
    if (range === undefined) return;
    if (range.rule === "append") this.#move(range.start, blocks);
    // A head that is overwritten in place uses nothing up: its blocks were there before.
    if (range.rule === "once" || (range.rule === "overwrite" && at >= this.#space.sessionStart)) this.used += blocks;
    const units = Math.ceil(blocks / range.unit);
    for (const { resource, amount } of range.perUnit ?? []) {
      if (resource === "blocks" && range.takesFrom !== undefined) this.#move(range.takesFrom, amount * units);
      else this.prices.push({ resource, amount: amount * units });
    }
  }

  pay(...prices: readonly Price[]): void {
    this.prices.push(...prices);
  }

  /** Whether the append ranges, or the space behind the session, lack room for what was written and the reserve. */
  shortOf(reserve: number): { needed: number; free: number } | undefined {
    const appends = this.#space.ranges.filter(({ rule }) => rule === "append");
    for (const { start, end, next } of appends) {
      const now = this.#next.get(start) ?? start;
      const isMain = end === this.#space.mediumEnd;
      const kept = isMain ? reserve : 0;
      if (now + kept > end) return { needed: now - (next ?? start) + kept, free: end - (next ?? start) };
    }
    if (appends.length === 0) {
      const free = this.#space.mediumEnd - this.#space.sessionStart;
      if (this.used + reserve > free) return { needed: this.used + reserve, free };
    }
    return undefined;
  }

  #move(rangeStart: Lba, blocks: number): void {
    this.#next.set(rangeStart, (this.#next.get(rangeStart) ?? rangeStart) + blocks);
    this.used += blocks;
  }
}
