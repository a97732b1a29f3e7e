import { describe, it } from "vitest";
import { type Need, needs } from "./programs.ts";

/**
 * A group of tests that needs programs of the system.
 *
 * Where all are present, an ordinary `describe`. Where one is missing, the group is skipped and its name says why; when
 * `CI` is set nothing may be skipped, and one failing test says what is missing.
 *
 * @param wanted - Names of programs, or needs of another kind that the caller has looked for.
 * @param name - Name of the group.
 * @param define - Defines the tests, as in `describe`.
 */
export function describeWith(wanted: readonly (string | Need)[], name: string, define: () => void): void {
  const missing = wanted
    .map((want) => (typeof want === "string" ? needs(want) : want))
    .filter((need) => !need.available);
  const reason = missing.map((need) => need.reason).join("; ");
  if (missing.length === 0) describe(name, define);
  else if (mayNotSkip()) {
    describe(name, () => {
      it("finds what it needs", () => {
        throw new Error(`${reason}. With CI set, no test is skipped.`);
      });
    });
  } else describe.skip(`${name} (skipped: ${reason})`, define);
}

function mayNotSkip(): boolean {
  const ci = process.env["CI"] ?? "";
  return ci !== "" && ci !== "0" && ci !== "false";
}
