import type { Medium } from "./medium.ts";

/** Sessions of a medium that are closed: all but the last one, and the last one when the recorder says so. */
export function closedSessions(medium: Medium): number {
  const sessions = medium.tracks.at(-1)?.session ?? 0;
  return medium.lastSession === "complete" ? sessions : Math.max(0, sessions - 1);
}
