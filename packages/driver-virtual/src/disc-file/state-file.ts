import { randomBytes } from "node:crypto";
import { MultisessionError } from "@multisession/core";
import { concat, type DriveCapture } from "@multisession/mmc";
import { apply, type MediumState } from "../medium-state.ts";
import type { Effect, StateRecord } from "../state-record.ts";
import { decodeFrames, encodeFrame, type Frame } from "./frames.ts";
import { documentOf, driveOf, type StateDocument, stateOf } from "./state-document.ts";

/** Newest version of the state file. What an older one can say is written in that, so that older programs read it. */
const VERSION = 2;
/** Version 2 can name a drive. */
const versionFor = (drive: DriveCapture | undefined): number => (drive === undefined ? 1 : VERSION);
const FORMAT = "multisession-disc";
/** Longest first line. */
const LONGEST_HEADER = 4096;
const NEWLINE = 0x0a;

interface Header {
  readonly format: string;
  readonly version: number;
  /** Belongs to this file alone; part of all its checksums. */
  readonly id: string;
  /** For people who find the file. */
  readonly note: string;
}

/** A new state file: its bytes, and what later records need. */
export interface NewStateFile {
  /** The whole file. */
  readonly bytes: Uint8Array;
  /** Its id. */
  readonly id: string;
  /** Sequence number of the next record. */
  readonly next: number;
}

/** Makes a state file that holds a state and no changes, and the drive that the disc was made with. */
export function encodeStateFile(state: MediumState, drive?: DriveCapture): NewStateFile {
  const id = randomBytes(8).toString("hex");
  const note = "State of the virtual disc beside it, by the npm package @multisession/driver-virtual.";
  const header: Header = { format: FORMAT, version: versionFor(drive), id, note };
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  return { bytes: concat(line, encodeFrame(id, 1, JSON.stringify(documentOf(state, drive)))), id, next: 2 };
}

/** Makes the records of changes. The data of a replaced unit goes with its record; other data lies in the disc file. */
export function encodeChanges(id: string, next: number, effects: readonly Effect[]): readonly Uint8Array[] {
  return effects.map(({ record, data }, index) =>
    encodeFrame(id, next + index, JSON.stringify(record), record.is === "replace" ? data?.bytes : undefined),
  );
}

/** A unit whose replacement may not have got into the disc file. */
interface Redo {
  /** First block of the unit. */
  readonly at: number;
  /** What it holds now. */
  readonly bytes: Uint8Array;
}

/** What a state file says. */
export interface StoredState {
  /** Version of the file. */
  readonly version: number;
  /** The drive that the disc was made with; absent where that is the virtual one. */
  readonly drive: DriveCapture | undefined;
  /** The state after all changes. */
  readonly state: MediumState;
  /** The file's id. */
  readonly id: string;
  /** Sequence number of the next record. */
  readonly next: number;
  /** Records behind the first. */
  readonly changes: number;
  /** Bytes of whole records; what lies behind them was never finished. */
  readonly end: number;
  /** Replaced units, in order. */
  readonly redo: readonly Redo[];
}

/**
 * Reads a state file.
 *
 * @throws `DISC_FILE_VERSION` when a newer version made it, `DISC_FILE_DAMAGED`.
 */
export function decodeStateFile(bytes: Uint8Array, subject: string): StoredState {
  const line = bytes.subarray(0, LONGEST_HEADER).indexOf(NEWLINE);
  const header = parseHeader(bytes.subarray(0, Math.max(0, line)), subject);
  const { frames, end, isDamaged } = decodeFrames(header.id, bytes, line + 1);
  const [first, ...changes] = frames;
  if (isDamaged || first === undefined) throw damaged(subject, "a record in it does not match its checksum");
  try {
    const document = JSON.parse(first.text) as StateDocument;
    const state = stateOf(document);
    const drive = driveOf(document);
    const records = changes.map((frame) => ({ frame, record: JSON.parse(frame.text) as StateRecord }));
    for (const { record } of records) apply(state, record);
    const next = (frames.at(-1)?.sequence ?? 0) + 1;
    const { version } = header;
    return { version, drive, state, id: header.id, next, changes: changes.length, end, redo: records.flatMap(redoOf) };
  } catch (cause) {
    throw damaged(subject, "a record in it makes no sense", cause);
  }
}

function redoOf({ frame, record }: { readonly frame: Frame; readonly record: StateRecord }): readonly Redo[] {
  return record.is === "replace" ? [{ at: record.unit, bytes: frame.data }] : [];
}

function parseHeader(line: Uint8Array, subject: string): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(new TextDecoder().decode(line)) as Partial<Header>;
  } catch (cause) {
    throw damaged(subject, "it does not begin as a state file does", cause);
  }
  const { format, version, id } = header ?? {};
  if (format !== FORMAT || typeof version !== "number" || typeof id !== "string") {
    throw damaged(subject, "it does not begin as a state file does");
  }
  if (version > VERSION) {
    const message = `The state file of ${subject} has version ${version}; this program knows versions up to ${VERSION}.`;
    throw new MultisessionError("DISC_FILE_VERSION", message, { subject });
  }
  return { format, version, id, note: header.note ?? "" };
}

/** `DISC_FILE_DAMAGED` for people. */
export function damaged(subject: string, why: string, cause?: unknown): MultisessionError {
  const message = `The state file of ${subject} cannot be used: ${why}. The disc file itself was not touched.`;
  return new MultisessionError("DISC_FILE_DAMAGED", message, { subject, cause });
}
