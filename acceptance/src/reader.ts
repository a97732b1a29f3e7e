import type { Lba } from "@multisession/core";

/** One entry of a tree, as a stranger shows it or as a test expects it. Everything that it does not show is left out. */
export interface ReadEntry {
  /** Absolute, `/` between names; the root is `/`, and readers may leave it out. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  /** Length of a file. */
  readonly bytes?: number;
  /** Of a file's bytes, in hexadecimal. */
  readonly sha256?: string;
  /** POSIX permission bits with set-user, set-group and sticky: `mode & 0o7777`. */
  readonly mode?: number;
  /** Time of last change in milliseconds since 1970; whole seconds are compared. */
  readonly mtime?: number;
  /** Where a symbolic link leads, as it is stored. */
  readonly target?: string;
}

/** Longest name that a Joliet tree can hold, in UTF-16 code units: more than the specification's 64, and what `genisoimage -joliet-long` and we write. */
export const JOLIET_UNITS = 103;

/** What a reader can see of a disc. What it cannot see is not compared. */
export interface Sees {
  /** Names and attributes come from Rock Ridge. */
  readonly rockRidge: boolean;
  /** Names come from the Joliet tree. */
  readonly joliet: boolean;
  /** The mode bits that it shows: `0o7777` all, 0 none. */
  readonly modes: number;
  /** Bytes of files, not only their lengths. A file whose name is mapped may come without. */
  readonly contents: boolean;
  /** Times of files and directories, in seconds. */
  readonly mtimes: boolean;
  /** Times of symbolic links, in seconds. */
  readonly linkMtimes: boolean;
  /**
   * `targets`: links with their targets. `followed`: a link that leads to a file is shown as that file, others not at
   * all. `no`: links are missing or, as some writers of Joliet trees leave them, empty files.
   */
  readonly symlinks: "targets" | "followed" | "no";
  /**
   * Longest name that is sure to be shown whole, in UTF-16 code units. A longer name comes cut to no less, and one with a
   * character that the tree cannot store may come cut or mapped; it is then found by its beginning and its content.
   */
  readonly maxName?: number;
  /** Whether the reader is sure to show a name as it is, besides `maxName`. All names, unless told. */
  readonly showsName?: (name: string) => boolean;
  /** Longest link target that is shown whole, in bytes of UTF-8. A longer one is not compared. */
  readonly maxTarget?: number;
}

/** A session of an image. */
export interface SessionPlace {
  /** First block of the session; its volume descriptors begin at `start + 16`. */
  readonly start: Lba;
  /** The image is a flattened copy already: the descriptors at block 16 are those of this session. */
  readonly isFlat?: boolean;
}

/** A defect of a reader that is known, with the discs that it strikes. It is reported, never taken for agreement. */
export interface ReaderLimit {
  /** What the reader's error says then. */
  readonly error: RegExp;
  /** Which discs it strikes and why, in words. */
  readonly reason: string;
}

/** A session to read with others in one go. */
export interface SessionJob {
  /** Path of the image file. */
  readonly image: string;
  readonly session: SessionPlace;
}

/** What became of one {@link SessionJob}. */
export type SessionOutcome = { readonly entries: readonly ReadEntry[] } | { readonly error: Error };

/** A program that none of us wrote and that reads discs. */
export interface StrangerReader {
  readonly id: string;
  /** Programs that must be installed. */
  readonly programs: readonly string[];
  readonly sees: Sees;
  /** `any`: it is told where a session starts. `head`: it reads block 16 only and is given a flattened copy. */
  readonly finds: "any" | "head";
  readonly limits: readonly ReaderLimit[];
  /** The whole tree of a session. Rejects when the program failed or said nothing that could be a tree. */
  readSession(image: string, session: SessionPlace): Promise<readonly ReadEntry[]>;
  /** Many sessions at the price of about one, where the reader has such a way. */
  readSessions?(jobs: readonly SessionJob[]): Promise<readonly SessionOutcome[]>;
}
