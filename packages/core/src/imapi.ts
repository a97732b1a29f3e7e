import type { IMultisession } from "./multisession.ts";
import type { Blocks, Lba } from "./units.ts";

/** What `StartAddressOfPreviousSession` says on a disc without one. IMAPI2's value. */
export const NO_PREVIOUS_SESSION = -1;

/**
 * IMAPI2's `IMultisessionSequential`: names, units and values as there. All values are block numbers or numbers of
 * blocks of 2048 bytes. Each getter asks the drive.
 */
export interface IMultisessionSequential extends IMultisession {
  /** `true` when the next session is the first data session of the disc. @throws `NO_MEDIUM`. */
  readonly isFirstDataSession: Promise<boolean>;
  /** First block of the previous session; −1 when there is none. @throws `NO_MEDIUM`. */
  readonly startAddressOfPreviousSession: Promise<Lba>;
  /** Last block of the previous session; −1 when there is none. @throws `NO_MEDIUM`. */
  readonly lastWrittenAddressOfPreviousSession: Promise<Lba>;
  /** First block that the next session may use; 0 on a blank disc. @throws `NO_MEDIUM`, `NOT_WRITABLE` on a closed disc. */
  readonly nextWritableAddress: Promise<Lba>;
  /** Blocks that can still be written. @throws `NO_MEDIUM`. */
  readonly freeSectorsOnMedia: Promise<Blocks>;
}

/** IMAPI2's `IMultisessionSequential2`. */
export interface IMultisessionSequential2 extends IMultisessionSequential {
  /** Blocks of one write unit. @throws `NO_MEDIUM`. */
  readonly writeUnitSize: Promise<Blocks>;
}

/** IMAPI2's `IMultisessionRandomWrite`. */
export interface IMultisessionRandomWrite extends IMultisession {
  /** Start and length of every write are multiples of it. @throws `NO_MEDIUM`. */
  readonly writeUnitSize: Promise<Blocks>;
  /** As the drive reports it. @throws `UNSUPPORTED_INTENT` (IMAPI2: `E_NOTIMPL`) when it reports none. */
  readonly lastWrittenAddress: Promise<Lba>;
  /** Addressable blocks. @throws `NO_MEDIUM`. */
  readonly totalSectorsOnMedia: Promise<Blocks>;
}
