import {
  type Assessment,
  appendTrack,
  type Blocks,
  type CloseStep,
  closedSessions,
  type History,
  type IMultisessionSequential2,
  type Lba,
  type Medium,
  Multisession,
  MultisessionError,
  type Needs,
  NO_PREVIOUS_SESSION,
  newestState,
  type Offer,
  type Purpose,
  refuse,
  roundUp,
  type SessionIntent,
  type SessionOffer,
  type StateRef,
  type Track,
} from "@multisession/core";

/**
 * Sessions one after another on write-once media: each burn is one session in one track, published by closing it.
 * An interrupted session is closed only together with a new one that shows a whole state again.
 */
export class Sequential extends Multisession implements IMultisessionSequential2 {
  get isFirstDataSession(): Promise<boolean> {
    return this.importRecorder.medium().then((medium) => recordedTracks(medium).length === 0);
  }

  get startAddressOfPreviousSession(): Promise<Lba> {
    return this.importRecorder.medium().then((medium) => previousSession(medium)?.start ?? NO_PREVIOUS_SESSION);
  }

  get lastWrittenAddressOfPreviousSession(): Promise<Lba> {
    return this.importRecorder.medium().then((medium) => {
      const session = previousSession(medium);
      return session === undefined ? NO_PREVIOUS_SESSION : session.end - 1;
    });
  }

  get nextWritableAddress(): Promise<Lba> {
    return this.importRecorder.medium().then((medium) => {
      const track = appendTrack(medium);
      if (track !== undefined) return track.next;
      throw new MultisessionError(
        "NOT_WRITABLE",
        `The recorder names no address at which ${this.importRecorder.uri} could be written.`,
        { subject: this.importRecorder.uri },
      );
    });
  }

  get freeSectorsOnMedia(): Promise<Blocks> {
    return this.importRecorder.medium().then((medium) => appendTrack(medium)?.free ?? 0);
  }

  get writeUnitSize(): Promise<Blocks> {
    return this.importRecorder.medium().then(({ unit }) => unit);
  }

  protected override _assess(medium: Medium, purpose: Purpose): Assessment {
    if (medium.overwrite === "replace") return unsupported("formatted for pseudo-overwrite, where no session can be closed");
    if (medium.overwrite === "in-place") return unsupported("overwritable, so it has no physical sessions");
    if (purpose === "import")
      return native("its sessions are found by track and session");
    if (medium.status === "complete") return unsupported("the disc is closed, nothing can be added");
    return native("one session for each burn, published by closing it");
  }

  protected override _offer(medium: Medium, history: History, intent: SessionIntent, needs: Needs): SessionOffer {
    switch (intent.kind) {
      case "first":
      case "append":
        return offerSession(medium, history, intent, needs);
      case "close":
        return offerClose(medium, history);
      case "recover":
        return offerRecovery(medium, history, needs);
      default:
        return refuse(
          "UNSUPPORTED_INTENT",
          `Sequential recording does not do "${intent.kind}" yet.`,
          "Extract the older session and record it as a new one.",
        );
    }
  }
}

function offerSession(
  medium: Medium,
  history: History,
  intent: Extract<SessionIntent, { kind: "first" | "append" }>,
  needs: Needs,
): SessionOffer {
  if (medium.status === "complete")
    return refuse("DISC_CLOSED", "The disc is closed; nothing can be added.", "Import it and record to a new disc.");
  if (history.condition !== "empty" && history.condition !== "whole")
    return refuse("NEEDS_RECOVERY", `The disc is ${history.condition}.`, "Run `multisession recover`.");
  if (intent.kind === "first" && history.condition !== "empty")
    return refuse("NOT_BLANK", "A write-once disc cannot be begun anew.", "Append to it, or use a blank disc.");
  const base = intent.kind === "append" ? history.states[intent.base] : undefined;
  if (intent.kind === "append" && base === undefined)
    return refuse(
      "UNKNOWN_SESSION",
      `The disc has no session ${intent.base + 1}.`,
      "`multisession sessions` lists them.",
    );
  const track = appendTrack(medium);
  if (track === undefined)
    return refuse(
      "NOT_WRITABLE",
      "The recorder names no writable address.",
      "Import the disc and record to a new one.",
    );
  const isLast = intent.close === "disc";
  return {
    ...sessionAt(track.next, medium, track, needs, base),
    preparation: [],
    finish: closes(isLast ? "disc" : "session", "publishes the session"),
    closedSessions: closedSessions(medium) + 1,
    reserve: isLast ? 0 : repairRoom(medium, needs),
    consequences: [
      ...(isLast ? ["The disc is closed for good: nothing can be added later."] : []),
      ...(history.condition === "empty"
        ? ["If this first burn is interrupted, recovery publishes an empty volume in its place."]
        : []),
    ],
  };
}

/** Recovery closes what was left open and at once publishes a whole state again, or only repeats the missing close. */
function offerRecovery(medium: Medium, history: History, needs: Needs): SessionOffer {
  const missing = closes("session", "the last burn was cut before its close");
  if (history.condition === "closing")
    return stepsOnly(medium, isTrackOpen(medium) ? missing : missing.slice(1), closedSessions(medium) + 1);
  if (history.condition !== "interrupted" && history.condition !== "old-hidden")
    return refuse("NOTHING_TO_RECOVER", `The disc is ${history.condition}.`, "");
  const track = appendTrack(medium);
  if (track === undefined)
    return refuse(
      "NOT_WRITABLE",
      "The recorder names no writable address, so no whole state can be published again.",
      "Extract the last whole session with `multisession extract --session`.",
    );
  const isSessionOpen =
    medium.lastSession === "incomplete" || medium.lastSession === "damaged" || track.next > track.start;
  const isTrackToClose = isSessionOpen && track.next > track.start;
  const start = isTrackToClose ? roundUp(track.next, medium.unit) + medium.sessionGap : track.next;
  const closed = closedSessions(medium) + (isSessionOpen ? 1 : 0) + 1;
  const why = "closes the interrupted session; the next steps publish a whole one behind it";
  return {
    ...sessionAt(
      start,
      medium,
      isTrackToClose ? { start, end: track.start + track.size } : { start: track.start, end: track.start + track.size },
      needs,
      newestState(history),
    ),
    preparation: isSessionOpen ? (isTrackToClose ? closes("session", why) : closes("session", why).slice(1)) : [],
    finish: closes("session", "publishes the whole state again"),
    closedSessions: closed,
    reserve: 0,
    consequences: newestState(history) === undefined ? ["The disc will show an empty volume."] : [],
  };
}

function offerClose(medium: Medium, history: History): SessionOffer {
  if (medium.status === "complete") return refuse("DISC_CLOSED", "The disc is closed already.", "");
  if (history.condition !== "whole")
    return refuse(
      "NEEDS_RECOVERY",
      `The disc is ${history.condition}.`,
      history.condition === "empty" ? "Record a session first." : "Run `multisession recover`.",
    );
  const offer = stepsOnly(medium, [{ step: "close", what: "disc", why: "closes the disc" }], closedSessions(medium));
  const { closedSessions: _, ...rest } = offer;
  return { ...rest, consequences: ["The disc is closed for good: nothing can be added later."] };
}

/** What all offers of a new session share. `home`: the track, or where a new one will start. */
function sessionAt(
  start: Lba,
  medium: Medium,
  home: Track | { readonly start: Lba; readonly end: Lba },
  needs: Needs,
  base: StateRef | undefined,
): Omit<Offer, "preparation" | "finish" | "reserve" | "consequences"> {
  const end = "end" in home ? home.end : home.start + home.size;
  return {
    kind: "offer",
    ...(base === undefined ? {} : { base }),
    content: "session",
    isFreshStart: false,
    space: {
      ranges: [{ start: home.start, end, rule: "append", next: start, unit: medium.unit }],
      sessionStart: start,
      sessionUnit: medium.unit,
      mediumEnd: end,
      minimum: Math.max(medium.unit, needs.headBlocks),
      published: { by: "close" },
      barrier: { ordered: [], durable: [] },
    },
  };
}

function stepsOnly(medium: Medium, finish: readonly CloseStep[], closedSessions: number): Offer {
  return {
    kind: "offer",
    content: "none",
    isFreshStart: false,
    preparation: [],
    space: {
      ranges: [],
      sessionStart: medium.capacity,
      sessionUnit: medium.unit,
      mediumEnd: medium.capacity,
      minimum: 0,
      published: { by: "close" },
      barrier: { ordered: [], durable: [] },
    },
    finish,
    closedSessions,
    reserve: 0,
    consequences: [],
  };
}

function closes(what: "session" | "disc", why: string): readonly CloseStep[] {
  return [
    { step: "close", what: "track", why: "ends the recording" },
    { step: "close", what, why },
  ];
}

/** Room for the session that recovery publishes behind an interrupted one: its gaps, its head, and the unit that a cut leaves unfinished. */
function repairRoom(medium: Medium, needs: Needs): Blocks {
  return (
    medium.unit + medium.sessionGap + roundUp(Math.max(medium.unit, needs.headBlocks), medium.unit) + medium.sessionGap
  );
}

function recordedTracks(medium: Medium): readonly Track[] {
  return medium.tracks.filter(({ state }) => state === "closed" || state === "open" || state === "damaged");
}

function isTrackOpen(medium: Medium): boolean {
  const track = appendTrack(medium);
  return track !== undefined && track.next > track.start;
}

/** The last closed session. */
function previousSession(medium: Medium): { readonly start: Lba; readonly end: Lba } | undefined {
  const number = closedSessions(medium);
  const tracks = recordedTracks(medium).filter(({ session }) => session === number);
  const first = tracks[0];
  const last = tracks.at(-1);
  return first === undefined || last === undefined ? undefined : { start: first.start, end: last.start + last.size };
}
