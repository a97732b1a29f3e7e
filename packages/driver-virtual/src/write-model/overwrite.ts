import type { Lba, Sense } from "@multisession/core";
import { mergedUnit, partsOf } from "./parts.ts";
import type { WriteModel } from "./write-model.ts";

/** Anywhere, in place; parts of a unit are merged with what the unit holds (MMC, random writable media). */
export const overwrite: WriteModel = {
  admit(disc, at, data) {
    const units: (readonly [Lba, Uint8Array])[] = [];
    for (const part of partsOf(at, data, disc.state.unit)) {
      const merged: Uint8Array | Sense = mergedUnit(disc, part);
      if (!(merged instanceof Uint8Array)) return merged;
      units.push([part.unit, merged]);
    }
    return () => {
      for (const [unit, bytes] of units) disc.overwrite(unit, bytes);
    };
  },
  received: (_disc, _at, received) => received,
};
