import type { ValuesOf } from "@multisession/mmc";
import type { IncomingData } from "./incoming-data.ts";
import type { scsiCommand } from "./pdu.ts";

/** A SCSI command that has come and was not answered yet. */
export interface Task {
  readonly request: ValuesOf<typeof scsiCommand>;
  readonly lun: number;
  /** What it brings; absent where it brings nothing. */
  readonly incoming?: IncomingData;
  /** It was aborted: it is not begun, and not answered. */
  isAborted: boolean;
}

/**
 * The number of a logical unit in its 8 bytes: peripheral or flat addressing (SAM-5, 4.7.7). Nothing for the forms that
 * lead through a bridge: there is no unit behind one here.
 */
export function lunOf(bytes: Uint8Array): number | undefined {
  const method = (bytes[0] ?? 0) >> 6;
  const isSingleLevel = bytes.subarray(2).every((byte) => byte === 0);
  if (!isSingleLevel) return undefined;
  if (method === 0) return bytes[0] === 0 ? (bytes[1] ?? 0) : undefined;
  return method === 1 ? (((bytes[0] ?? 0) & 0x3f) << 8) | (bytes[1] ?? 0) : undefined;
}
