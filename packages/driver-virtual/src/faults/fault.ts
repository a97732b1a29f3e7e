import type { Lba, Sense } from "@multisession/core";
import type { BufferUnderrunFault } from "./buffer-underrun.ts";
import type { DefectFault, NoSparesFault } from "./defect.ts";
import type { HotRemovalFault } from "./hot-removal.ts";
import type { SlowFault } from "./slow-drive.ts";
import type { TornUnitFault } from "./torn-unit.ts";
import type { WrongAnswerFault } from "./wrong-answer.ts";
import type { WrongDiscFault } from "./wrong-disc.ts";

/**
 * The power goes, and every further command fails as on a lost cable, until `powerOn()`.
 *
 * - `command`: when the n-th command is done.
 * - `block`: when the n-th block has been received, in the middle of its WRITE.
 * - `effect`: when the n-th change has got onto the medium: a written unit, or one part of a flush, close or format.
 */
export interface PowerCutFault {
  /** Which fault it is. */
  readonly fault: "power-cut";
  /** What is counted. */
  readonly after: "command" | "block" | "effect";
  /** How many of them still take place, counted from the moment when the fault is armed. */
  readonly count: number;
  /** Whether open tracks lose their next address, so that they count as damaged until REPAIR TRACK. */
  readonly damagesTracks?: boolean;
}

/** A block that cannot be read (3/11/05) or written (3/0C/00). */
export interface BadBlockFault {
  /** Which fault it is. */
  readonly fault: "bad-block";
  /** Which commands fail. */
  readonly on: "read" | "write";
  /** The block. */
  readonly at: Lba;
  /**
   * WRITE says GOOD, and fails when its unit goes from the buffer onto the medium: SYNCHRONIZE CACHE says so, any other
   * command hears it as a deferred error (response code 71h) instead of being carried out. The block cannot be read.
   */
  readonly isDeferred?: boolean;
}

/** WRITE says GOOD and counts, but no data gets onto the medium. */
export interface LyingFault {
  /** Which fault it is. */
  readonly fault: "lying";
}

/** A command fails with this sense and does nothing: a busy drive (2/04/08), a failed close, whatever a drive may say. */
export interface SenseFault {
  /** Which fault it is. */
  readonly fault: "sense";
  /** Commands with this opcode. */
  readonly opcode: number;
  /** Only commands that touch this block. */
  readonly at?: Lba;
  /** How many such commands work before; 0 when left out. */
  readonly after?: number;
  /** How many such commands fail then; all when left out. */
  readonly times?: number;
  /** What is answered. */
  readonly sense: Sense;
}

/** One thing that goes wrong. Plain data, so that a script of faults can be saved and replayed. */
export type Fault =
  | PowerCutFault
  | HotRemovalFault
  | BadBlockFault
  | DefectFault
  | NoSparesFault
  | TornUnitFault
  | LyingFault
  | BufferUnderrunFault
  | SlowFault
  | SenseFault
  | WrongAnswerFault
  | WrongDiscFault;

/** What a recorder has done so far. A test takes them as the end of a loop over all cut points. */
export interface Counters {
  /** Commands that were answered. */
  readonly commands: number;
  /** Blocks that WRITE commands brought. */
  readonly blocks: number;
  /** Changes that got onto the medium: written units, and parts of flushes, closes and formats. */
  readonly effects: number;
}
