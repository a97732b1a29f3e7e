import type { Finding } from "@multisession/core";

/** Findings that a note tells; it says how many there are. */
const MOST = 3;

/** Says that a session may lack something, because the disc that it takes folders over from is damaged. */
export function importNotes(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, MOST).map(({ at, what }) => `Block ${at}: ${what}`);
  const number = findings.length === 1 ? "1 fault was" : `${findings.length} faults were`;
  const more = findings.length > MOST ? " …" : "";
  return [
    `${number} found on the disc; what could not be read because of that, if anything, is missing in this session too. ${shown.join(" ")}${more}`,
  ];
}
