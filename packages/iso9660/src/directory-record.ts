import type { TreeNode } from "@multisession/core";
import { bigU32, putU16Both, putU32Both, u32 } from "./both-endian.ts";
import { putShortDate, readShortDate } from "./dates.ts";

/** Where the fields of a directory record lie (ECMA-119 9.1). */
const field = {
  length: 0,
  attributeLength: 1,
  extent: 2,
  dataLength: 10,
  date: 18,
  flags: 25,
  unit: 26,
  gap: 27,
  volume: 28,
  nameLength: 32,
  name: 33,
} as const;

/** Bytes before the identifier. */
export const RECORD_HEADER_BYTES: number = field.name;

/** Longest record: its length is one byte and even. */
export const MAX_RECORD_BYTES = 254;

/** Shortest record: an identifier of one byte. */
const MIN_RECORD_BYTES = 34;

/** Flags of a record (ECMA-119 9.1.6). */
export const recordFlag = { hidden: 0x01, directory: 0x02, associated: 0x04, multiExtent: 0x80 } as const;

/** The flags of a node's record. `isDirectory`: as readers see it who do not know Rock Ridge. */
export function flagsOf(
  { attributes }: Pick<TreeNode, "attributes">,
  isDirectory: boolean,
  { isContinued }: { readonly isContinued: boolean },
): number {
  return (
    (attributes.hidden === true ? recordFlag.hidden : 0) |
    (isDirectory ? recordFlag.directory : 0) |
    (isContinued ? recordFlag.multiExtent : 0)
  );
}

/** What stands before a record's identifier. */
export interface RecordHeader {
  /** Bytes of the whole record. */
  readonly length: number;
  readonly extent: number;
  readonly dataLength: number;
  readonly date: number;
  readonly flags: number;
  readonly nameLength: number;
}

/** Bytes of header and identifier, with the padding that makes it even. */
export function identifierEnd(nameLength: number): number {
  return RECORD_HEADER_BYTES + nameLength + 1 - (nameLength % 2);
}

/** Writes all but the identifier; the bytes must be zero before. */
export function putRecordHeader(bytes: Uint8Array, at: number, header: RecordHeader): void {
  bytes[at + field.length] = header.length;
  putU32Both(bytes, at + field.extent, header.extent);
  putU32Both(bytes, at + field.dataLength, header.dataLength);
  putShortDate(bytes, at + field.date, header.date);
  bytes[at + field.flags] = header.flags;
  putU16Both(bytes, at + field.volume, 1);
  bytes[at + field.nameLength] = header.nameLength;
}

/** A record as it was found. */
export interface FoundRecord extends RecordHeader {
  /** The extent's first block of data: behind the extended attribute record, if there is one. */
  readonly dataAt: number;
  readonly isInterleaved: boolean;
  /** Where the two halves of a number differ, what the big-endian ones say; the others count (ECMA-119 7.3.3). */
  readonly otherHalf?: { readonly extent: number; readonly dataLength: number };
  readonly name: Uint8Array;
  readonly systemUse: Uint8Array;
}

/** Reads the record at `at`; nothing when there is none or it makes no sense. Odd lengths are taken: real discs have them. */
export function readRecord(bytes: Uint8Array, at: number): FoundRecord | undefined {
  const length = bytes[at + field.length] ?? 0;
  const nameLength = bytes[at + field.nameLength] ?? 0;
  if (length < MIN_RECORD_BYTES || at + length > bytes.length) return undefined;
  if (nameLength === 0 || RECORD_HEADER_BYTES + nameLength > length) return undefined;
  const record = bytes.subarray(at, at + length);
  const extent = u32(record, field.extent);
  const dataLength = u32(record, field.dataLength);
  const [otherExtent, otherLength] = [bigU32(record, field.extent + 4), bigU32(record, field.dataLength + 4)];
  return {
    length,
    extent,
    dataAt: extent + (record[field.attributeLength] ?? 0),
    dataLength,
    ...(otherExtent === extent && otherLength === dataLength
      ? {}
      : { otherHalf: { extent: otherExtent, dataLength: otherLength } }),
    date: readShortDate(record, field.date),
    flags: record[field.flags] ?? 0,
    isInterleaved: record[field.unit] !== 0 || record[field.gap] !== 0,
    nameLength,
    name: record.subarray(field.name, field.name + nameLength),
    systemUse: record.subarray(identifierEnd(nameLength)),
  };
}
