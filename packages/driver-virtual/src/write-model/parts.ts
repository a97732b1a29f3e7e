import { BLOCK_BYTES, type Blocks, type Lba, type Sense } from "@multisession/core";
import type { BufferedDisc } from "./buffered-disc.ts";

/** The part of a write that falls into one unit. */
export interface UnitPart {
  /** First block of the unit. */
  readonly unit: Lba;
  /** First block of the part. */
  readonly from: Lba;
  /** Exclusive end of the part. */
  readonly to: Lba;
  /** The part's blocks. */
  readonly data: Uint8Array;
}

/** Splits a write at the boundaries of units. */
export function partsOf(at: Lba, data: Uint8Array, unit: Blocks): readonly UnitPart[] {
  const end = at + data.length / BLOCK_BYTES;
  const parts: UnitPart[] = [];
  for (let from = at; from < end; ) {
    const start = from - (from % unit);
    const to = Math.min(start + unit, end);
    parts.push({ unit: start, from, to, data: data.subarray((from - at) * BLOCK_BYTES, (to - at) * BLOCK_BYTES) });
    from = to;
  }
  return parts;
}

/** The whole unit with the part's blocks in it; the other blocks stay as they are, and must be readable for that. */
export function mergedUnit(disc: BufferedDisc, { unit, from, to, data }: UnitPart): Uint8Array | Sense {
  if (to - from === disc.state.unit) return disc.pool.copyOf(data);
  const whole = disc.unitFor(unit, from, to);
  if (whole instanceof Uint8Array) whole.set(data, (from - unit) * BLOCK_BYTES);
  return whole;
}
