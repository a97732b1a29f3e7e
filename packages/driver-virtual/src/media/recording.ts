import type { Blocks } from "@multisession/core";

/** Bits of READ TRACK INFORMATION byte 6 for a track in one of its states. */
export interface TrackBits {
  /** RT. */
  readonly reservedTrack: boolean;
  /** Blank. */
  readonly blank: boolean;
  /** Packet or incremental. */
  readonly packet: boolean;
  /** 15 for unknown. */
  readonly dataMode: number;
}

/** What mode page 05h must say for a WRITE to be legal. */
export interface PageDemand {
  /** Write type (MMC). */
  readonly writeType: number;
  /** Data block types (MMC): those with 2048 bytes a block. */
  readonly dataBlockTypes: readonly number[];
  /** That one of them which makes tracks of Mode 2; a disc has tracks of one mode only. */
  readonly mode2BlockType?: number;
  /** A whole session can be recorded at once, with write type 2, as a cue sheet describes it. */
  readonly takesCueSheets?: true;
  /** The whole disc can be recorded at once, with write type 2, into a first track that was reserved with its size. */
  readonly recordsDiscAtOnce?: true;
  /** Packets have a fixed size, of so many blocks. */
  readonly packetSize?: Blocks;
  /** Recording cannot wait for data, unless the page allows links. */
  readonly failsOnUnderrun?: true;
}

/** How sessions and tracks are recorded one after another. */
export interface RecordingRules {
  /** Blocks from the end of a session's last track to the next session: behind the first one, and behind later ones. */
  readonly sessionGap: { readonly first: Blocks; readonly later: Blocks };
  /** Blocks from the end of a track to the next one of its session. */
  readonly trackGap: Blocks;
  /** Blocks behind a track that count to its session but cannot be read. */
  readonly runOut: Blocks;
  /** A shorter track is filled up with zeros. */
  readonly minimumTrack: Blocks;
  /** Blocks from the last that can be written to the last possible start of the lead-out. */
  readonly reserve: Blocks;
  /** SYNCHRONIZE CACHE ends the track that is written. */
  readonly endsTrackOnFlush: boolean;
  /** The tracks of a session become one when it is closed. */
  readonly mergesTracks: boolean;
  /** READ TRACK INFORMATION knows the track that is written next as FFh. */
  readonly knowsNextTrack: boolean;
  /** The last recorded address of a closed track is told. */
  readonly tellsLastRecorded: boolean;
  /** What the table of contents lists, and how many of it: those before the last one become one entry. */
  readonly toc: { readonly lists: "sessions" | "tracks"; readonly most: number };
  /** Mode page 05h, where it counts. */
  readonly page?: PageDemand;
  /** By the state of a track. */
  readonly bits: Readonly<Record<"invisible" | "reserved" | "open" | "closed", TrackBits>>;
}

/** Captured on BD-R; of the DVD-R the closed and the reserved one differ. */
export const incrementalBits = {
  invisible: { reservedTrack: false, blank: true, packet: true, dataMode: 1 },
  reserved: { reservedTrack: true, blank: true, packet: true, dataMode: 1 },
  open: { reservedTrack: false, blank: false, packet: true, dataMode: 1 },
  closed: { reservedTrack: true, blank: false, packet: true, dataMode: 1 },
} as const;

/** BD-R; media without sessions need no others. */
export const plainRecording: RecordingRules = {
  // Inferred; one capture of a 100 GB disc shows 1024 blocks.
  sessionGap: { first: 0, later: 0 },
  trackGap: 0,
  runOut: 0,
  minimumTrack: 0,
  reserve: 0,
  endsTrackOnFlush: false,
  mergesTracks: false,
  knowsNextTrack: false,
  tellsLastRecorded: false,
  // Numbers in a table of contents have one byte.
  toc: { lists: "sessions", most: 99 },
  bits: incrementalBits,
};
