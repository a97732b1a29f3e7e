import { MultisessionError } from "./errors.ts";
import type { ImageShape } from "./extent.ts";
import type { Condition, History } from "./history.ts";
import type { Assessment, SessionIntent } from "./intent.ts";
import type { Medium } from "./medium.ts";
import type { Offer, PlanStep, PrepareStep, SessionOffer, Settlement } from "./plan.ts";
import { provePlan } from "./prove-plan.ts";

/** Checks what a mechanism says of a medium. @throws `BAD_MULTISESSION_PARAMETER`. */
export function checkAssessment(id: string, value: Assessment): Assessment {
  if (!["supported", "after-preparation", "unsupported"].includes(value?.verdict))
    throw bad(id, `its verdict is ${String(value?.verdict)}`);
  if (!["native", "usable", "last-resort"].includes(value.fit)) throw bad(id, `its fit is ${String(value.fit)}`);
  if (typeof value.reason !== "string" || value.reason.trim() === "") throw bad(id, "its assessment gives no reason");
  if (value.verdict === "after-preparation" && value.preparation === undefined)
    throw bad(id, "it wants a preparation and does not say which");
  return value;
}

const conditions: Readonly<Record<Condition, true>> = {
  empty: true,
  whole: true,
  "old-hidden": true,
  closing: true,
  "torn-head": true,
  interrupted: true,
  unreadable: true,
  foreign: true,
};

/** Checks what a mechanism says is on a disc. @throws `BAD_MULTISESSION_PARAMETER`. */
export function checkHistory(id: string, value: History): History {
  if (!Object.hasOwn(conditions, value?.condition)) throw bad(id, `its history calls the disc ${value?.condition}`);
  if (!Array.isArray(value.states) || !Array.isArray(value.findings)) throw bad(id, "its history lists nothing");
  if (value.states.some(({ index }, place) => index !== place)) throw bad(id, "its states are not numbered in order");
  if (value.current !== undefined && value.states[value.current] === undefined)
    throw bad(id, `its history shows the state ${value.current}, which it does not list`);
  return value;
}

/** Checks the space that a mechanism offers: inside the medium, aligned, ranges apart, publication possible. @throws `BAD_MULTISESSION_PARAMETER`. */
export function checkOffer(id: string, medium: Medium, value: SessionOffer): SessionOffer {
  if (value?.kind === "refused") {
    if (!value.code || !value.reason) throw bad(id, "it refuses without code or reason");
    return value;
  }
  if (value?.kind !== "offer") throw bad(id, "it neither offers nor refuses");
  const { space } = value;
  const isFormatting = value.preparation.some(({ step }) => step === "prepare");
  for (const step of value.preparation) if (step.step === "prepare") checkFormat(id, medium, step);
  if (value.givesUp !== undefined && (value.content !== "session" || space.published.by !== "close"))
    throw bad(id, "it gives a session up and publishes none behind it");
  if (!isFormatting && space.mediumEnd > medium.capacity)
    throw bad(id, `its space ends at ${space.mediumEnd}, the medium at ${medium.capacity}`);
  const ranges = space.ranges.toSorted((a, b) => a.start - b.start);
  for (const [index, range] of ranges.entries()) {
    const { start, end, unit, rule, next } = range;
    if (![start, end, unit].every((value) => Number.isSafeInteger(value) && value >= 0) || end < start || unit < 1)
      throw bad(id, `the range ${start}..${end} makes no sense`);
    if ((rule === "append") !== (next !== undefined))
      throw bad(id, `the range at ${start} must name its next address exactly when its rule is append`);
    if (next !== undefined && (next < start || next > end))
      throw bad(id, `the next address ${next} lies outside its range ${start}..${end}`);
    if (rule === "replace" && !space.ranges.some((other) => other.rule === "append" && other.start === range.takesFrom))
      throw bad(id, `the range at ${start} takes from ${range.takesFrom}, where nothing can be appended`);
    const before = ranges[index - 1];
    if (before !== undefined && before.end > start) throw bad(id, `the ranges at ${before.start} and ${start} overlap`);
    if (end > space.mediumEnd) throw bad(id, `the range at ${start} ends behind the medium`);
  }
  if (value.content === "session") checkSession(id, value);
  return value;
}

function checkFormat(id: string, { formats }: Medium, { format, isIrreversible }: PrepareStep): void {
  const offered = formats.find((option) => option.id === format);
  if (offered === undefined) throw bad(id, `the recorder does not offer the format ${format}`);
  if (offered.isIrreversible && !isIrreversible)
    throw bad(id, `it says that the format ${format} can be undone, and it cannot`);
}

function checkSession(id: string, { space }: Offer): void {
  const home = space.ranges.find(({ start, end }) => space.sessionStart >= start && space.sessionStart < end);
  if (home === undefined && space.sessionStart < space.mediumEnd)
    throw bad(id, `the session starts at ${space.sessionStart}, where nothing may be written`);
  if (home !== undefined && (space.sessionStart % home.unit !== 0 || space.sessionUnit % home.unit !== 0))
    throw bad(
      id,
      `a session at ${space.sessionStart} in units of ${space.sessionUnit} is not aligned to the write unit ${home.unit}`,
    );
  if (home?.rule === "append" && home.next !== space.sessionStart)
    throw bad(id, `the session starts at ${space.sessionStart}, not at the next writable address ${home.next}`);
  if (space.published.by === "head") {
    const { at, unit } = space.published;
    const range = space.ranges.find(({ start, end }) => at >= start && at + unit <= end);
    if (range === undefined || at % range.unit !== 0 || unit !== range.unit)
      throw bad(id, `its commit at ${at} (${unit} blocks) is not exactly one write unit`);
    if (at > 16 || at + unit <= 18) throw bad(id, `its commit at ${at} does not hold the descriptors at block 16`);
  }
}

/**
 * Checks that an offer does what was asked, and gives nothing up that is on the disc: the rules that hold for every
 * mechanism, whatever it is made of. @throws `BAD_MULTISESSION_PARAMETER`.
 */
export function checkPurpose(id: string, offered: Offer, intent: SessionIntent, history: History): void {
  const { content, space, preparation, finish, givesUp } = offered;
  const isNew = intent.kind === "first" || intent.kind === "append" || intent.kind === "revert";
  if (isNew && content !== "session") throw bad(id, `it offers no session for "${intent.kind}"`);
  if (intent.kind === "append" || intent.kind === "revert") {
    const kept = history.states.find(({ end }) => end > space.sessionStart || end > (space.chainFrom ?? end));
    if (kept !== undefined)
      throw bad(
        id,
        `its session at ${space.sessionStart} lies over session ${kept.index + 1}, which ends at ${kept.end}`,
      );
  }
  const closes = (steps: readonly PlanStep[]): boolean =>
    steps.some((step) => step.step === "close" && step.what !== "track");
  if (intent.kind !== "recover" || history.condition !== "interrupted") return;
  if (content !== "session" && (closes(preparation) || closes(finish)))
    throw bad(id, "it closes an interrupted session and publishes none behind it");
  if (closes(preparation) && givesUp === undefined)
    throw bad(id, "it closes an interrupted session without a mark that gives it up");
}

/** Checks the steps that a mechanism settles on. @throws `BAD_MULTISESSION_PARAMETER`. */
export function checkSettlement(
  id: string,
  offer: Offer,
  shape: ImageShape | undefined,
  value: Settlement,
): Settlement {
  if (value?.kind === "refused") return value;
  if (value?.kind !== "settled") throw bad(id, "it neither settles nor refuses");
  const fault = provePlan(offer, shape, value.steps);
  if (fault !== undefined) throw bad(id, fault);
  return value;
}

function bad(id: string, what: string): MultisessionError {
  return new MultisessionError("BAD_MULTISESSION_PARAMETER", `The mechanism "${id}" makes no sense: ${what}.`, {
    subject: id,
  });
}
