import {
  type Assessment,
  appendBase,
  appendTrack,
  type Blocks,
  type CloseStep,
  closedSessions,
  type History,
  type Medium,
  type Needs,
  native,
  offer,
  type Purpose,
  refuse,
  refuseIntent,
  revertBase,
  roundUp,
  type SessionIntent,
  type SessionOffer,
  unsupported,
} from "@multisession/core";
import { ImapiSequential } from "./imapi-sequential.ts";
import { recovery } from "./recovery.ts";
import { closes, spaceFrom, steps } from "./session-space.ts";

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

/** Nothing begins anew on a disc that is written once; what could be mended is mended first. */
function refuseFirst({ formats }: Medium, { condition }: History): SessionOffer {
  const blanks = formats.map(({ id }) => id).filter((id) => id.includes("blank"));
  const another = `use a blank disc${blanks.length > 0 ? ` (this one can be blanked: ${blanks.join(", ")})` : ""}.`;
  switch (condition) {
    case "whole":
      return refuse(
        "NOT_BLANK",
        "The disc holds sessions, and this mechanism only adds to them.",
        `Append to it, or ${another}`,
      );
    case "foreign":
      return refuse(
        "FOREIGN_CONTENT",
        "The disc holds what another program recorded, in a form that no registered file system knows, and it cannot begin anew.",
        `Leave it as it is, and ${another}`,
      );
    case "unreadable":
      return refuse(
        "DAMAGED_CONTENT",
        "What decides about the newest session cannot be read, and the disc cannot begin anew.",
        `Clean the disc, try another drive, or ${another}`,
      );
    default:
      return refuse("NEEDS_RECOVERY", `The disc is ${condition}.`, "Run `multisession recover`.");
  }
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

/** What recovery needs behind an interrupted session: what the cut left unfinished, the mark, the gaps, and a head. */
function repairRoom({ unit, sessionGap, minimumTrack = 0 }: Medium, { headBlocks }: Needs): Blocks {
  const least = Math.max(unit, minimumTrack);
  return 2 * least + 2 * sessionGap + roundUp(Math.max(least, headBlocks), unit);
}
