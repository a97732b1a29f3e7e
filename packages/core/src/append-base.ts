import type { History, StateRef } from "./history.ts";
import { type Refusal, refuse } from "./plan.ts";

/** The state that an append builds on, or why nothing can be appended: the same rule for every mechanism. */
export function appendBase(history: History, index: number): StateRef | Refusal {
  if (history.condition === "empty")
    return refuse("IMPORT_SEEK_FAILURE", "The disc is empty.", "Record a first session.");
  if (history.condition !== "whole")
    return refuse("NEEDS_RECOVERY", `The disc is ${history.condition}.`, "Run `multisession recover`.");
  return (
    history.states[index] ??
    refuse("UNKNOWN_SESSION", `The disc has no session ${index + 1}.`, "`multisession sessions` lists them.")
  );
}

/** The refusal of an intent that a mechanism does not have. */
export function refuseIntent(mechanism: string, intent: string): Refusal {
  return refuse(
    "UNSUPPORTED_INTENT",
    `The mechanism "${mechanism}" does not do "${intent}".`,
    "Extract the older session and record it as a new one.",
  );
}
