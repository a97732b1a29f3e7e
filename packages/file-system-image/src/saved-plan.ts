import {
  fingerprint,
  type History,
  type Medium,
  MultisessionError,
  type NextIdentity,
  type PlanStep,
  type SessionPlan,
} from "@multisession/core";
import type { ImagePlanOptions } from "./image-plan.ts";

/**
 * Reads a plan that was saved as JSON.
 *
 * @throws `PLAN_INVALID` when it is damaged or of a version that this program does not know.
 */
export function planFromJSON(json: string): SessionPlan {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw invalid("it is no JSON", cause);
  }
  if (!isRecord(value)) throw invalid("it is no object");
  if (value["format"] !== 1)
    throw invalid(`its format is ${JSON.stringify(value["format"]) ?? "missing"}, and this program knows 1`);
  for (const [name, isRight] of Object.entries(members))
    if (!isRight(value[name])) throw invalid(`its member "${name}" is missing or wrong`);
  return value as unknown as SessionPlan;
}

/** Checks that the disc is the one that a saved plan was made for. `uri`: of its recorder. @throws `WRONG_DISC`. */
export function checkDisc(
  saved: SessionPlan,
  { medium, history }: { readonly medium: Medium; readonly history: History },
  uri: string,
): void {
  if (saved.medium === fingerprint(medium, history)) return;
  throw new MultisessionError(
    "WRONG_DISC",
    `The plan was made for another disc than the one in ${uri}, or for this one in another state. Nothing was written.`,
    { subject: uri },
  );
}

/** What a saved plan was asked for. */
export function requestOf({ fixed, consent, tree, steps }: SessionPlan): ImagePlanOptions {
  const isClosing = steps.some((step) => step.step === "close" && step.what === "disc");
  return { fixed, consent, close: isClosing ? "disc" : "session", ...(tree === undefined ? {} : { tree }) };
}

/**
 * Checks that a saved plan's identity continues the life of the disc: a file that was edited must not begin another one.
 *
 * @throws `PLAN_INVALID`.
 */
export function checkIdentity({ fixed }: SessionPlan, { life, sequence }: NextIdentity): void {
  if (life !== undefined && life !== fixed.life) throw invalid("its session would belong to another disc");
  if (sequence !== fixed.sequence) throw invalid(`its session would be number ${fixed.sequence}, not ${sequence}`);
}

/**
 * Checks that the disc and the files still give the plan that was approved. `uri`: of the recorder.
 *
 * @throws `PLAN_DIFFERS`, with one line for each difference.
 */
export function checkSame(saved: SessionPlan, now: SessionPlan, uri: string): void {
  const differences = differencesOf(saved, now);
  if (differences.length === 0) return;
  const lines = differences.map((line) => `\n  - ${line}`).join("");
  throw new MultisessionError("PLAN_DIFFERS", `The plan is no longer what was approved. Nothing was written.${lines}`, {
    subject: uri,
  });
}

/**
 * What differs between the plan that was approved and the one that the disc and the files give now, one line for each
 * difference.
 */
export function differencesOf(saved: SessionPlan, now: SessionPlan): readonly string[] {
  const differences: string[] = [];
  for (const [member, what] of Object.entries(compared) as [keyof SessionPlan, string][]) {
    if (JSON.stringify(saved[member]) === JSON.stringify(now[member])) continue;
    differences.push(`${what}: planned ${shown(saved[member])}, now ${shown(now[member])}`);
  }
  if (saved.image !== now.image)
    differences.push("the files: paths, sizes, times, modes, owners or links are not those that were planned");
  const steps = Math.max(saved.steps.length, now.steps.length);
  for (let index = 0; index < steps; index++) {
    const [was, is] = [saved.steps[index], now.steps[index]];
    if (JSON.stringify(was) !== JSON.stringify(is))
      differences.push(`step ${index + 1}: planned ${stepText(was)}, now ${stepText(is)}`);
  }
  return differences;
}

const compared = {
  intent: "what is done",
  tree: "how much of the tree is written",
  mechanism: "the mechanism",
  fileSystems: "the file systems",
  condition: "the condition of the disc",
  state: "the new session",
  cost: "the cost",
  reserve: "the room kept for repair",
  consequences: "the consequences",
} as const;

const isText = (value: unknown): boolean => typeof value === "string";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isListOf = (isRight: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isRight);
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const isHex = (digits: number) => (value: unknown) =>
  typeof value === "string" && value.length === digits && /^[0-9a-f]*$/.test(value);

const members: Readonly<Record<string, (value: unknown) => boolean>> = {
  intent: isText,
  mechanism: isText,
  fileSystems: isListOf(isText),
  medium: isHex(64),
  fixed: (value) =>
    isRecord(value) &&
    isCount(value["time"]) &&
    isHex(32)(value["life"]) &&
    isCount(value["sequence"]) &&
    (value["sequence"] as number) <= 0xffff_ffff &&
    isHex(16)(value["nonce"]),
  condition: isText,
  tree: (value) => value === undefined || value === "full" || value === "delta",
  state: (value) =>
    value === undefined ||
    (isRecord(value) && isCount(value["start"]) && isCount(value["end"]) && isText(value["label"])),
  image: (value) => value === undefined || isHex(64)(value),
  steps: isListOf((value) => isRecord(value) && isText(value["step"])),
  cost: isListOf((value) => isRecord(value) && isText(value["resource"]) && typeof value["amount"] === "number"),
  reserve: isCount,
  consequences: isListOf(isText),
  consent: isListOf(isText),
};

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}

function stepText(step: PlanStep | undefined): string {
  return step === undefined ? "nothing" : JSON.stringify(step);
}

function invalid(why: string, cause?: unknown): MultisessionError {
  return new MultisessionError("PLAN_INVALID", `The saved plan cannot be used: ${why}.`, {
    subject: "plan",
    ...(cause === undefined ? {} : { cause }),
  });
}
