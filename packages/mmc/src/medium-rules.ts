import type { Blocks, Closable, Medium } from "@multisession/core";
import { closeFunctions } from "./commands/tracks.ts";
import { fixedPackets, incremental, trackAtOnce, type WriteParameters } from "./write-parameters.ts";

/** One CLOSE TRACK SESSION of a {@link CloseAnswer}. */
export interface CloseRule {
  /** One of `closeFunctions`. */
  readonly function: number;
  /** It names the open track, and is left out when there is none. */
  readonly namesTrack?: true;
  /** It is left out when the last session is complete. */
  readonly onlyIncomplete?: true;
  /** What mode page 05h must say before it: whether another session may follow. */
  readonly multisession?: "next-allowed" | "close-disc";
}

/** What a medium is sent to close something: commands in order, or why it cannot be closed. */
export type CloseAnswer = readonly CloseRule[] | string;

/** What kinds of media differ in, so that commands and facts need no branch for any of them. */
export interface MediumRules {
  /** Blocks that are written as a whole. */
  readonly unit: Blocks;
  /** How it is overwritten. */
  readonly overwrite: Medium["overwrite"];
  /** Whether it has sessions. */
  readonly sessions: Medium["sessions"];
  /** Blocks between the last recorded block of a session and the next session, behind the first and behind later ones. */
  readonly gap: { readonly first: Blocks; readonly later: Blocks };
  /** Fewest blocks of a track. */
  readonly minimumTrack?: Blocks;
  /** The disc can be closed for good only together with a session. */
  readonly isClosedOnlyWithSession?: true;
  /** Number by which READ TRACK INFORMATION knows the track that is written next; absent: the last number of the disc. */
  readonly nextTrack?: number;
  /** Where the medium names itself: ATIP, pre-recorded lead-in (0Eh), ADIP (11h), disc information of a BD. */
  readonly identity?: "atip" | "pre-recorded" | "adip" | "disc-information";
  /** What mode page 05h must say before the first write of a session; absent where the page does not count. */
  readonly parameters?: WriteParameters;
  /** RESERVE TRACK takes multiples of it; absent: tracks cannot be reserved. */
  readonly reserveUnit?: Blocks;
  /** CLOSE TRACK SESSION. */
  readonly closes: Readonly<Record<Closable, CloseAnswer>>;
  /** Why discs of this kind are not recorded in sessions here. */
  readonly restriction?: string;
}

/** Of a CD: what READ TRACK INFORMATION does not count of a track (captured: 608 + 2), lead-outs, lead-in, pregap (MMC). */
const cdBlocks = { runOut: 2, firstLeadOut: 6750, laterLeadOut: 2250, leadIn: 4500, pregap: 150 } as const;

/** Border-out and border-in of a DVD-R behind the first session (captured: 132800 to 161488, 145680 to 174368). */
const firstBorderGap = 28_688;
/** Unconfirmed: 6144 blocks for a later border, and a link of 16. */
const laterBorderGap = 6160;
/** Between sessions of a DVD+R (captured on four discs); inferred for two layers. */
const dvdPlusRGap = 2048;
/** Inferred from the addressing; one fixture of a MATSHITA drive shows 1024 (unconfirmed). */
const bdRGap = 0;

/** The track that is written next on CD and DVD+R (MMC). */
const INVISIBLE = 0xff;

const closeTrack: CloseAnswer = [{ function: closeFunctions.track, namesTrack: true }];
const nothing: CloseAnswer = [];
const overwritable = {
  gap: { first: 0, later: 0 },
  overwrite: "in-place",
  sessions: "none",
  closes: { track: nothing, session: nothing, disc: "A disc that is overwritten in place cannot be closed for good." },
} as const satisfies Partial<MediumRules>;
const pressedAnswer = "A pressed disc cannot be recorded.";
const pressed = {
  gap: { first: 0, later: 0 },
  overwrite: "no",
  sessions: "none",
  closes: { track: pressedAnswer, session: pressedAnswer, disc: pressedAnswer },
} as const satisfies Partial<MediumRules>;

const cd = {
  unit: 1,
  overwrite: "no",
  sessions: "physical",
  gap: {
    first: cdBlocks.runOut + cdBlocks.firstLeadOut + cdBlocks.leadIn + cdBlocks.pregap,
    later: cdBlocks.runOut + cdBlocks.laterLeadOut + cdBlocks.leadIn + cdBlocks.pregap,
  },
  minimumTrack: 300,
  isClosedOnlyWithSession: true,
  nextTrack: INVISIBLE,
  identity: "atip",
  parameters: trackAtOnce,
  reserveUnit: 1,
  closes: {
    // A flush ends a track that is written at once; only one that a cut left open is still to be closed.
    track: closeTrack,
    session: [{ function: closeFunctions.session, multisession: "next-allowed" }],
    disc: [{ function: closeFunctions.session, multisession: "close-disc" }],
  },
} as const satisfies MediumRules;

const dvdMinusR = {
  unit: 16,
  overwrite: "no",
  sessions: "physical",
  gap: { first: firstBorderGap, later: laterBorderGap },
  identity: "pre-recorded",
  parameters: incremental,
  reserveUnit: 16,
  // Unconfirmed: what a close of the disc does where the last border is closed already (NetBSD sends function 3), so it
  // is asked for only together with a session.
  isClosedOnlyWithSession: true,
  closes: {
    track: closeTrack,
    session: [{ function: closeFunctions.session, multisession: "next-allowed" }],
    disc: [{ function: closeFunctions.session, multisession: "close-disc" }],
  },
} as const satisfies MediumRules;

const dvdPlusR = {
  unit: 16,
  overwrite: "no",
  sessions: "physical",
  gap: { first: dvdPlusRGap, later: dvdPlusRGap },
  nextTrack: INVISIBLE,
  identity: "adip",
  reserveUnit: 16,
  closes: {
    track: closeTrack,
    session: [{ function: closeFunctions.session }],
    // Filled to the edge, which most players want; growisofs does the same.
    disc: [{ function: closeFunctions.finalize }],
  },
} as const satisfies MediumRules;

const bdR = {
  unit: 32,
  overwrite: "no",
  sessions: "physical",
  gap: { first: bdRGap, later: bdRGap },
  identity: "disc-information",
  reserveUnit: 32,
  closes: {
    track: closeTrack,
    session: [{ function: closeFunctions.session }],
    disc: [{ function: closeFunctions.finalize }],
  },
} as const satisfies MediumRules;

const notRecordedHere = "This kind of disc is not recorded here.";

/**
 * The rules of each kind of medium. Sources: MMC, the captured replies that the tests replay, and what growisofs and
 * libburn send. What no capture confirms is a named constant that says so.
 */
export const mediumRules: Readonly<Record<string, MediumRules>> = {
  "cd-rom": { unit: 1, ...pressed },
  "cd-r": cd,
  "cd-rw": cd,
  "cd-rw-packet": { ...overwritable, unit: 32, identity: "atip", parameters: fixedPackets },
  "dvd-rom": { unit: 16, ...pressed },
  "dvd-r": dvdMinusR,
  "dvd-r-dl": {
    ...dvdMinusR,
    sessions: "none",
    restriction: "a DVD-R with two layers holds one session, which nothing can be added to or repaired behind",
  },
  "dvd-rw": dvdMinusR,
  "dvd-rw-ro": {
    ...overwritable,
    unit: 16,
    identity: "pre-recorded",
    closes: {
      ...overwritable.closes,
      // Only a disc that was formatted quickly or grown is intermediate; other drives read it after this.
      session: [{ function: closeFunctions.session, onlyIncomplete: true }],
    },
  },
  "dvd-ram": { ...overwritable, unit: 16 },
  "dvd+r": dvdPlusR,
  "dvd+r-dl": {
    ...dvdPlusR,
    // To the smallest radius; growisofs and libburn do not fill up two layers.
    closes: { ...dvdPlusR.closes, disc: [{ function: closeFunctions.finalizeMinimal }] },
  },
  "dvd+rw": {
    ...overwritable,
    unit: 16,
    identity: "adip",
    closes: {
      track: nothing,
      // Ends the background format and writes a lead-out, so that DVD-ROM drives read the disc.
      session: [{ function: closeFunctions.stopBackgroundFormat }, { function: closeFunctions.session }],
      disc: "A DVD+RW cannot be closed for good.",
    },
  },
  "bd-rom": { unit: 32, ...pressed },
  "bd-r": bdR,
  "bd-r-pow": {
    ...bdR,
    overwrite: "replace",
    sessions: "none",
    closes: {
      track: closeTrack,
      session: "Sessions of a BD-R with pseudo-overwrite are not closed.",
      // Whether drives accept it with pseudo-overwrite is unconfirmed.
      disc: bdR.closes.disc,
    },
  },
  "bd-r-rrm": {
    unit: 32,
    overwrite: "no",
    sessions: "none",
    gap: { first: 0, later: 0 },
    identity: "disc-information",
    closes: { track: notRecordedHere, session: notRecordedHere, disc: notRecordedHere },
    restriction: "it is formatted for random recording: each block once and anywhere, without sessions",
  },
  "bd-re": { ...overwritable, unit: 32, identity: "disc-information" },
};
