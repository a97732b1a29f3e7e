import type { History } from "./history.ts";
import type { SessionIntent } from "./intent.ts";

/** Which life a session belongs to, and its number in it. */
export interface NextIdentity {
  /** Absent when the session begins a new life. */
  readonly life?: string;
  /** From 1. */
  readonly sequence: number;
}

/**
 * Identity of the next session on a disc: it goes on with the life of the newest session of ours, and its number is above
 * all of that life. What the session builds on does not count: after an append to an older session the newest one must
 * still be the one with the highest number, or a damaged head could not be rebuilt.
 */
export function nextIdentity({ states }: History, intent: Pick<SessionIntent, "kind">): NextIdentity {
  const life = states.findLast(({ record }) => record !== undefined)?.record?.life;
  if (life === undefined || intent.kind === "first") return { sequence: 1 };
  const numbers = states.flatMap(({ record }) => (record?.life === life ? [record.sequence] : []));
  return { life, sequence: Math.max(...numbers) + 1 };
}
