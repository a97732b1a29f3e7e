import { existsSync, readFileSync, type Stats, statSync } from "node:fs";
import { MultisessionError } from "@multisession/core";
import { type RecorderOptions, VirtualRecorder } from "../recorder/virtual-recorder.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { dataOnly } from "./data-only.ts";
import { FileStore } from "./file-store.ts";
import { isUnwritable, lookError } from "./host-error.ts";
import { lockDiscFile } from "./lock.ts";
import { stateFileOf } from "./names.ts";
import { ReadOnlyStore } from "./read-only-store.ts";
import { decodeStateFile } from "./state-file.ts";

/** What can be said when a disc is opened. */
export type OpenDiscOptions = RecorderOptions;

/**
 * Opens a disc file in a virtual recorder. Its `close` releases it.
 *
 * Without the state file the disc is only read, and has the sessions that its blocks show: as a complete write-once disc, or
 * as one that is overwritten in place. Where the files must not be written, or there is no room beside them for a lock, it is
 * write-protected.
 *
 * @throws `DEVICE_NOT_FOUND`, `BUSY` when another user has it open, `DISC_FILE_DAMAGED`, `DISC_FILE_VERSION`.
 */
export async function openDisc(path: string, options: OpenDiscOptions = {}): Promise<VirtualRecorder> {
  return new VirtualRecorder(await openStore(path), options);
}

async function openStore(path: string): Promise<MediumStore> {
  const file = look(path);
  if (!file?.isFile()) {
    const message = file ? `${path} is not a file.` : `There is no disc file ${path}.`;
    throw new MultisessionError("DEVICE_NOT_FOUND", message, { subject: path });
  }
  if (!existsSync(stateFileOf(path))) {
    const state = await dataOnly(path, file.size);
    return new ReadOnlyStore(path, "data-only", { state, drive: undefined, redo: [] });
  }
  try {
    return openLocked(path);
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    return new ReadOnlyStore(path, "protected", decodeStateFile(readFileSync(stateFileOf(path)), path));
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw lookError(error, path);
  }
}

function openLocked(path: string): FileStore {
  const release = lockDiscFile(path);
  try {
    return new FileStore(path, release);
  } catch (error) {
    release();
    throw error;
  }
}
