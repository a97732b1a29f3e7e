import type { Blocks, Lba } from "@multisession/core";
import type { MediumState } from "../medium-state.ts";
import type { Effect } from "../state-record.ts";

/**
 * Where a medium lies: its blocks as a host sees them, and its state. Synchronous: what is written here is small, and
 * promises would cost more than the calls.
 */
export interface MediumStore {
  /** The state as it is stored; not to be changed by the caller. */
  readonly state: MediumState;
  /** Whether nothing can be committed. */
  readonly isReadOnly: boolean;
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
