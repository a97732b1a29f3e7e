import type {
  BurnReport,
  CallOptions,
  Consequence,
  Fixed,
  OnEvent,
  PlannedSession,
  ReloadOutcome,
  SessionPlan,
  TreeExtent,
  VerifyReport,
} from "@multisession/core";
import type { ChangeSummary, ImageChanges } from "./changes.ts";

/** What a plan is asked for. */
export interface ImagePlanOptions extends CallOptions {
  /** `disc` closes the disc for good; it needs the consent `close-disc`. Default `session`. */
  readonly close?: "session" | "disc";
  /** What cannot be undone and is accepted. */
  readonly consent?: readonly Consequence[];
  /**
   * How much of the tree the session writes. `full`: all, which is a checkpoint. `delta`: only folders that have changed and
   * those above them; all the same where nothing can be shared, when a checkpoint is due, or when the disc is closed, and
   * then a note says why. Without it, as the file system's own option says.
   */
  readonly tree?: TreeExtent;
  /**
   * Whether equal contents are stored once: several new files with the same bytes, and files whose bytes the disc has
   * already. To find them, files of equal size are read while the plan is made. Default `true`.
   */
  readonly deduplicate?: boolean;
  /** Time and identity from a plan that was approved; chosen anew without it. */
  readonly fixed?: Fixed;
  /**
   * Time of the session in milliseconds since 1970, for a disc whose bytes depend on nothing but its input: the session's
   * identity is made from the tree and from what is on the disc. Only where equal names, sizes and times mean equal files.
   */
  readonly sourceDate?: number;
  /**
   * Whether many small new files are read while the plan is made, for a burn that follows at once, which then need not open
   * them: it records what they held now. One that comes later than after half a minute looks at all anew. 32 MiB of memory
   * at most, until the burn, the next plan or `close`. Default `false`.
   */
  readonly readAhead?: boolean;
}

/** What a saved plan does not say, for making it again. */
export type MatchOptions = Pick<ImagePlanOptions, "deduplicate" | "readAhead" | "signal">;

/** A plan of an image. Valid until the image or the disc changes. */
export interface ImagePlan {
  /** Pure data: what people approve, and what is saved as JSON. */
  readonly plan: SessionPlan;
  /** The plan with what its burn needs. */
  readonly planned: PlannedSession;
  /** What the file systems had to change to store the tree. */
  readonly notes: readonly string[];
  /** What the session changes, counted. */
  readonly summary: ChangeSummary;
  /** The same with every path. @throws `STALE` after the image was changed or recorded. */
  changes(options?: CallOptions): Promise<ImageChanges>;
  /** Whether the session has the whole tree again where the one that it builds on shares folders with older ones. */
  readonly isCheckpoint: boolean;
}

/** Options of a burn. */
export interface ImageBurnOptions extends CallOptions {
  /** Receives steps, progress and damage. */
  readonly onEvent?: OnEvent;
  /** Reads the session back and compares it with what was read from the sources. Default `true`. */
  readonly verify?: boolean;
}

/** What a burn did, and what was read back. */
export interface ImageReport extends BurnReport {
  /** Absent when the burn was not to be verified. */
  readonly verification?: Verification;
}

/** What was read back after a burn. */
export interface Verification {
  /** Whether reads came from the medium, or may have come from a cache. */
  readonly reload: ReloadOutcome;
  /** What was found. */
  readonly report: VerifyReport;
}

/** Latest time that ISO 9660 can hold in a directory record. */
const LAST_SOURCE_DATE = Date.UTC(2155, 11, 31, 23, 59, 59);

/** @throws `TypeError` for what is no time that a disc can hold. */
export function checkSourceDate(sourceDate: number | undefined): void {
  if (sourceDate === undefined) return;
  if (Number.isInteger(sourceDate) && sourceDate >= 0 && sourceDate <= LAST_SOURCE_DATE) return;
  throw new TypeError(`sourceDate must be whole milliseconds in the years 1970 to 2155, not ${String(sourceDate)}`);
}
