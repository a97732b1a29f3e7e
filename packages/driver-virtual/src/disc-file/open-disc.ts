import { existsSync, readFileSync, type Stats, statSync } from "node:fs";
import { MultisessionError } from "@multisession/core";
import type { Fault } from "../faults/fault.ts";
import { VirtualRecorder } from "../recorder/virtual-recorder.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { dataOnly } from "./data-only.ts";
import { FileStore } from "./file-store.ts";
import { isUnwritable, lookError } from "./host-error.ts";
import { lockDiscFile } from "./lock.ts";
import { stateFileOf } from "./names.ts";
import { ReadOnlyStore } from "./read-only-store.ts";
import { decodeStateFile } from "./state-file.ts";

/** What can be said when a disc is opened. */
export interface OpenDiscOptions {
  /** What goes wrong. */
  readonly faults?: readonly Fault[];
  /** Decides what survives a power cut. 1 when left out. */
  readonly seed?: number;
}

/**
 * Opens a disc file in a virtual recorder. Its `close` releases it.
 *
 * Without the state file the disc is complete, has the sessions that its blocks show, and is only read. Where the files
 * must not be written, or there is no room beside them for a lock, it is write-protected.
 *
 * @throws `DEVICE_NOT_FOUND`, `BUSY` when another user has it open, `DISC_FILE_DAMAGED`, `DISC_FILE_VERSION`.
 */
export async function openDisc(
  path: string,
  { faults = [], seed = 1 }: OpenDiscOptions = {},
): Promise<VirtualRecorder> {
  return new VirtualRecorder(await openStore(path), faults, seed);
}

async function openStore(path: string): Promise<MediumStore> {
  const file = look(path);
  if (!file?.isFile()) {
    const message = file ? `${path} is not a file.` : `There is no disc file ${path}.`;
    throw new MultisessionError("DEVICE_NOT_FOUND", message, { subject: path });
  }
  if (!existsSync(stateFileOf(path))) return new ReadOnlyStore(path, await dataOnly(path, file.size), "data-only", []);
  try {
    return openLocked(path);
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    const { state, redo } = decodeStateFile(readFileSync(stateFileOf(path)), path);
    return new ReadOnlyStore(path, state, "protected", redo);
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
