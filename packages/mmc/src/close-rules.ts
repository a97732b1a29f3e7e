import { type Closable, type Medium, MultisessionError } from "@multisession/core";
import { type CloseRule, mediumRules } from "./medium-rules.ts";

/** One CLOSE TRACK SESSION to send. */
export interface CloseCommand {
  /** One of `closeFunctions`. */
  readonly function: number;
  /** Track number; 0 for sessions and discs. */
  readonly number: number;
  /** What mode page 05h must say before it; absent where the page does not count. */
  readonly multisession?: NonNullable<CloseRule["multisession"]>;
}

/**
 * The commands that close something on the medium; none when there is nothing to close.
 *
 * @throws `NOT_WRITABLE` when this medium cannot be closed so.
 */
export function closeCommands(medium: Medium, what: Closable, subject: string): readonly CloseCommand[] {
  const answer = answerFor(medium, what);
  if (typeof answer === "string") {
    throw new MultisessionError("NOT_WRITABLE", answer, { subject, advice: "Leave the disc as it is.", retry: "no" });
  }
  return answer.flatMap(({ function: code, namesTrack, onlyIncomplete, multisession }) => {
    if (onlyIncomplete && medium.lastSession === "complete") return [];
    const command = { function: code, number: 0, ...(multisession !== undefined && { multisession }) };
    if (!namesTrack) return [command];
    const open = medium.tracks.findLast(({ state }) => state === "open");
    return open ? [{ ...command, number: open.number }] : [];
  });
}

function answerFor(
  { kind, lastSession, isClosedOnlyWithSession }: Medium,
  what: Closable,
): readonly CloseRule[] | string {
  if (what === "disc" && isClosedOnlyWithSession && lastSession === "empty")
    return "The last session is closed already, and this kind of disc is closed for good only together with a session.";
  return mediumRules[kind]?.closes[what] ?? "There are no rules for closing this kind of medium.";
}
