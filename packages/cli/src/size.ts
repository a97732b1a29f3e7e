import { BLOCK_BYTES, type Blocks } from "@multisession/core";
import { UsageError } from "./usage-error.ts";

/** Bytes of each unit that a size may have. Discs are sold in powers of ten; powers of two have an i. */
const units: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  block: BLOCK_BYTES,
  blocks: BLOCK_BYTES,
};

/**
 * Reads a size such as `25GB`, `100 MiB` or `5000 blocks`, in whole blocks of 2048 bytes, rounded down.
 *
 * @throws {@link UsageError} when it is no size, or has no unit.
 */
export function parseSize(text: string): Blocks {
  const [, number = "", unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const bytes = units[unit.toLowerCase()];
  if (number === "" || bytes === undefined) {
    throw new UsageError(
      number !== "" && unit === "" ? `The size "${text}" has no unit.` : `"${text}" is no size.`,
      "Write it like 25GB, 100MiB, or 5000 blocks (in quotes).",
    );
  }
  const blocks = Math.floor((Number(number) * bytes) / BLOCK_BYTES);
  if (blocks < 1 || blocks > 0xffff_ffff) {
    throw new UsageError(
      `"${text}" is ${blocks < 1 ? "less than one block" : "more than any disc holds"}.`,
      "Use another size.",
    );
  }
  return blocks;
}

const steps = ["B", "kB", "MB", "GB", "TB"];

/** Bytes for people, in powers of ten with three digits: `1.23 GB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 999.5 && step < steps.length - 1) {
    value /= 1000;
    step += 1;
  }
  const digits = step === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${steps[step]}`;
}

/** Blocks as bytes for people. */
export function blocksAsBytes(blocks: Blocks): string {
  return bytesText(blocks * BLOCK_BYTES);
}

/** A whole number with thousands separated: `2,295,104`. */
export function numberText(value: number): string {
  // The first `toLocaleString` of a process takes 13 ms.
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A number with its noun: `1 block`, `32 blocks`. */
export function count(value: number, noun: string, plural: string = `${noun}s`): string {
  return `${numberText(value)} ${value === 1 ? noun : plural}`;
}

/** A time span for people: `under 1 s`, `45 s`, `3 min 20 s`, `1 h 5 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 1) return "under 1 s";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A point in time for people, in local time: `2026-05-01 14:30`. */
export function timeText(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return "unknown time";
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
