import { type CloseStep, type Lba, type Medium, type Needs, offer } from "@multisession/core";

/** Where a session lies that starts at a block: all that is left of the disc. */
export function spaceFrom(start: Lba, medium: Medium, needs: Needs): Parameters<typeof offer>[0]["space"] {
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
export function steps(medium: Medium, finish: readonly CloseStep[], closed?: number): ReturnType<typeof offer> {
  const space = { ...spaceFrom(medium.capacity, medium, { atLeast: 0, headBlocks: 0 }), ranges: [] };
  return offer({ content: "none", space, finish, ...(closed === undefined ? {} : { closedSessions: closed }) });
}

/** Ends the recording, and publishes it. */
export function closes(what: "session" | "disc", why: string): readonly CloseStep[] {
  return [
    { step: "close", what: "track", why: "ends the recording" },
    { step: "close", what, why },
  ];
}
