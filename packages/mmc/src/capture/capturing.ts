import type { CallOptions, DiscRecorder } from "@multisession/core";
import type { DriveCapture } from "./drive-capture.ts";

/** A recorder whose drive can be captured. */
export interface Capturing {
  /** Captures the drive with the disc that is in it, as `MmcRecorder.capture` does. */
  capture(options?: CallOptions): Promise<DriveCapture>;
}

/** Whether a recorder can be captured: those over MMC can. */
export function canCapture(recorder: DiscRecorder): recorder is DiscRecorder & Capturing {
  return "capture" in recorder && typeof recorder.capture === "function";
}

/**
 * Adds what a drive showed with another disc to an older capture of it. What was seen last counts.
 *
 * @throws `TypeError` when it is another drive.
 */
export function addCapture(older: DriveCapture, newer: DriveCapture): DriveCapture {
  if (nameOf(older) !== nameOf(newer)) throw new TypeError(`It is a capture of another drive, ${nameOf(older)}`);
  const seen = new Set(newer.media.map(({ profile }) => profile));
  return { ...newer, media: [...older.media.filter(({ profile }) => !seen.has(profile)), ...newer.media] };
}

function nameOf({ identity: { vendor, product, revision } }: DriveCapture): string {
  return `${vendor} ${product} ${revision}`;
}
