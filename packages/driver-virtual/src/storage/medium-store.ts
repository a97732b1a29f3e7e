import type { Blocks, Lba } from "@multisession/core";
import type { DriveCapture } from "@multisession/mmc";
import type { MediumState } from "../medium-state.ts";
import type { Effect } from "../state-record.ts";

/**
 * - `write`: effects can be committed.
 * - `protected`: nothing can be written where the medium lies.
 * - `data-only`: only the blocks are there, not the state: a complete medium.
 */
export type StoreAccess = "write" | "protected" | "data-only";

/**
 * Where a medium lies: its blocks as a host sees them, and its state. Synchronous: what is written here is small, and
 * promises would cost more than the calls.
 */
export interface MediumStore {
  /** The state as it is stored; not to be changed by the caller. */
  readonly state: MediumState;
  /** The drive that the disc was made with; absent where that is the virtual one. */
  readonly drive?: DriveCapture | undefined;
  /** Whether effects can be committed. */
  readonly access: StoreAccess;
  /** Whether the arrays of committed blocks become the store's own; else the caller may use them again. */
  readonly keepsUnits: boolean;
  /** Fills `into` with the blocks from `at` on. What was never written is zeros. */
  read(at: Lba, into: Uint8Array): void;
  /**
   * Carries out effects in their order. Each survives the end of the process as a whole or not at all.
   *
   * @param isDurable whether they must also survive the end of the operating system.
   */
  commit(effects: readonly Effect[], isDurable: boolean): void;
  /** Exclusive end of what the blocks hold: what a copy of the host's view contains. */
  readonly end: Blocks;
  /** Releases the medium; idempotent. */
  close(): void;
}
