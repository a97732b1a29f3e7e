import type { History } from "./history.ts";
import type { Consequence, SessionIntent } from "./intent.ts";
import type { Medium } from "./medium.ts";
import { type PlanStep, type PrepareStep, type Refusal, refuse } from "./plan.ts";

/** What a burn is about. */
interface Occasion {
  readonly medium: Medium;
  readonly history: History;
  readonly intent: SessionIntent;
}

/** Whether a burn starts a new life of the disc over what it holds: an empty volume comes first. */
export function startsAnew({ history, intent }: Pick<Occasion, "history" | "intent">): boolean {
  return intent.kind === "first" && history.condition !== "empty";
}

/**
 * Whatever cannot be undone is refused until the intent names it: the same rule for every mechanism, made from the steps,
 * the medium and what is on it, not from what the mechanism says of itself.
 */
export function missingConsent(steps: readonly PlanStep[], occasion: Occasion): Refusal | undefined {
  const { intent } = occasion;
  const consent: readonly Consequence[] = "consent" in intent ? intent.consent : [];
  const missing = consequencesOf(steps, occasion).filter((consequence) => !consent.includes(consequence));
  if (missing.length === 0) return undefined;
  return refuse(
    "CONSENT_REQUIRED",
    missing.map((consequence) => textOf(consequence, steps, occasion.medium)).join(" "),
    `To accept it, name it: ${missing.join(", ")}.`,
  );
}

function textOf(consequence: Consequence, steps: readonly PlanStep[], medium: Medium): string {
  switch (consequence) {
    case "give-up-sessions":
      return "The sessions on this disc would be given up.";
    case "irreversible-format": {
      const why = irreversibleFormats(steps, medium).map((step) => step.why);
      return `The disc would be formatted in a way that cannot be undone: ${why.join("; ")}.`;
    }
    case "close-disc":
      return "The disc would be closed for good; nothing could be added later.";
  }
}

function consequencesOf(steps: readonly PlanStep[], occasion: Occasion): readonly Consequence[] {
  const { medium, history } = occasion;
  const isUsed = history.condition !== "empty";
  const needed: Consequence[] = [];
  if (startsAnew(occasion) || (isUsed && steps.some(({ step }) => step === "prepare"))) needed.push("give-up-sessions");
  if (irreversibleFormats(steps, medium).length > 0) needed.push("irreversible-format");
  if (steps.some((step) => step.step === "close" && step.what === "disc")) needed.push("close-disc");
  return needed;
}

/** Formats that the recorder, or the mechanism, calls irreversible, and such as the recorder does not offer. */
function irreversibleFormats(steps: readonly PlanStep[], { formats }: Medium): readonly PrepareStep[] {
  return steps.filter(
    (step): step is PrepareStep =>
      step.step === "prepare" &&
      (step.isIrreversible || formats.find(({ id }) => id === step.format)?.isIrreversible !== false),
  );
}
