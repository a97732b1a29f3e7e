import { type DiscRecorder, MultisessionError, type OnEvent } from "@multisession/core";
import type { Verification } from "./image-plan.ts";
import type { ProgressItems } from "./progress-items.ts";

/** Most differences that a message lists; each one is told as an event. */
const MOST_LISTED = 10;

/**
 * Proves that what was read back is what was written. What was damaged at its source already is in the report; what
 * came back otherwise is a failure.
 *
 * @throws `VERIFY_FAILED`.
 */
export function proveVerified(
  { report }: Verification,
  items: ProgressItems,
  { uri }: DiscRecorder,
  onEvent: OnEvent | undefined,
): void {
  if (report.outcome === "no-hashes")
    throw new MultisessionError("VERIFY_FAILED", "The new session's trailer cannot be read back.", { subject: uri });
  const faults = report.faults
    .filter(({ fault }) => fault !== "damaged")
    .map(({ at, what }) => ({ at, what, label: items.itemFromBlock(at)?.description ?? `block ${at}` }));
  if (faults.length === 0) return;
  for (const { at, what, label } of faults) onEvent?.({ type: "damage", label, at, what });
  const lines = faults.slice(0, MOST_LISTED).map(({ label, at, what }) => `\n  - ${label} at block ${at}: ${what}`);
  const more = faults.length > lines.length ? `\n  and ${faults.length - lines.length} more` : "";
  throw new MultisessionError("VERIFY_FAILED", `What was read back differs:${lines.join("")}${more}`, {
    subject: uri,
  });
}
