import { BLOCK_BYTES, type Blocks } from "@multisession/core";
import type { MediumState } from "../medium-state.ts";
import type { StateRecord } from "../state-record.ts";

/**
 * How long drives take for what is no transfer of data, in milliseconds. Unconfirmed: orders of magnitude as people tell
 * them; lead-outs and gaps come on top at the speed of writing.
 */
export const fixedTimes = {
  /** From a closed tray to a disc that can be used. */
  load: 8000,
  closeTrack: 2000,
  closeSession: 10_000,
  finalize: 20_000,
  repair: 5000,
  /** Only what makes the medium look blank or formatted. */
  quickFormat: 30_000,
} as const;

/** How long a change of the medium's state takes at a speed of writing; 1000 bytes per second, which is bytes per millisecond. */
export function durationOf(record: StateRecord, { closedSessions, table }: MediumState, speed: number): number {
  const writing = (blocks: Blocks): number => (blocks * BLOCK_BYTES) / speed;
  switch (record.is) {
    case "close-track":
      return fixedTimes.closeTrack;
    case "close-session": {
      const { first, later } = table.recording.sessionGap;
      return fixedTimes.closeSession + writing(closedSessions === 0 ? first : later);
    }
    case "finalize":
      return fixedTimes.finalize;
    case "repair":
      return fixedTimes.repair;
    case "format":
    case "extend":
      return fixedTimes.quickFormat;
    default:
      return 0;
  }
}

/** How long it takes to write over all blocks of a medium. */
export function wholeMedium({ mediumBlocks }: MediumState, speed: number): number {
  return (mediumBlocks * BLOCK_BYTES) / speed;
}
