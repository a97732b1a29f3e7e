import { BLOCK_BYTES, type Lba } from "@multisession/core";
import type { MediumState } from "../medium-state.ts";
import { overwrite } from "./overwrite.ts";
import type { WriteModel } from "./write-model.ts";

/** Anywhere, in place, but whole units only: DVD-RW, CD-RW with fixed packets (MMC, restricted overwrite). */
export const restrictedOverwrite: WriteModel = {
  admit(disc, at, data) {
    const { senses } = disc.table;
    if (!isAligned(disc.state, at, data)) return { ...senses.unaligned, at };
    // Between two sessions there is nothing that could be written.
    if (!disc.state.isInOneTrack(at, at + data.length / BLOCK_BYTES)) return { ...senses.notWritable, at };
    return overwrite.admit(disc, at, data);
  },
  received: ({ state }, _at, received) => received - (received % state.unit),
};

/**
 * While a quick format grows (MMC, intermediate state): in place where it was written, and at its end, where it grows by
 * what is written.
 */
export const growingOverwrite: WriteModel = {
  admit(disc, at, data) {
    const { senses } = disc.table;
    const { next } = disc.state.track(1);
    if (!isAligned(disc.state, at, data)) return { ...senses.unaligned, at };
    if (at > next) return { ...senses.notWritable, at };
    const known = Math.min(data.length, (next - at) * BLOCK_BYTES);
    const inPlace = known > 0 ? overwrite.admit(disc, at, data.subarray(0, known)) : () => {};
    if (typeof inPlace !== "function") return inPlace;
    return () => {
      inPlace();
      if (known < data.length) disc.append(1, data.subarray(known));
    };
  },
  received: restrictedOverwrite.received,
};

/** Whether a write covers whole units. */
export function isAligned({ unit }: Pick<MediumState, "unit">, at: Lba, data: Uint8Array): boolean {
  return at % unit === 0 && (data.length / BLOCK_BYTES) % unit === 0;
}
