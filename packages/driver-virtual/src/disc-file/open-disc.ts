import { existsSync, readFileSync, statSync } from "node:fs";
import { MultisessionError } from "@multisession/core";
import { type RecorderOptions, VirtualRecorder } from "../recorder/virtual-recorder.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { dataOnly } from "./data-only.ts";
import { FileStore } from "./file-store.ts";
import { codeOf, lockDiscFile } from "./lock.ts";
import { stateFileOf } from "./names.ts";
import { ReadOnlyStore } from "./read-only-store.ts";
import { decodeStateFile } from "./state-file.ts";

/** What can be said when a disc is opened. */
export type OpenDiscOptions = RecorderOptions;

/**
 * Opens a disc file in a virtual recorder. Its `close` releases it.
 *
 * Without the state file the disc is complete, has the sessions that its blocks show, and is only read. Where the files must not be written, it is write-protected.
 *
 * @throws `DEVICE_NOT_FOUND`, `BUSY` when another user has it open, `DISC_FILE_DAMAGED`, `DISC_FILE_VERSION`.
 */
export async function openDisc(path: string, options: OpenDiscOptions = {}): Promise<VirtualRecorder> {
  return new VirtualRecorder(await openStore(path), options);
}

async function openStore(path: string): Promise<MediumStore> {
  const file = statSync(path, { throwIfNoEntry: false });
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
    if (!forbidden.has(codeOf(error) ?? "")) throw error;
    return new ReadOnlyStore(path, "protected", decodeStateFile(readFileSync(stateFileOf(path)), path));
  }
}

/** System errors of a place where nothing can be written. */
const forbidden: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

function openLocked(path: string): FileStore {
  const release = lockDiscFile(path);
  try {
    return new FileStore(path, release);
  } catch (error) {
    release();
    throw error;
  }
}
