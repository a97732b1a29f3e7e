import { existsSync, readFileSync, statSync } from "node:fs";
import { BLOCK_BYTES, blocksOf, MultisessionError, roundUp } from "@multisession/core";
import type { Fault } from "../faults/fault.ts";
import { bdR } from "../media/bd-r.ts";
import { apply, MediumState } from "../medium-state.ts";
import { VirtualRecorder } from "../recorder/virtual-recorder.ts";
import type { MediumStore } from "../storage/medium-store.ts";
import { FileStore } from "./file-store.ts";
import { codeOf, lockDiscFile } from "./lock.ts";
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
 * Without the state file the disc is complete and only read. Where the files must not be written, it is write-protected.
 *
 * @throws `DEVICE_NOT_FOUND`, `BUSY` when another user has it open, `DISC_FILE_DAMAGED`, `DISC_FILE_VERSION`.
 */
export async function openDisc(
  path: string,
  { faults = [], seed = 1 }: OpenDiscOptions = {},
): Promise<VirtualRecorder> {
  return new VirtualRecorder(openStore(path), faults, seed);
}

function openStore(path: string): MediumStore {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) {
    const message = file ? `${path} is not a file.` : `There is no disc file ${path}.`;
    throw new MultisessionError("DEVICE_NOT_FOUND", message, { subject: path });
  }
  if (!existsSync(stateFileOf(path))) return new ReadOnlyStore(path, dataOnly(file.size), "data-only", []);
  try {
    return openLocked(path);
  } catch (error) {
    if (!forbidden.has(codeOf(error) ?? "")) throw error;
    const { state, redo } = decodeStateFile(readFileSync(stateFileOf(path)), path);
    return new ReadOnlyStore(path, state, "protected", redo);
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

/** A complete write-once disc of one session: all that the blocks alone can be taken for. */
function dataOnly(bytes: number): MediumState {
  const { unit } = bdR;
  const blocks = Math.max(unit, roundUp(blocksOf(bytes), unit));
  const state = new MediumState(bdR, blocks, "unformatted", blocks);
  if (bytes >= BLOCK_BYTES) {
    apply(state, { is: "append", track: 1, next: blocks });
    apply(state, { is: "close-session" });
  }
  apply(state, { is: "finalize" });
  return state;
}
