import { BLOCK_BYTES, type Blocks, type Lba } from "@multisession/core";
import type { Effect, StateRecord } from "../state-record.ts";

/**
 * What the recorder has accepted and has not put onto the medium yet: one write unit, or those that a WRITE appended one
 * behind the other.
 */
export interface PendingUnit {
  /** First block, as the host addresses it. */
  readonly at: Lba;
  /** Whole units. Not changed any more once it is shared. */
  readonly data: Uint8Array;
  /** What changes when all of it gets onto the medium. */
  readonly record: StateRecord;
  /** Blocks that the host gave; less than a unit while more may follow. */
  readonly filled: Blocks;
}

/** What a WRITE appended, unit by unit. */
export function unitsOf(entry: PendingUnit, unit: Blocks): readonly PendingUnit[] {
  const { at, data, record } = entry;
  const length = unit * BLOCK_BYTES;
  if (record.is !== "append" || data.length === length) return [entry];
  return Array.from({ length: data.length / length }, (_, index) => ({
    at: at + index * unit,
    data: data.subarray(index * length, (index + 1) * length),
    record: { ...record, next: at + (index + 1) * unit },
    filled: unit,
  }));
}

/** The change of the medium. */
export function effectOf({ record, at, data }: PendingUnit): Effect {
  return { record, data: { at, bytes: data } };
}
