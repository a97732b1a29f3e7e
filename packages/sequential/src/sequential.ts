import {
  type Assessment,
  appendBase,
  appendTrack,
  type Blocks,
  type CloseStep,
  closedSessions,
  type History,
  type Lba,
  type Medium,
  type Needs,
  native,
  newestState,
  type Offer,
  offer,
  type Purpose,
  refuse,
  refuseIntent,
  refuseRecovery,
  revertBase,
  roundUp,
  type SessionIntent,
  type SessionOffer,
  type Track,
  unsupported,
} from "@multisession/core";
import { ImapiSequential } from "./imapi-sequential.ts";

/**
 * Sessions one after another on write-once media: each burn is one session in one track, published by closing it.
 * An interrupted session is closed only together with a new one that shows a whole state again.
 */
export class Sequential extends ImapiSequential {
  protected override _assess(medium: Medium, purpose: Purpose): Assessment {
    if (medium.overwrite === "replace") return unsupported("formatted for pseudo-overwrite: no session can be closed");
    if (medium.overwrite === "in-place") return unsupported("overwritable, so it has no physical sessions");
    if (purpose === "import") return native("its sessions are found by track and session");
    if (medium.sessions === "none") return unsupported(whyNot(medium));
    if (medium.status === "complete") return unsupported("the disc is closed, nothing can be added");
    return native("one session for each burn, published by closing it");
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer {
    if (medium.sessions === "none") return refuse("NOT_WRITABLE", `It takes no sessions: ${whyNot(medium)}.`, "");
    switch (intent.kind) {
      case "first":
        return history.condition === "empty" ? session(medium, history, intent, needs) : refuseFirst(medium, history);
      case "append":
      case "revert":
        return session(medium, history, intent, needs);
      case "close":
        return closeDisc(medium, history);
      case "recover":
        return recovery(medium, history, needs);
      default:
        return refuseIntent(this.id, intent.kind);
    }
  }
}

function whyNot({ restriction }: Medium): string {
  return restriction ?? "no session can be closed on it as it is";
}

function refuseFirst({ formats }: Medium, { condition }: History): SessionOffer {
  if (condition !== "whole")
    return refuse("NEEDS_RECOVERY", `The disc is ${condition}.`, "Run `multisession recover`.");
  const blanks = formats.map(({ id }) => id).filter((id) => id.includes("blank"));
  return refuse(
    "NOT_BLANK",
    "The disc holds sessions, and this mechanism only adds to them.",
    `Append to it, or use a blank disc${blanks.length > 0 ? ` (this one can be blanked: ${blanks.join(", ")})` : ""}.`,
  );
}

function session(
  medium: Medium,
  history: History,
  intent: SessionIntent & { kind: "first" | "append" | "revert" },
  needs: Needs,
): SessionOffer {
  if (medium.status === "complete") return refuse("DISC_CLOSED", "The disc is closed; nothing can be added.", "");
  const base = baseOf(history, intent);
  if (base !== undefined && "code" in base) return base;
  const track = appendTrack(medium);
  if (track === undefined) return refuse("NOT_WRITABLE", "The recorder names no writable address.", "");
  const isLast = intent.kind !== "revert" && intent.close === "disc";
  const consequences: string[] = [];
  if (isLast) consequences.push(closedForGood);
  if (base === undefined) consequences.push("If this first burn is interrupted, recovery publishes an empty volume.");
  return offer({
    ...(base === undefined ? {} : { base }),
    space: spaceFrom(track.next, medium, needs),
    finish: closes(isLast ? "disc" : "session", "publishes the session"),
    closedSessions: closedSessions(medium) + 1,
    reserve: repairRoom(medium, needs),
    consequences,
  });
}

/** An old state that is shown again is a session with nothing but its head. */
function baseOf(
  history: History,
  intent: SessionIntent & { kind: "first" | "append" | "revert" },
): ReturnType<typeof appendBase> | undefined {
  if (intent.kind === "first") return undefined;
  return intent.kind === "append" ? appendBase(history, intent.base) : revertBase(history, intent.to);
}

/** Closes what was left open and at once publishes a whole state again, or only repeats the missing close. */
function recovery(medium: Medium, history: History, needs: Needs): SessionOffer {
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

function closeDisc(medium: Medium, history: History): SessionOffer {
  if (medium.status === "complete") return refuse("DISC_CLOSED", "The disc is closed already.", "");
  const base = appendBase(history, history.states.length - 1);
  if ("code" in base) return base;
  if (medium.isClosedOnlyWithSession && medium.lastSession === "empty")
    return refuse(
      "UNSUPPORTED_INTENT",
      "The last session is closed already; this kind of disc is closed for good only together with a session.",
      "Close the disc with the next session, or leave it open: it can be read as it is.",
    );
  const finish: readonly CloseStep[] = [{ step: "close", what: "disc", why: "closes the disc" }];
  return { ...steps(medium, finish), consequences: [closedForGood] };
}

const closedForGood = "The disc is closed for good: nothing can be added later.";

function spaceFrom(start: Lba, medium: Medium, needs: Needs): Parameters<typeof offer>[0]["space"] {
  const { unit, capacity, minimumTrack = 0 } = medium;
  const end = medium.tracks.reduce((last, track) => Math.max(last, track.start + track.size), 0) || capacity;
  return {
    ranges: start < end ? [{ start, end, rule: "append", next: start, unit }] : [],
    sessionStart: start,
    sessionUnit: unit,
    mediumEnd: end,
    minimum: Math.max(unit, needs.headBlocks, minimumTrack),
    published: { by: "close" },
    barrier: { ordered: [], durable: [] },
  };
}

/** An offer that writes nothing: the closes alone do it. */
function steps(medium: Medium, finish: readonly CloseStep[], closed?: number): ReturnType<typeof offer> {
  const space = { ...spaceFrom(medium.capacity, medium, { atLeast: 0, headBlocks: 0 }), ranges: [] };
  return offer({ content: "none", space, finish, ...(closed === undefined ? {} : { closedSessions: closed }) });
}

function closes(what: "session" | "disc", why: string): readonly CloseStep[] {
  return [
    { step: "close", what: "track", why: "ends the recording" },
    { step: "close", what, why },
  ];
}

/** What recovery needs behind an interrupted session: what the cut left unfinished, the mark, the gaps, and a head. */
function repairRoom({ unit, sessionGap, minimumTrack = 0 }: Medium, { headBlocks }: Needs): Blocks {
  const least = Math.max(unit, minimumTrack);
  return 2 * least + 2 * sessionGap + roundUp(Math.max(least, headBlocks), unit);
}
