import type { Fault, VirtualMediumId } from "@multisession/driver-virtual";

/** A call that fails at the `nth` command with an opcode, counted from 1. */
export interface Failure {
  readonly opcode: number;
  readonly nth: number;
  /** What IMAPI2 gives instead. */
  readonly hresult: number;
}

/** How a drive differs from an ordinary one; the order is that of `struct Traits` in stand-in/machine.h. */
export interface Traits {
  /** More bits of the media status. */
  readonly status: number;
  /** Bits of IMAPI_MEDIA_WRITE_PROTECT_STATE. */
  readonly protection: number;
  /** Bits that a buffer's address may not have. */
  readonly alignmentMask: number;
  /** Most bytes of one command. */
  readonly transferBytes: number;
  /** How events arrive: 1 from a thread of the server's own, 2 through the vtable in place of `Invoke`. */
  readonly events: number;
}

/** One drive of the machine. Plain data: tests send it as JSON. */
export interface DriveScript {
  /** IMAPI2's identifier. */
  readonly id: string;
  /** Where its volume is mounted. */
  readonly paths?: readonly string[];
  /** Disc file in the drive, made with `medium` when it is not there yet; none for an open tray. */
  readonly disc?: string;
  readonly medium?: VirtualMediumId;
  /** Another program that holds the drive. */
  readonly owner?: string;
  /** What goes wrong in the recorder. */
  readonly faults?: readonly Fault[];
  /** What goes wrong above it. */
  readonly failures?: readonly Failure[];
  readonly traits?: Partial<Traits>;
  /** WRITE is answered at once and its data thrown away: to measure the way, not the recorder. */
  readonly discards?: boolean;
  /** Milliseconds that each WRITE takes. */
  readonly writeMilliseconds?: number;
}

/** What a test asks of the machine. */
export type MachineOrder =
  /** These are all the drives from now on; nobody is told. */
  | { readonly order: "set"; readonly drives: readonly DriveScript[] }
  /** A drive is plugged in; those who watch are told. */
  | { readonly order: "plug"; readonly drive: DriveScript }
  /** A drive is pulled out; those who watch are told. */
  | { readonly order: "unplug"; readonly id: string }
  | { readonly order: "report" };

/** What the machine knows. */
export interface MachineReport {
  /** Connections that are open: one for each recorder object, and one for each that watches. */
  readonly connections: number;
  readonly watchers: number;
  readonly drives: readonly {
    readonly id: string;
    /** Client that holds the drive. */
    readonly holder?: string;
    readonly silences: number;
    /** Client names of all who have held it, in order. */
    readonly held: readonly string[];
    /** Commands, by opcode. */
    readonly commands: Readonly<Record<string, number>>;
    /** The last CDB with each opcode, in hexadecimal digits. */
    readonly last: Readonly<Record<string, string>>;
  }[];
}
