import type { ScsiCommand, ScsiResult } from "@multisession/mmc";
import type { Fault } from "../faults/fault.ts";
import type { Outcome } from "../recorder/command-log.ts";

/** Something that happened to a recorder, with the time on its clock; milliseconds. */
export type RecorderEvent =
  /** A command came and was answered, or the power went. */
  | {
      readonly is: "command";
      readonly at: number;
      readonly command: ScsiCommand;
      readonly outcome: Outcome;
      readonly result?: ScsiResult;
    }
  /** Its user closed it, so that everything got onto the medium; cut the power, switched it on, or took the disc out by force; went back to a snapshot. */
  | { readonly is: "flush" | "power-cut" | "power-on" | "removal" | "restore"; readonly at: number }
  /** Other faults were armed. */
  | { readonly is: "arm"; readonly at: number; readonly faults: readonly Fault[]; readonly seed?: number | undefined };
