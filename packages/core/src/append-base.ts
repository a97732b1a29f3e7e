import type { History, StateRef } from "./history.ts";
import { type Refusal, refuse } from "./plan.ts";

const foreignLast = "What was recorded last is of another program, in a form that no registered file system knows;";
const unreadableLast = "What decides about the newest session cannot be read;";

/** The state that an append builds on, or why nothing can be appended: the same rule for every mechanism. */
export function appendBase(history: History, index: number): StateRef | Refusal {
  if (history.condition === "empty")
    return refuse("IMPORT_SEEK_FAILURE", "The disc is empty.", "Record a first session.");
  if (history.condition === "foreign")
    return refuse("FOREIGN_CONTENT", `${foreignLast} a new session would hide it.`, "");
  if (history.condition === "unreadable")
    return refuse("DAMAGED_CONTENT", `${unreadableLast} a new session would hide it.`, "");
  if (history.condition !== "whole")
    return refuse("NEEDS_RECOVERY", `The disc is ${history.condition}.`, "Run `multisession recover`.");
  return (
    history.states[index] ??
    refuse("UNKNOWN_SESSION", `The disc has no session ${index + 1}.`, "`multisession sessions` lists them.")
  );
}

/** The state that readers are to see again, or why it cannot be shown: the same rule for every mechanism. */
export function revertBase(history: History, index: number): StateRef | Refusal {
  const base = appendBase(history, index);
  if ("code" in base || index !== history.current) return base;
  return refuse("ALREADY_CURRENT", `Session ${index + 1} is what readers see already.`, "");
}

/** The refusal of an intent that a mechanism does not have. */
export function refuseIntent(mechanism: string, intent: string): Refusal {
  return refuse(
    "UNSUPPORTED_INTENT",
    `The mechanism "${mechanism}" does not do "${intent}".`,
    "Extract the older session and record it as a new one.",
  );
}

/** Why a disc in this condition is not recovered. What another program wrote, or what may be good, is never hidden. */
export function refuseRecovery({ condition }: History): Refusal {
  switch (condition) {
    case "foreign":
      return refuse("FOREIGN_CONTENT", `${foreignLast} a recovery would hide it.`, "");
    case "unreadable":
      return refuse(
        "DAMAGED_CONTENT",
        `${unreadableLast} a recovery would hide it.`,
        "Clean the disc, or try another drive.",
      );
    case "whole":
    case "empty":
      return refuse("NOTHING_TO_RECOVER", `The disc is ${condition}.`, "");
    default:
      return refuse("UNSUPPORTED_INTENT", `This mechanism does not recover a disc that is ${condition}.`, "");
  }
}
