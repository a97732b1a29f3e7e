import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { BLOCK_BYTES, MultisessionError } from "@multisession/core";
import type { MediumState } from "../medium-state.ts";
import type { StateRecord } from "../state-record.ts";
import { checkState } from "./check-state.ts";
import { dataOnly } from "./data-only.ts";
import { dataEnd } from "./file-store.ts";
import { decodeFrames } from "./frames.ts";
import { codeOf, lockDiscFile } from "./lock.ts";
import { lockFileOf, stateFileOf } from "./names.ts";
import { decodeStateFile, type StoredState } from "./state-file.ts";

/** What {@link checkDisc} looks at, in its order. */
export type DiscCheckName =
  | "lock"
  | "format"
  | "journal"
  | "numbers"
  | "tracks"
  | "next-addresses"
  | "sessions"
  | "replacements"
  | "recorded"
  | "unreadable"
  | "data";

/** What one check found. */
export interface DiscCheck {
  /** Which rule was checked. */
  readonly check: DiscCheckName;
  /** `good`: it holds. `note`: it holds, and something is worth knowing. `bad`: it does not hold. */
  readonly outcome: "good" | "note" | "bad";
  /** In words, for people. */
  readonly what: string;
}

/** What {@link checkDisc} found. */
export interface DiscCheckReport {
  /** Whether nothing is `bad`. */
  readonly isSound: boolean;
  /** One or more for each rule. After a state file that cannot be read there are no more. */
  readonly checks: readonly DiscCheck[];
}

/**
 * Proves what must be true of a disc file: its state file can be read, tracks and sessions lie as they can lie, what was
 * replaced has its place, and the blocks are as long as what was recorded. It holds the lock meanwhile and changes nothing;
 * only a lock that is left over from a process that ended goes, as when a disc is opened.
 *
 * @throws `DEVICE_NOT_FOUND`, `BUSY` when another user has it open: then nothing can be said.
 */
export async function checkDisc(path: string): Promise<DiscCheckReport> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new MultisessionError("DEVICE_NOT_FOUND", `There is no disc file ${path}.`, { subject: path });
  }
  const { lock, release } = holdLock(path);
  try {
    const checks = [lock, ...(existsSync(stateFileOf(path)) ? checkBoth(path) : await checkBlocksAlone(path))];
    return { isSound: checks.every(({ outcome }) => outcome !== "bad"), checks };
  } finally {
    release();
  }
}

/** System errors of a place where nothing can be written. */
const forbidden: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

function holdLock(path: string): { readonly lock: DiscCheck; readonly release: () => void } {
  const wasThere = existsSync(lockFileOf(path));
  try {
    const release = lockDiscFile(path);
    const lock: DiscCheck = wasThere
      ? { check: "lock", outcome: "note", what: "a lock was left over from a process that ended; it does not count" }
      : { check: "lock", outcome: "good", what: "nobody has the disc open" };
    return { lock, release };
  } catch (error) {
    if (!forbidden.has(codeOf(error) ?? "")) throw error;
    const what = "nothing can be written here, so nobody could be kept from opening the disc meanwhile";
    return { lock: { check: "lock", outcome: "note", what }, release: () => {} };
  }
}

/** Without the state file the disc opens, and is only read. */
async function checkBlocksAlone(path: string): Promise<readonly DiscCheck[]> {
  const { size } = statSync(path);
  const state = await dataOnly(path, size);
  const count = state.closedSessions === 1 ? "1 session" : `${state.closedSessions} sessions`;
  const sessions = state.isInPlace ? "sessions that its head leads to" : `${count} that the blocks show`;
  return [
    {
      check: "format",
      outcome: "note",
      what: `there is no ${stateFileOf(path)}: the disc is only read, with the ${sessions}`,
    },
    wholeBlocks(size) ?? { check: "data", outcome: "good", what: `${size / BLOCK_BYTES} whole blocks` },
  ];
}

function checkBoth(path: string): readonly DiscCheck[] {
  const bytes = readFileSync(stateFileOf(path));
  let stored: StoredState;
  try {
    stored = decodeStateFile(bytes, path);
  } catch (error) {
    if (!MultisessionError.is(error)) throw error;
    const check = error.code === "DISC_FILE_VERSION" || !beginsAsStateFile(bytes) ? "format" : "journal";
    return [{ check, outcome: "bad", what: error.message }];
  }
  return [
    { check: "format", outcome: "good", what: `a state file of version ${stored.version}, which this program knows` },
    checkJournal(stored, bytes),
    ...checkState(stored.state),
    ...checkData(path, stored),
  ];
}

function beginsAsStateFile(bytes: Buffer): boolean {
  return bytes.subarray(0, 40).toString("latin1").startsWith('{"format":"multisession-disc"');
}

/** Every kind of change; a new one that is left out here does not compile. */
const changeKinds: Readonly<Record<StateRecord["is"], true>> = {
  format: true,
  background: true,
  append: true,
  replace: true,
  lose: true,
  update: true,
  extend: true,
  overwrite: true,
  record: true,
  spare: true,
  unreadable: true,
  reserve: true,
  "close-track": true,
  "close-session": true,
  finalize: true,
  damage: true,
  repair: true,
};

function checkJournal({ id, changes, end }: StoredState, bytes: Buffer): DiscCheck {
  const { frames } = decodeFrames(id, bytes, bytes.indexOf("\n") + 1);
  const unknown = frames
    .slice(1)
    .map(({ text }) => String((JSON.parse(text) as { readonly is?: unknown }).is))
    .find((kind) => !Object.hasOwn(changeKinds, kind));
  if (unknown !== undefined)
    return { check: "journal", outcome: "bad", what: `a record says "${unknown}", which no change is called` };
  const what = `the state and ${changes === 1 ? "1 change" : `${changes} changes`}, each with its checksum, in order`;
  const rest = bytes.length - end;
  return rest === 0
    ? { check: "journal", outcome: "good", what }
    : { check: "journal", outcome: "note", what: `${what}; ${rest} bytes of a record that was never finished follow` };
}

function checkData(path: string, { state, redo }: StoredState): readonly DiscCheck[] {
  const { size } = statSync(path);
  const waiting = unitsToRedo(path, redo);
  const length = state.isInPlace ? inPlaceLength(state, size) : writeOnceLength(state, size);
  return waiting === 0
    ? [length]
    : [
        length,
        {
          check: "data",
          outcome: "note",
          what: `${waiting} replaced clusters are not at their place yet; opening the disc puts them there`,
        },
      ];
}

/** Replaced clusters whose newest contents are not in the disc file. */
function unitsToRedo(path: string, redo: StoredState["redo"]): number {
  const newest = new Map(redo.map(({ at, bytes }) => [at, bytes]));
  if (newest.size === 0) return 0;
  const file = openSync(path, "r");
  try {
    return [...newest].filter(([at, bytes]) => !isHeld(file, at * BLOCK_BYTES, bytes)).length;
  } finally {
    closeSync(file);
  }
}

/** Whether a file has these bytes at a place; beyond its end it has zeros. */
function isHeld(file: number, from: number, bytes: Uint8Array): boolean {
  const held = new Uint8Array(bytes.length);
  for (let done = 0; done < held.length; ) {
    const count = readSync(file, held, done, held.length - done, from + done);
    if (count === 0) break;
    done += count;
  }
  return Buffer.compare(held, bytes) === 0;
}

function inPlaceLength({ blocks }: MediumState, size: number): DiscCheck {
  if (size > blocks * BLOCK_BYTES)
    return {
      check: "data",
      outcome: "bad",
      what: `the disc file has ${size} bytes, but the disc only ${blocks} blocks`,
    };
  return (
    wholeBlocks(size) ?? { check: "data", outcome: "good", what: `${size / BLOCK_BYTES} blocks, all inside the disc` }
  );
}

function writeOnceLength(state: MediumState, size: number): DiscCheck {
  const recorded = dataEnd(state);
  const written = state.writtenEnd;
  if (size < recorded * BLOCK_BYTES) {
    const what = `the disc file has ${size} bytes, but ${recorded} blocks were recorded: its end is missing`;
    return { check: "data", outcome: "bad", what };
  }
  const rest = size - written * BLOCK_BYTES;
  if (rest > 0) {
    const what = `${written} blocks were recorded; ${rest} bytes behind them were not, and opening the disc cuts them off`;
    return { check: "data", outcome: "note", what };
  }
  return (
    wholeBlocks(size) ?? { check: "data", outcome: "good", what: `as long as what was recorded: ${written} blocks` }
  );
}

function wholeBlocks(size: number): DiscCheck | undefined {
  if (size % BLOCK_BYTES === 0) return undefined;
  return {
    check: "data",
    outcome: "note",
    what: `${size} bytes are no whole blocks; what is missing of the last one counts as zeros`,
  };
}
