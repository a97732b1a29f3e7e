import { readFile, stat, writeFile } from "node:fs/promises";
import { MultisessionError } from "@multisession/core";
import { addCapture, captureDocument, type DriveCapture, parseCapture } from "@multisession/mmc";

import { reasonOf } from "./system-error.ts";

/** Bytes; no drive shows as much. */
const LARGEST_CAPTURE = 2 ** 20;

/**
 * Reads a capture of a drive from a file.
 *
 * @throws `SOURCE_UNREADABLE` when there is no such file, `mmc/capture-invalid` when it holds something else.
 */
export async function readDriveFile(file: string): Promise<DriveCapture> {
  const unreadable = (why: string, cause?: unknown): MultisessionError =>
    new MultisessionError("SOURCE_UNREADABLE", `The drive ${file} could not be read: ${why}.`, {
      subject: file,
      cause,
    });
  try {
    if ((await stat(file)).size > LARGEST_CAPTURE) throw unreadable("it is too large");
    return parseCapture(await readFile(file, "utf8"), file);
  } catch (cause) {
    if (MultisessionError.is(cause)) throw cause;
    throw unreadable(reasonOf(cause), cause);
  }
}

/**
 * Saves a capture to a file. What a file holds already of the same drive with other discs is kept; anything else that has
 * the name is left alone.
 *
 * @returns what the file holds then.
 * @throws `ITEM_EXISTS`, `multisession/output-failed` when it cannot be written.
 */
export async function saveDriveFile(file: string, capture: DriveCapture): Promise<DriveCapture> {
  const whole = await withOlder(file, capture);
  try {
    await writeFile(file, `${JSON.stringify(captureDocument(whole), undefined, 2)}\n`);
  } catch (cause) {
    throw new MultisessionError(
      "multisession/output-failed",
      `The capture could not be saved to ${file}: ${reasonOf(cause)}.`,
      { subject: file, advice: "Choose another place with -o.", cause },
    );
  }
  return whole;
}

async function withOlder(file: string, capture: DriveCapture): Promise<DriveCapture> {
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined || (stats.isFile() && stats.size === 0)) return capture;
  try {
    return addCapture(await readDriveFile(file), capture);
  } catch (cause) {
    throw new MultisessionError(
      "ITEM_EXISTS",
      `${file} is there already and is no capture of this drive; it was left alone.`,
      { subject: file, advice: "Choose another name with -o.", cause },
    );
  }
}
