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

const consequenceText: Readonly<Record<Consequence, string>> = {
  "give-up-sessions": "The sessions on this disc would be given up.",
  "irreversible-format": "The disc would be formatted in a way that cannot be undone.",
  "close-disc": "The disc would be closed for good; nothing could be added later.",
};

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
  const formats = missing.includes("irreversible-format") ? irreversibleFormats(steps, occasion.medium) : [];
  return refuse(
    "CONSENT_REQUIRED",
    [...missing.map((consequence) => consequenceText[consequence]), ...formats.map(({ why }) => why)].join(" "),
    `To accept it, name it: ${missing.join(", ")}.`,
  );
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
