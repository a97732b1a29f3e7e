import type { Blocks, Lba } from "./units.ts";

/** A track as MMC's READ TRACK INFORMATION reports it; on BD-R one sequential recording range (SRR). */
export interface Track {
  /** Counted from 1. */
  readonly number: number;
  /** Session that the track belongs to, counted from 1. */
  readonly session: number;
  /** First block. */
  readonly start: Lba;
  /** Blocks, written or not. */
  readonly size: Blocks;
  /** `reserved`: split off by RESERVE TRACK and not yet written. `open`: written and still writable. */
  readonly state: "blank" | "reserved" | "open" | "closed" | "damaged";
  /** Next writable address (NWA), only when the recorder says that it is valid. */
  readonly next?: Lba;
  /** Blocks that can still be appended to this track. */
  readonly free: Blocks;
  /** Last recorded address, where the recorder reports it. */
  readonly lastRecorded?: Lba;
}

/** What pseudo-overwrite still has: READ DISC INFORMATION, data type 010b. */
export interface Resources {
  /** Units that can still be replaced. */
  readonly replacements: number;
  /** Entries that the replacement map can still take. */
  readonly mapEntries: number;
  /** Times that the map can still be recorded. */
  readonly updates: number;
}

/** One way in which the medium can be formatted now: a descriptor of READ FORMAT CAPACITIES. */
export interface FormatOption {
  /** Stable name, such as `dvd+rw` or `bd-r-pow`; goes into plans. */
  readonly id: string;
  /** Addressable blocks after this format. */
  readonly blocks: Blocks;
  /** Whether the disc can never be what it was before. */
  readonly isIrreversible: boolean;
  /** What the format is good for, in words. */
  readonly purpose: string;
}

/**
 * Kinds of media. An open set: drivers and mechanisms of others may add their own. `cd-rw-packet` is a CD-RW formatted
 * with fixed packets, `dvd-rw-ro` a DVD-RW formatted for restricted overwrite, `bd-r-pow` a BD-R formatted for pseudo-overwrite,
 * `bd-r-rrm` one for random recording.
 */
export type MediumKind =
  | "cd-rom"
  | "cd-r"
  | "cd-rw"
  | "cd-rw-packet"
  | "dvd-rom"
  | "dvd-r"
  | "dvd-r-dl"
  | "dvd-rw"
  | "dvd-rw-ro"
  | "dvd-ram"
  | "dvd+r"
  | "dvd+r-dl"
  | "dvd+rw"
  | "bd-rom"
  | "bd-r"
  | "bd-r-pow"
  | "bd-r-rrm"
  | "bd-re"
  | (string & Record<never, never>);

/** An immutable snapshot of the facts about the disc in the recorder. Orthogonal facts, not only a kind. */
export interface Medium {
  /** For people and for what descriptors claim. */
  readonly kind: MediumKind;
  /**
   * As READ DISC INFORMATION says. `random`: overwritable, has no recording order. `blank` includes a BD-R that is
   * formatted and unwritten (its drive says "appendable"; libburn treats it as blank too).
   */
  readonly status: "blank" | "appendable" | "complete" | "random";
  /** State of the last session, as READ DISC INFORMATION says. */
  readonly lastSession: "empty" | "incomplete" | "damaged" | "complete";
  /** `false`: a format must come before the first write (a DVD+RW as bought). `true` where no format is needed. */
  readonly isFormatted: boolean;
  /** By a switch, the cartridge, or the file that holds the disc. */
  readonly isWriteProtected: boolean;
  /** Why it is write-protected, for people, where that is known. */
  readonly protection?: string;
  /**
   * Why the medium, as it is, takes no sessions or no writing that its kind would take, for people: a DVD-RW that was
   * blanked only minimally, a disc with two layers that holds one session. Absent where nothing restricts it.
   */
  readonly restriction?: string;
  /** Write unit: alignment of writes, and what a cut destroys as a whole. 1 on CD, 16 on DVD, 32 on BD. */
  readonly unit: Blocks;
  /** `in-place`: overwritten where it lies. `replace`: pseudo-overwrite, an overwritten unit moves. */
  readonly overwrite: "no" | "in-place" | "replace";
  /** Whether sessions can be closed on this medium as it is now. */
  readonly sessions: "physical" | "none";
  /**
   * Blocks that are lost behind the session that is open or written next: from its last recorded block, filled up to
   * whole units, to the first block of the session after it. 0 on BD-R is inferred, not confirmed on every drive.
   */
  readonly sessionGap: Blocks;
  /** Fewest blocks of a track; the drive fills up a shorter one. 300 on CD; absent where there is no such rule. */
  readonly minimumTrack?: Blocks;
  /** The disc can be closed for good only together with a session (CD). Absent: also after its sessions were closed. */
  readonly isClosedOnlyWithSession?: true;
  /** All of them, in the order of their numbers. */
  readonly tracks: readonly Track[];
  /** Addressable blocks, written or not. */
  readonly capacity: Blocks;
  /** What the recorder offers now. */
  readonly formats: readonly FormatOption[];
  /** Only on pseudo-overwrite media. */
  readonly resources?: Resources;
  /** What the medium says of itself (media id, disc id), never what the drive says. */
  readonly identity?: string;
  /** Counts snapshots that differ; for the `STALE` check. Not a fact of the medium. */
  readonly generation: number;
}

/** The track that takes the next append: the last one with a valid next writable address and free blocks. */
export function appendTrack(medium: Medium): (Track & { readonly next: Lba }) | undefined {
  return medium.tracks
    .filter((track): track is Track & { readonly next: Lba } => track.next !== undefined && track.free > 0)
    .at(-1);
}
