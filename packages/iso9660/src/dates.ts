import type { TimeRange } from "@multisession/core";
import type { VolumeOptions } from "./volume-options.ts";

/** Bytes of a date in a directory record and in a short Rock Ridge stamp (ECMA-119 9.1.5). */
export const SHORT_DATE_BYTES = 7;

/** Bytes of a date in a volume descriptor and in a long Rock Ridge stamp (ECMA-119 8.4.26.1). */
export const LONG_DATE_BYTES = 17;

/** First and last moment that a short date can hold: its year is one byte, counted from 1900. */
export const SHORT_DATE_RANGE: TimeRange = {
  first: Date.UTC(1900, 0, 1),
  last: Date.UTC(2155, 11, 31, 23, 59, 59),
};

/** First and last moment that a long date can hold: its year has four digits. */
const LONG_DATE_RANGE: TimeRange = {
  first: Date.parse("0001-01-01T00:00:00Z"),
  last: Date.parse("9999-12-31T23:59:59.99Z"),
};

/** The times that a volume's files and folders can have. */
export function recordedTimes({ rockRidge, stamps }: Pick<VolumeOptions, "rockRidge" | "stamps">): TimeRange {
  return rockRidge !== false && stamps === "long" ? LONG_DATE_RANGE : SHORT_DATE_RANGE;
}

const QUARTER_HOUR = 15 * 60_000;

/** The short date that was made last: a record has one time twice, and the records of a directory often the same. */
const lastDate = { time: Number.NaN, bytes: new Uint8Array(SHORT_DATE_BYTES) };

/** Writes a short date in UTC. Times outside {@link SHORT_DATE_RANGE} become its nearest end. */
export function putShortDate(bytes: Uint8Array, at: number, time: number): void {
  if (time !== lastDate.time) {
    const date = new Date(Math.min(Math.max(time, SHORT_DATE_RANGE.first), SHORT_DATE_RANGE.last));
    lastDate.time = time;
    lastDate.bytes[0] = date.getUTCFullYear() - 1900;
    lastDate.bytes[1] = date.getUTCMonth() + 1;
    lastDate.bytes[2] = date.getUTCDate();
    lastDate.bytes[3] = date.getUTCHours();
    lastDate.bytes[4] = date.getUTCMinutes();
    lastDate.bytes[5] = date.getUTCSeconds();
  }
  bytes.set(lastDate.bytes, at);
}

/** Reads a short date; 0 when it is not set. */
export function readShortDate(bytes: Uint8Array, at: number): number {
  // One for one: to take them out of a part of the bytes costs more than the date, and each entry of a disc has one.
  const byte = (index: number): number => bytes[at + index] ?? 0;
  const month = byte(1);
  if (month === 0) return 0;
  return Date.UTC(1900 + byte(0), month - 1, byte(2), byte(3), byte(4), byte(5)) - zoneOffset(byte(6));
}

/** Writes a long date in UTC: sixteen digits down to hundredths of a second, and the zone. Times outside {@link LONG_DATE_RANGE} become its nearest end. */
export function putLongDate(bytes: Uint8Array, at: number, time: number): void {
  const digits = new Date(Math.min(Math.max(time, LONG_DATE_RANGE.first), LONG_DATE_RANGE.last))
    .toISOString()
    .replaceAll(/\D/g, "")
    .slice(0, 16);
  bytes.set(Buffer.from(digits, "latin1"), at);
  bytes[at + 16] = 0;
}

/** Writes the long date that means "not set". */
export function putNoLongDate(bytes: Uint8Array, at: number): void {
  bytes.fill(0x30, at, at + 16);
  bytes[at + 16] = 0;
}

/** Reads a long date; 0 when it is not set or makes no sense. */
export function readLongDate(bytes: Uint8Array, at: number): number {
  const digits = Buffer.from(bytes.subarray(at, at + 16)).toString("latin1");
  if (!/^\d{16}$/.test(digits) || /^0+$/.test(digits)) return 0;
  const part = (from: number, to: number): number => Number(digits.slice(from, to));
  const time = Date.UTC(
    part(0, 4),
    part(4, 6) - 1,
    part(6, 8),
    part(8, 10),
    part(10, 12),
    part(12, 14),
    part(14, 16) * 10,
  );
  return time - zoneOffset(bytes[at + 16] ?? 0);
}

/** The zone is a signed number of quarter hours; what is outside -48..52 is ignored. */
function zoneOffset(zone: number): number {
  const quarters = zone > 127 ? zone - 256 : zone;
  return quarters < -48 || quarters > 52 ? 0 : quarters * QUARTER_HOUR;
}
