import type { BlockReader, CallOptions } from "./recorder.ts";
import type { Blocks, Lba } from "./units.ts";

/** A head that a file system found: the descriptors at the start of a session, or at the start of the disc. */
export interface HeadFound {
  /** Block that the head belongs to: the descriptors lie from `start + 16` on. */
  readonly start: Lba;
  /** Exclusive end of the space that the head claims, absolute. */
  readonly end: Lba;
  /** Volume name. */
  readonly label: string;
  /** Identifies the tree that the head leads to: two heads with one digest show the same tree. */
  readonly digest: string;
  /** Whether a root that the head leads to can be read: any of those that the file system would open the tree by. */
  readonly isTreeReadable: boolean;
  /** Its parts are of two sessions, or one of them cannot be read: what is left where a cut has torn the unit. */
  readonly isTorn?: true;
  /** Our record in the head; absent on discs of other programs. */
  readonly record?: SessionRecord;
}

/** What every head written by Multisession says of its session. */
export interface SessionRecord {
  /** Identity of this life of the disc, 32 hexadecimal digits; an overwritable disc that is begun anew gets another. */
  readonly life: string;
  /** Counts the sessions of one life, from 1. An empty volume that begins a life has 0. */
  readonly sequence: number;
  /** Tells two tries of one session apart, 16 hexadecimal digits. */
  readonly nonce: string;
  /** First block of the session whose tree the head shows. */
  readonly start: Lba;
  /** Exclusive end of that session: where the chain goes on. */
  readonly end: Lba;
  /** The session's trailer; 0 when it has none (an empty volume). */
  readonly trailerAt: Lba;
  /** Time of the burn, milliseconds since 1970. */
  readonly time: number;
}

/**
 * The last block of every session written by Multisession: proves that all before it was written.
 * Found through the head's record, or as the block before the next writable address.
 */
export interface Trailer extends SessionRecord {
  /** First block of the new file contents. */
  readonly contentStart: Lba;
  /** Exclusive end of the new file contents. */
  readonly contentEnd: Lba;
  /** First block of the manifest. */
  readonly manifestAt: Lba;
  /** Length of the manifest. */
  readonly manifestBlocks: Blocks;
  /** SHA-256 of `start`..`contentStart` and `contentEnd`..`trailerAt`, hexadecimal. */
  readonly metadataSha256: string;
}

/** What a registered file system contributes to reading a history. Never writes. */
export interface Probe {
  /** `id` of its file system. */
  readonly fileSystem: string;
  /** The head at `start`, or nothing. A block that cannot be read, or a damaged head, is nothing, not an error. */
  head(reader: BlockReader, start: Lba): Promise<HeadFound | undefined>;
}

/** One version of the disc's contents: a physical session, a logical one on an overwritable disc, a VAT generation. */
export interface StateRef {
  /** Place in `History.states`, from 0. People count sessions from 1. */
  readonly index: number;
  /** First block of its session; 0 for the empty volume that begins a life. */
  readonly start: Lba;
  /** Exclusive; where the chain goes on. */
  readonly end: Lba;
  /** `id` of the file system that found it. */
  readonly fileSystem: string;
  /** Volume name. */
  readonly label: string;
  /** Identifies the tree, as in `HeadFound`. */
  readonly digest: string;
  /** What shows that it is whole. */
  readonly proof: "table-of-contents" | "head" | "trailer" | "vat";
  /** MMC session number, where the medium has physical sessions. */
  readonly session?: number;
  /** Our record; absent for sessions of other programs. */
  readonly record?: SessionRecord;
}

/**
 * - `empty`: proved to hold nothing.
 * - `whole`: its states are found as they should be, by their heads and roots; what lies below them was not read.
 * - `old-hidden`: a whole state is there, but readers find it only with a stated hint.
 * - `closing`: all is written, a close is missing.
 * - `torn-head`: the head is damaged and can be rebuilt from another copy.
 * - `interrupted`: a burn stopped; nothing of it is published.
 * - `unreadable`: blocks that decide cannot be read, and nothing proves what was there.
 * - `foreign`: there is something that no registered file system knows.
 */
export type Condition =
  | "empty"
  | "whole"
  | "old-hidden"
  | "closing"
  | "torn-head"
  | "interrupted"
  | "unreadable"
  | "foreign";

/** Something noticed while reading, with its address. */
export interface Finding {
  /** The block it is about. */
  readonly at: Lba;
  /** In words, for people. */
  readonly what: string;
}

/** What is on the disc. */
export interface History {
  /** Oldest first; only states that are whole. */
  readonly states: readonly StateRef[];
  /** Index of the state that a reader sees without hints; absent when it sees none. */
  readonly current?: number;
  /** The state of the disc in one word. */
  readonly condition: Condition;
  /** Where readers of the chain expect the next session, when that is known. */
  readonly appendAt?: Lba;
  /** What was noticed while reading. */
  readonly findings: readonly Finding[];
}

/** The newest whole state, or nothing. */
export function newestState(history: History): StateRef | undefined {
  return history.states.at(-1);
}

/** How a history is read. */
export interface HistoryOptions extends CallOptions {
  /** What the disc is read through in place of the recorder, for whoever remembers what the look sees. */
  readonly reader?: BlockReader;
}
