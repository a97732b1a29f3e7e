import { closeSync, existsSync, fsyncSync, openSync, rmSync } from "node:fs";
import { MultisessionError } from "@multisession/core";
import { checkKnown, chooseDrive } from "../drives/choose-drive.ts";
import { virtualDrive } from "../drives/virtual-drive.ts";
import { type DiscOptions, freshDisc } from "../media/virtual-media.ts";
import { MediumState } from "../medium-state.ts";
import { writeStateFile } from "./file-store.ts";
import { codeOf } from "./lock.ts";
import { stateFileOf } from "./names.ts";
import { encodeStateFile } from "./state-file.ts";

/**
 * Makes a disc file: `path` holds the blocks, `path.state` the rest. It takes up no room until something is written.
 *
 * @throws `DISC_FILE_EXISTS` when either of the two is there, `INVALID_PATH` when there can be no such file, `TypeError`
 * for an unknown medium or a capacity that it cannot have.
 */
export async function createDisc(path: string, options: DiscOptions): Promise<void> {
  const disc = freshDisc(options);
  const drive = options.drive === undefined ? undefined : chooseDrive(options.drive);
  if (drive !== undefined) checkKnown(drive, disc.table);
  const { bytes } = encodeStateFile(MediumState.fresh(disc), drive === virtualDrive ? undefined : drive);
  if (existsSync(stateFileOf(path))) throw exists(path, stateFileOf(path));
  const data = createNew(path);
  try {
    fsyncSync(data);
    closeSync(writeStateFile(stateFileOf(path), bytes));
  } catch (error) {
    // Without its state it would be taken for a disc that is only data.
    rmSync(path, { force: true });
    throw impossible(path, error);
  } finally {
    closeSync(data);
  }
}

function createNew(path: string): number {
  try {
    return openSync(path, "wx");
  } catch (error) {
    throw codeOf(error) === "EEXIST" ? exists(path, path) : impossible(path, error);
  }
}

function exists(subject: string, file: string): MultisessionError {
  return new MultisessionError("DISC_FILE_EXISTS", `There is already a file ${file}.`, { subject });
}

function impossible(subject: string, cause: unknown): unknown {
  if (codeOf(cause) === undefined) return cause;
  const message = `The disc file ${subject} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}.`;
  const advice = "Name a file in a folder that exists and may be written.";
  return new MultisessionError("INVALID_PATH", message, { subject, cause, advice });
}
