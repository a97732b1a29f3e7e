import type { Sense } from "@multisession/core";
import type { SenseData } from "@multisession/mmc";
import { sense } from "../media/medium-table.ts";
import type { StateRecord } from "../state-record.ts";

/** What a drive says while something goes on: not ready, with a reason that passes (MMC). */
export const busySenses: Readonly<Record<"load" | "format" | "operation" | "longWrite", Sense>> = {
  load: sense(2, 0x04, 0x01),
  format: sense(2, 0x04, 0x04),
  operation: sense(2, 0x04, 0x07),
  longWrite: sense(2, 0x04, 0x08),
};

/** Something that goes on in the drive while its command has been answered. Plain data. */
export interface Operation {
  /** What other commands hear meanwhile. In the background (key 0) they are carried out. */
  readonly sense: Sense;
  /** When it began; milliseconds of the recorder's clock. */
  readonly start: number;
  /** Changes of the medium, each with the time when it has taken place, in order. */
  readonly steps: readonly { readonly at: number; readonly record: StateRecord }[];
  /** When it ends. */
  readonly end: number;
  /** What GET EVENT STATUS NOTIFICATION tells of its end. */
  readonly event?: number | undefined;
}

/** Progress is told in parts of this. */
const WHOLE = 0x1_0000;

/** The sense of an operation with how far it is. */
export function progressOf({ sense: told, start, end }: Operation, now: number): SenseData {
  const done = end > start ? (now - start) / (end - start) : 1;
  return { ...told, progress: Math.min(WHOLE - 1, Math.max(0, Math.floor(done * WHOLE))) };
}

/** Whether it leaves the drive free for other commands. */
export function isInBackground({ sense: { key } }: Operation): boolean {
  return key === 0;
}

/** The same some time later. */
export function shifted(operation: Operation, by: number): Operation {
  const steps = operation.steps.map(({ at, record }) => ({ at: at + by, record }));
  return { ...operation, start: operation.start + by, end: operation.end + by, steps };
}
