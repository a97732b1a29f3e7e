import type { Sense } from "@multisession/core";

/** The drive is not ready for a while: it says so to every command that needs it, and then goes on as if nothing had been. */
export interface SlowFault {
  /** Which fault it is. */
  readonly fault: "slow";
  /** Only commands with this opcode are counted: the last of them takes long. Any when left out. */
  readonly opcode?: number;
  /** How many commands are answered before; 0 when left out. */
  readonly after?: number;
  /** How many commands it is not ready for; 0 when left out. */
  readonly times?: number;
  /** How long it is not ready, on the recorder's clock; 0 when left out. Without a clock that time passes at once. */
  readonly milliseconds?: number;
  /** What it says: 2/04/01 (becoming ready) when left out, 2/04/08 (long write in progress) after an opcode. */
  readonly sense?: Sense;
}
