import type { StateRef } from "./history.ts";
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
  /** Whether a directory that was listed, named by its address, can be named where it lies. Reads at most what is above it. */
  canShare(at: Lba, options?: CallOptions): Promise<boolean>;
}

/** Where the directories of a volume lie. */
export interface DirectorySpan {
  /** First block of the one that lies first on the disc. */
  readonly oldest: Lba;
  /** First block of the one that lies last. */
  readonly newest: Lba;
}

/** Whether directories of one volume lie in several sessions: its newest session holds only those that had changed. */
export function sharesDirectories({ oldest, newest }: DirectorySpan, states: readonly StateRef[]): boolean {
  return states.some(({ start }) => start > oldest && start <= newest);
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
