import type { Sense } from "@multisession/core";
import { bit, bits, struct, u8, u16, u32, type ValuesOf } from "./struct.ts";

/** Sense keys (SPC). */
export const senseKeys = {
  none: 0,
  recovered: 1,
  notReady: 2,
  medium: 3,
  hardware: 4,
  illegalRequest: 5,
  unitAttention: 6,
  dataProtect: 7,
  blankCheck: 8,
  aborted: 0xb,
  miscompare: 0xe,
} as const;

/** Fixed-format sense data (SPC), the 18 bytes that every recorder sends. */
export const fixedSense = struct(
  {
    /** `information` counts. */
    valid: bit(0, 7),
    /** 70h about this command, 71h about an earlier one. */
    responseCode: bits(0, 6, 0),
    incorrectLength: bit(2, 5),
    key: bits(2, 3, 0),
    /** The failing block. */
    information: u32(3),
    additionalLength: u8(7),
    asc: u8(12),
    ascq: u8(13),
    fieldReplaceable: u8(14),
    /** SKSV: what follows counts. With the keys 0 and 2 it is the progress, with 5 it points at a field. */
    specificValid: bit(15, 7),
    /** C/D: the field is one of the CDB, not of the data. */
    inCommand: bit(15, 6),
    /** BPV: `bitPointer` counts. */
    bitValid: bit(15, 3),
    bitPointer: bits(15, 2, 0),
    /** Progress, 0 to 65535 of 65536; or the field's first byte. */
    specific: u16(16),
  },
  { size: 18, defaults: { responseCode: 0x70, additionalLength: 10 } },
);

/** The field that a recorder does not take. */
export interface FieldPointer {
  /** Whether it is one of the CDB, or of the data that came with it. */
  readonly in: "command" | "data";
  /** Its first byte. */
  readonly byte: number;
  /** Its highest bit there, where it is no whole byte. */
  readonly bit?: number;
}

/** Sense data as it is used here: core's, and what only a command needs to know. */
export interface SenseData extends Sense {
  /** How far a long operation is, 0 to 65535 of 65536; only where the drive tells it. */
  readonly progress?: number;
  /** The sense is about an earlier command: a write that was accepted and failed later. */
  readonly isDeferred?: boolean;
  /** Which field is invalid; only where the drive tells it. */
  readonly field?: FieldPointer;
}

/** Builds fixed-format sense data. */
export function buildSense({ key, asc, ascq, at, progress, isDeferred, field }: SenseData): Uint8Array {
  return fixedSense.build({
    responseCode: isDeferred ? 0x71 : 0x70,
    key,
    asc,
    ascq,
    ...(at !== undefined && { valid: true, information: at }),
    ...(progress !== undefined && { specificValid: true, specific: progress }),
    ...(field !== undefined && pointerBits(field)),
  });
}

function pointerBits({ in: where, byte, bit: place }: FieldPointer): Parameters<typeof fixedSense.build>[0] {
  const bitPart = place === undefined ? {} : { bitValid: true, bitPointer: place };
  return { specificValid: true, inCommand: where === "command", specific: byte, ...bitPart };
}

/** Head of descriptor-format sense data (SPC). */
const descriptorSense = struct({
  responseCode: bits(0, 6, 0),
  key: bits(1, 3, 0),
  asc: u8(2),
  ascq: u8(3),
  length: u8(7),
});
/** Its descriptors: type 00h holds the information, type 02h the progress. */
const senseDescriptor = struct({
  type: u8(0),
  length: u8(1),
  specificValid: bit(4, 7),
  inCommand: bit(4, 6),
  bitValid: bit(4, 3),
  bitPointer: bits(4, 2, 0),
  specific: u16(5),
  information: u32(8),
});

/** Reads sense data of either format; what is missing reads as "no sense". Never throws. */
export function parseSense(bytes: Uint8Array): SenseData {
  const { responseCode } = fixedSense.parse(bytes);
  return responseCode === 0x72 || responseCode === 0x73 ? parseDescriptors(bytes) : parseFixed(bytes);
}

function parseFixed(bytes: Uint8Array): SenseData {
  const { valid, responseCode, key, information, asc, ascq, ...specific } = fixedSense.parse(bytes);
  return {
    key,
    asc,
    ascq,
    ...(valid && { at: information }),
    ...specificOf(key, specific),
    ...(responseCode === 0x71 && { isDeferred: true }),
  };
}

function parseDescriptors(bytes: Uint8Array): SenseData {
  const { responseCode, key, asc, ascq, length } = descriptorSense.parse(bytes);
  let extra: Pick<SenseData, "at" | "progress" | "field"> = {};
  for (let at = 8; at + 2 <= Math.min(bytes.length, 8 + length); ) {
    const descriptor = senseDescriptor.parse(bytes.subarray(at));
    if (descriptor.type === 0) extra = { ...extra, at: descriptor.information };
    if (descriptor.type === 2) extra = { ...extra, ...specificOf(key, descriptor) };
    at += 2 + descriptor.length;
  }
  return { key, asc, ascq, ...extra, ...(responseCode === 0x73 && { isDeferred: true }) };
}

type Specific = Pick<
  ValuesOf<typeof fixedSense>,
  "specificValid" | "inCommand" | "bitValid" | "bitPointer" | "specific"
>;

/** What the sense-key specific bytes say with that key (SPC); with some they are nothing that is used here. */
function specificOf(
  key: number,
  { specificValid, inCommand, bitValid, bitPointer, specific }: Specific,
): Pick<SenseData, "progress" | "field"> {
  if (!specificValid) return {};
  if (key === senseKeys.none || key === senseKeys.notReady) return { progress: specific };
  if (key !== senseKeys.illegalRequest) return {};
  const bitPart = bitValid ? { bit: bitPointer } : {};
  return { field: { in: inCommand ? "command" : "data", byte: specific, ...bitPart } };
}

/** Core's part of the sense data. */
export function senseOf({ key, asc, ascq, at }: SenseData): Sense {
  return { key, asc, ascq, ...(at !== undefined && { at }) };
}
