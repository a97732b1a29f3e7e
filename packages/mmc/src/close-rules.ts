import { type Closable, type Medium, MultisessionError } from "@multisession/core";
import { closeFunctions } from "./commands/tracks.ts";

/** One CLOSE TRACK SESSION: its function, and whether it names the open track. */
interface CloseRule {
  readonly function: number;
  readonly namesTrack?: true;
}

/** What a medium is sent to close something: commands in order, or why it cannot be closed. */
type CloseAnswer = readonly CloseRule[] | string;

const closeTrack: CloseAnswer = [{ function: closeFunctions.track, namesTrack: true }];
const finalize: CloseAnswer = [{ function: closeFunctions.finalize }];

/** CLOSE TRACK SESSION by kind of medium (MMC's table, and what growisofs and Linux send). */
const closeRules: Readonly<Record<string, Readonly<Record<Closable, CloseAnswer>>>> = {
  "bd-r": { track: closeTrack, session: [{ function: closeFunctions.session }], disc: finalize },
  "bd-r-pow": {
    track: closeTrack,
    session: "Sessions of a BD-R with pseudo-overwrite are not closed.",
    // Whether drives accept it with pseudo-overwrite is unconfirmed.
    disc: finalize,
  },
  "dvd+rw": {
    track: [],
    // Ends the background format and writes a lead-out, so that DVD-ROM drives read the disc.
    session: [{ function: closeFunctions.stopBackgroundFormat }, { function: closeFunctions.session }],
    disc: "A DVD+RW cannot be closed for good.",
  },
};

/** One CLOSE TRACK SESSION to send. */
export interface CloseCommand {
  /** One of `closeFunctions`. */
  readonly function: number;
  /** Track number; 0 for sessions and discs. */
  readonly number: number;
}

/**
 * The commands that close something on the medium; none when there is nothing to close.
 *
 * @throws `NOT_WRITABLE` when this kind of medium cannot be closed so.
 */
export function closeCommands(medium: Medium, what: Closable, subject: string): readonly CloseCommand[] {
  const answer = closeRules[medium.kind]?.[what] ?? "There are no rules for closing this kind of medium.";
  if (typeof answer === "string") {
    throw new MultisessionError("NOT_WRITABLE", answer, { subject, advice: "Leave the disc as it is.", retry: "no" });
  }
  return answer.flatMap(({ function: code, namesTrack }) => {
    if (!namesTrack) return [{ function: code, number: 0 }];
    const open = medium.tracks.findLast(({ state }) => state === "open");
    return open ? [{ function: code, number: open.number }] : [];
  });
}
