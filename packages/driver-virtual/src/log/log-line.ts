import { crc32, deflateSync } from "node:zlib";
import type { DriveCapture } from "@multisession/mmc";
import { captureDocument, describeCommand, describeSense, opcodes, parseSense, senseCode } from "@multisession/mmc";
import { documentOf, type StateDocument } from "../disc-file/state-document.ts";
import type { Fault } from "../faults/fault.ts";
import type { MediumState } from "../medium-state.ts";
import type { RecorderEvent } from "./recorder-event.ts";

/** Version of the log. It changes when a member is removed or means something else, not when one is added. */
export const LOG_VERSION = 1;

/** Data that went with a command. */
export interface LoggedData {
  /** How many bytes. */
  readonly bytes: number;
  /** CRC-32 as in zlib, eight hexadecimal digits. */
  readonly crc: string;
  /** The bytes in hexadecimal digits: of everything but what is recorded or read back. */
  readonly hex?: string;
  /** What is recorded or read back, where contents were wanted: zlib, in Base64. */
  readonly deflated?: string;
}

/** The first line: which recorder, which disc, and what decides what happens to them. */
export interface LogHead {
  readonly is: "recorder";
  /** 1 */
  readonly version: number;
  /** Tells a log from other documents. */
  readonly kind: "log";
  /** Milliseconds on the recorder's clock, as in every line. */
  readonly at: number;
  /** The disc as its state file would describe it; its blocks are not in the log. */
  readonly disc: StateDocument;
  /** What decides what survives a power cut. */
  readonly seed: number;
  /** What goes wrong. */
  readonly faults: readonly Fault[];
  /** Whether time passed by a clock, or at once. */
  readonly hasClock: boolean;
  /** The power was off before, which the recorder still has to tell. Absent where it was not. */
  readonly wasOff?: boolean;
}

/** A line for a command. */
export interface LogCommand {
  readonly is: "command";
  /** When it came; milliseconds on the recorder's clock. */
  readonly at: number;
  /** The CDB in hexadecimal digits. */
  readonly cdb: string;
  /** The CDB in words. */
  readonly words: string;
  /** Most bytes that the host took, where it said so. */
  readonly most?: number;
  /** `good`, `power-lost`, or the sense in short, such as `5/21/02`. */
  readonly outcome: string;
  /** The sense in words. */
  readonly says?: string;
  /** The sense data in hexadecimal digits. */
  readonly sense?: string;
  /** From the host. */
  readonly out?: LoggedData;
  /** To the host. */
  readonly in?: LoggedData;
}

/** A line of a log. */
export type LogLine =
  | LogHead
  | LogCommand
  | { readonly is: "flush" | "power-cut" | "power-on" | "removal" | "restore"; readonly at: number }
  | { readonly is: "arm"; readonly at: number; readonly faults: readonly Fault[]; readonly seed?: number };

/** What a recorder is when its log begins. */
export interface LogOrigin {
  /** Milliseconds on its clock. */
  readonly at: number;
  /** The disc. */
  readonly state: MediumState;
  /** The drive; absent where it is no real one. */
  readonly drive: DriveCapture | undefined;
  /** What decides what survives a power cut. */
  readonly seed: number;
  /** What goes wrong. */
  readonly faults: readonly Fault[];
  /** Whether time passes by a clock, or at once. */
  readonly hasClock: boolean;
  /** The power was off before, which the recorder still has to tell. Absent where it was not. */
  readonly wasOff?: boolean;
}

/** The first line of a log. */
export function headLine({ at, state, drive, ...rest }: LogOrigin): LogHead {
  const disc = { ...documentOf(state, undefined), ...(drive && { drive: captureDocument(drive) }) };
  return { is: "recorder", version: LOG_VERSION, kind: "log", at, disc, ...rest };
}

/** Commands whose data is what somebody records or reads back. */
const contents: ReadonlySet<number> = new Set(
  [
    opcodes.read10,
    opcodes.read12,
    opcodes.readCd,
    opcodes.write10,
    opcodes.write12,
    opcodes.writeAndVerify10,
    opcodes.verify10,
  ].map(({ opcode }) => opcode),
);

/** The line of an event. `keepsContents`: with what is recorded, so that it can be replayed. */
export function lineOf(event: RecorderEvent, keepsContents: boolean): LogLine {
  if (event.is === "arm") {
    const { is, at, faults, seed } = event;
    return { is, at, faults, ...(seed !== undefined && { seed }) };
  }
  if (event.is !== "command") return event;
  const { at, outcome, result, command } = event;
  const { cdb, dataOut = new Uint8Array(), dataInLength } = command;
  const isContent = contents.has(cdb[0] ?? 0);
  // What is read back follows from what was recorded.
  const told = (bytes: Uint8Array, keeps: boolean): LoggedData => ({
    bytes: bytes.length,
    crc: crc32(bytes).toString(16).padStart(8, "0"),
    ...(!isContent && { hex: hexOf(bytes) }),
    ...(isContent && keeps && { deflated: deflateSync(bytes).toString("base64") }),
  });
  return {
    is: "command",
    at,
    cdb: hexOf(cdb),
    words: cdb.length === 0 ? "nothing" : describeCommand(cdb),
    ...(dataInLength !== undefined && Number.isFinite(dataInLength) && { most: dataInLength }),
    outcome: typeof outcome === "string" ? outcome : senseCode(outcome),
    ...(typeof outcome !== "string" && { says: describeSense(outcome) }),
    ...(result?.sense && { sense: hexOf(result.sense) }),
    ...(dataOut.length > 0 && { out: told(dataOut, keepsContents) }),
    ...(result?.dataIn && result.dataIn.length > 0 && { in: told(result.dataIn, false) }),
  };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").toUpperCase();
}

/** A line for people: time, command, and what became of it. */
export function logLineText(line: LogLine): string {
  const time = `${(line.at / 1000).toFixed(3)} s`.padStart(14);
  switch (line.is) {
    case "recorder":
      return `${time}  a recorder with ${line.disc.medium}, ${line.disc.condition}, ${line.disc.blocks} blocks`;
    case "command": {
      const progress = line.sense === undefined ? undefined : parseSense(Buffer.from(line.sense, "hex")).progress;
      const share = progress === undefined ? "" : `, ${Math.floor((progress / 0x1_0000) * 100)} % done`;
      return `${time}  ${line.words}: ${line.says ?? line.outcome}${share}`;
    }
    case "arm":
      return `${time}  ${line.faults.length === 0 ? "no faults" : "faults"} armed: ${line.faults.map(({ fault }) => fault).join(", ")}`;
    default:
      return `${time}  ${eventWords[line.is]}`;
  }
}

const eventWords = {
  flush: "closed by its user",
  "power-cut": "the power was cut",
  "power-on": "the power was switched on",
  removal: "the disc was taken out by force",
  restore: "went back to a snapshot",
} as const;
