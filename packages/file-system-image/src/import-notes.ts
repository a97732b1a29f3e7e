import type { Finding } from "@multisession/core";

/** Findings that a note tells; it says how many there are. */
const MOST = 3;

/** What a session lacks because folders of the disc that it takes over are damaged. */
export function importNotes(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, MOST).map(({ at, what }) => `Block ${at}: ${what}`);
  const number = findings.length === 1 ? "1 fault was" : `${findings.length} faults were`;
  const more = findings.length > MOST ? " …" : "";
  return [
    `${number} found in the folders on the disc: what cannot be read there is missing in this session too. ${shown.join(" ")}${more}`,
  ];
}
