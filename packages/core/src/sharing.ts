import type { CallOptions } from "./recorder.ts";
import type { Lba } from "./units.ts";

/** How much of the tree a session writes: only the directories that have changed and those above them, or all. */
export type TreeExtent = "delta" | "full";

/**
 * What a file system allows the next session to leave where it lies: directories of the state that it builds on. Made by
 * `RecordedVolume.share`, handed back to the same file system's `layout`, which alone understands it.
 */
export interface Sharing {
  /** `id` of the file system. */
  readonly fileSystem: string;
  /** First block of the oldest directory that the state has: the sessions behind it are since the last whole tree. */
  readonly oldest: Lba;
  /** Whether a directory that was listed, named by its address, can be named where it lies. Reads at most what is above it. */
  canShare(at: Lba, options?: CallOptions): Promise<boolean>;
}

/** Why no directory can be shared, for people. */
export interface NoSharing {
  /** A sentence. */
  readonly reason: string;
}

/** When a file system writes sessions that share directories. */
export interface DeltaPolicy {
  /** Whether it does so without being asked for each session. */
  readonly isDefault: boolean;
  /** Of so many sessions one has the whole tree again. */
  readonly checkpointEvery: number;
}
