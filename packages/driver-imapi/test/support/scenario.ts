/** Something that goes wrong at the `nth` command with an opcode, counted from 1. */
interface CommandFault {
  readonly opcode: number;
  readonly nth: number;
  /** What the call gives instead. */
  readonly hresult?: number;
  /** Native code reads where there is nothing. */
  readonly crash?: true;
  /** The command takes so long, in milliseconds, in which the thread of the host is blocked. */
  readonly blocks?: number;
}

/** One drive of the stand-in. */
export interface StandInDevice {
  readonly id: string;
  readonly paths: readonly string[];
  /** Disc file in the drive; none for an empty tray. */
  readonly disc?: string;
  /** Another program that holds the drive. */
  readonly owner?: string;
  /** Bits that a buffer's address may not have. */
  readonly alignmentMask?: number;
  readonly maxTransferBytes?: number;
  readonly faults?: readonly CommandFault[];
  /** What IMAPI2's own writer says of the disc, beyond what the disc is. */
  readonly writer?: {
    /** More bits of the media status. */
    readonly status?: number;
    readonly protection?: number;
    /** What `Write` gives after so many blocks. */
    readonly failure?: { readonly afterBlocks: number; readonly hresult: number };
  };
}

/** What a stand-in for Windows' IMAPI2 has. */
export interface Scenario {
  readonly devices: readonly StandInDevice[];
  /** Drives that are plugged in when somebody listens. */
  readonly arriving?: readonly StandInDevice[];
  /** File that takes, when the process ends, what happened in it. */
  readonly record?: string;
}

/** What happened in a stand-in. */
export interface StandInRecord {
  /** Calls that change the state of a drive, in order. */
  readonly calls: readonly string[];
  /** Strings, arrays and blocks of memory that were not given back. */
  readonly ledger: { readonly strings: number; readonly arrays: number; readonly blocks: number };
  /** Objects of the stand-in that the driver still holds. */
  readonly live: number;
}

/** Variable of the environment that names the file with the scenario. */
export const SCENARIO = "MULTISESSION_STAND_IN";
