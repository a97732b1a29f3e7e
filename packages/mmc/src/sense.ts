import type { Sense } from "@multisession/core";
import { bit, bits, struct, u8, u16, u32 } from "./struct.ts";

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
    /** SKSV: `progress` counts. */
    progressValid: bit(15, 7),
    /** 0 to 65535 of 65536. */
    progress: u16(16),
  },
  { size: 18, defaults: { responseCode: 0x70, additionalLength: 10 } },
);

/** Sense data as it is used here: core's, and what only a command needs to know. */
export interface SenseData extends Sense {
  /** How far a long operation is, 0 to 65535 of 65536; only where the drive tells it. */
  readonly progress?: number;
  /** The sense is about an earlier command: a write that was accepted and failed later. */
  readonly isDeferred?: boolean;
}

/** Builds fixed-format sense data. */
export function buildSense({ key, asc, ascq, at, progress, isDeferred }: SenseData): Uint8Array {
  return fixedSense.build({
    responseCode: isDeferred ? 0x71 : 0x70,
    key,
    asc,
    ascq,
    ...(at !== undefined && { valid: true, information: at }),
    ...(progress !== undefined && { progressValid: true, progress }),
  });
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
  progressValid: bit(4, 7),
  progress: u16(5),
  information: u32(8),
});

/** Reads sense data of either format; what is missing reads as "no sense". Never throws. */
export function parseSense(bytes: Uint8Array): SenseData {
  const { responseCode } = fixedSense.parse(bytes);
  return responseCode === 0x72 || responseCode === 0x73 ? parseDescriptors(bytes) : parseFixed(bytes);
}

function parseFixed(bytes: Uint8Array): SenseData {
  const { valid, responseCode, key, information, asc, ascq, progressValid, progress } = fixedSense.parse(bytes);
  return {
    key,
    asc,
    ascq,
    ...(valid && { at: information }),
    ...(progressValid && hasProgress(key) && { progress }),
    ...(responseCode === 0x71 && { isDeferred: true }),
  };
}

function parseDescriptors(bytes: Uint8Array): SenseData {
  const { responseCode, key, asc, ascq, length } = descriptorSense.parse(bytes);
  let extra: { at?: number; progress?: number } = {};
  for (let at = 8; at + 2 <= Math.min(bytes.length, 8 + length); ) {
    const descriptor = senseDescriptor.parse(bytes.subarray(at));
    if (descriptor.type === 0) extra = { ...extra, at: descriptor.information };
    if (descriptor.type === 2 && descriptor.progressValid && hasProgress(key)) {
      extra = { ...extra, progress: descriptor.progress };
    }
    at += 2 + descriptor.length;
  }
  return { key, asc, ascq, ...extra, ...(responseCode === 0x73 && { isDeferred: true }) };
}

/** The sense-key specific bytes are a progress only with these keys (SPC); with others they point at a field. */
function hasProgress(key: number): boolean {
  return key === senseKeys.none || key === senseKeys.notReady;
}

/** Core's part of the sense data. */
export function senseOf({ key, asc, ascq, at }: SenseData): Sense {
  return { key, asc, ascq, ...(at !== undefined && { at }) };
}
