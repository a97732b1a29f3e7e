import { inflateSync } from "node:zlib";
import { MultisessionError } from "@multisession/core";
import { checkState } from "../disc-file/check-state.ts";
import { driveOf, type StateDocument, stateOf } from "../disc-file/state-document.ts";
import type { Fault } from "../faults/fault.ts";
import { LOG_VERSION, type LoggedData, type LogHead, type LogLine } from "./log-line.ts";

/** Most bytes of one command's data: what a host can send. */
const MOST_BYTES = 2 ** 27;

/**
 * Reads a log, one JSON document a line, and checks it. A last line that was never finished is left out.
 *
 * @throws `driver-virtual/log-invalid`; `subject` is what the error names as its source.
 */
export function parseLog(text: string, subject: string): readonly LogLine[] {
  const lines = text.split("\n");
  const isCut = lines.at(-1) !== "";
  return lines.flatMap((line, index) => {
    const isLast = index === lines.length - 1;
    if (line === "" || (isLast && isCut && index > 0)) return [];
    try {
      return [lineFrom(JSON.parse(line), index)];
    } catch (cause) {
      const why =
        cause instanceof SyntaxError ? "it is no JSON" : cause instanceof Error ? cause.message : String(cause);
      throw new MultisessionError(
        "driver-virtual/log-invalid",
        `Line ${index + 1} of ${subject} is none of a log: ${why}.`,
        {
          subject,
          advice: "Write a log with `multisession --log FILE`.",
          retry: "after-change",
          cause,
        },
      );
    }
  });
}

type Members = Readonly<Record<string, unknown>>;

function objectOf(value: unknown, name: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError(`${name} is no object`);
  return value as Members;
}

function numberOf(value: unknown, name: string, largest: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= largest) return value;
  throw new TypeError(`${name} is no number from 0 to ${largest}`);
}

function textOf(value: unknown, name: string, pattern: RegExp): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  throw new TypeError(`${name} is not what it should be`);
}

const anything = /^/;
const hexDigits = /^(?:[0-9A-F]{2})*$/;

function lineFrom(value: unknown, index: number): LogLine {
  const members = objectOf(value, "the line");
  const at = numberOf(members["at"], "at");
  if (index === 0 && members["is"] !== "recorder") throw new TypeError("a log begins with a recorder");
  switch (members["is"]) {
    case "recorder":
      return headFrom(members, at);
    case "command":
      return commandFrom(members, at);
    case "flush":
    case "power-cut":
    case "power-on":
    case "removal":
    case "restore":
      return { is: members["is"], at };
    case "arm": {
      const { seed } = members;
      const faults = faultsOf(members["faults"]);
      return { is: "arm", at, faults, ...(seed !== undefined && { seed: numberOf(seed, "seed") }) };
    }
    default:
      throw new TypeError(`nothing in a log is called ${JSON.stringify(members["is"])}`);
  }
}

function headFrom({ version, kind, disc, seed, faults, hasClock, wasOff }: Members, at: number): LogHead {
  if (kind !== "log" || version !== LOG_VERSION) throw new TypeError(`only version ${LOG_VERSION} is known`);
  const document = objectOf(disc, "disc") as unknown as StateDocument;
  const wrong = checkState(stateOf(document)).find(({ outcome }) => outcome === "bad");
  if (wrong !== undefined) throw new TypeError(`its disc cannot be: ${wrong.what}`);
  driveOf(document);
  return {
    is: "recorder",
    version: LOG_VERSION,
    kind: "log",
    at,
    disc: document,
    seed: numberOf(seed, "seed"),
    faults: faultsOf(faults),
    hasClock: hasClock === true,
    ...(wasOff === true && { wasOff }),
  };
}

/** Their own members are looked at when they are armed. */
function faultsOf(value: unknown): readonly Fault[] {
  if (!Array.isArray(value)) throw new TypeError("faults is no list");
  return value.map((fault: unknown) => {
    textOf(objectOf(fault, "a fault")["fault"], "fault", anything);
    return fault as Fault;
  });
}

function commandFrom({ cdb, words, most, outcome, says, sense, out, in: dataIn }: Members, at: number): LogLine {
  return {
    is: "command",
    at,
    cdb: textOf(cdb, "cdb", /^(?:[0-9A-F]{2}){0,260}$/),
    words: textOf(words, "words", anything),
    ...(most !== undefined && { most: numberOf(most, "most") }),
    outcome: textOf(outcome, "outcome", /^(?:good|power-lost|[0-9A-F]\/[0-9A-F]{2}\/[0-9A-F]{2})$/),
    ...(says !== undefined && { says: textOf(says, "says", anything) }),
    ...(sense !== undefined && { sense: textOf(sense, "sense", hexDigits) }),
    ...(out !== undefined && { out: dataFrom(objectOf(out, "out"), "out") }),
    ...(dataIn !== undefined && { in: dataFrom(objectOf(dataIn, "in"), "in") }),
  };
}

function dataFrom({ bytes, crc, hex, deflated }: Members, name: string): LoggedData {
  return {
    bytes: numberOf(bytes, `${name}.bytes`, MOST_BYTES),
    crc: textOf(crc, `${name}.crc`, /^[0-9a-f]{8}$/),
    ...(hex !== undefined && { hex: textOf(hex, `${name}.hex`, hexDigits) }),
    ...(deflated !== undefined && { deflated: textOf(deflated, `${name}.deflated`, /^[A-Za-z0-9+/]*={0,2}$/) }),
  };
}

/** The bytes of logged data; nothing when the log does not hold them, or holds others than it says. */
export function bytesOf({ bytes, hex, deflated }: LoggedData): Uint8Array | undefined {
  if (hex !== undefined) return sized(Buffer.from(hex, "hex"), bytes);
  if (deflated === undefined) return undefined;
  try {
    return sized(inflateSync(Buffer.from(deflated, "base64"), { maxOutputLength: Math.max(1, bytes) }), bytes);
  } catch {
    return undefined;
  }
}

function sized(data: Uint8Array, bytes: number): Uint8Array | undefined {
  return data.length === bytes ? Uint8Array.from(data) : undefined;
}
