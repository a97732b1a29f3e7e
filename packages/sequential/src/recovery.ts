import {
  appendTrack,
  closedSessions,
  type History,
  type Lba,
  type Medium,
  type Needs,
  newestState,
  type Offer,
  offer,
  refuse,
  refuseRecovery,
  roundUp,
  type SessionOffer,
  type Track,
} from "@multisession/core";
import { closes, spaceFrom, steps } from "./session-space.ts";

/** Closes what was left open and at once publishes a whole state again, or only repeats the missing close. */
export function recovery(medium: Medium, history: History, needs: Needs): SessionOffer {
  const track = appendTrack(medium);
  switch (history.condition) {
    case "closing": {
      const isTrackOpen = track !== undefined && track.next > track.start;
      const missing = closes("session", "the last burn was cut before its close").slice(isTrackOpen ? 0 : 1);
      return steps(medium, missing, closedSessions(medium) + 1);
    }
    case "interrupted":
    case "old-hidden": {
      if (track === undefined) {
        return refuse(
          "NOT_WRITABLE",
          "No whole state can be published: nothing can be written any more.",
          "Extract the last whole session with `multisession extract --session`.",
        );
      }
      const base = newestState(history);
      return offer({
        ...(base === undefined ? { consequences: ["The disc will show an empty volume."] } : { base }),
        ...behindInterrupted(medium, track, needs),
        finish: closes("session", "publishes the whole state again"),
      });
    }
    default:
      return refuseRecovery(history);
  }
}

/**
 * The space behind an interrupted session. While that is open it is given up first: marked at its end, so that nobody
 * takes it for a scratched one later, and closed. The mark fills the track up to the shortest that the medium takes.
 */
function behindInterrupted(
  medium: Medium,
  track: Track & { readonly next: Lba },
  needs: Needs,
): Pick<Offer, "space" | "closedSessions"> & Partial<Offer> {
  const { unit, minimumTrack = 0, sessionGap } = medium;
  const closed = closedSessions(medium) + 1;
  if (!isSessionOpen(medium, track)) return { space: spaceFrom(track.next, medium, needs), closedSessions: closed };
  const { start, next } = track;
  const end = roundUp(Math.max(next + 1, start + minimumTrack), unit);
  const space = spaceFrom(end + sessionGap, medium, needs);
  // A cut may have left the next address in the middle of a unit.
  const marked = { start: next, end, rule: "append", next, unit: next % unit === 0 ? unit : 1 } as const;
  return {
    givesUp: { at: next, blocks: end - next },
    preparation: closes("session", "it was interrupted; the next steps publish a whole session behind it"),
    space: { ...space, ranges: [marked, ...space.ranges] },
    closedSessions: closed + 1,
  };
}

function isSessionOpen({ tracks, lastSession }: Medium, open: Track & { readonly next: Lba }): boolean {
  const isRecorded = tracks.some(
    ({ number, session, state }) =>
      number !== open.number && session === open.session && state !== "blank" && state !== "reserved",
  );
  return open.next > open.start || isRecorded || lastSession === "incomplete";
}
