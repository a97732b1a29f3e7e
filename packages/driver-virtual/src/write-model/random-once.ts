import { partsOf } from "./parts.ts";
import { isAligned, restrictedOverwrite } from "./restricted-overwrite.ts";
import type { WriteModel } from "./write-model.ts";

/**
 * Anywhere, but each cluster once: BD-R in random recording mode (MMC). Whether drives fill up a part of a cluster is
 * unconfirmed; here only whole ones are taken.
 */
export const randomOnce: WriteModel = {
  admit(disc, at, data) {
    const { state, table } = disc;
    if (!isAligned(table, at, data)) return { ...table.senses.unaligned, at };
    const parts = partsOf(at, data, table.unit);
    const recorded = parts.find(({ unit }) => state.recorded.holds(unit, unit + table.unit));
    if (recorded !== undefined) return { ...table.senses.recorded, at: recorded.unit };
    return () => {
      for (const { unit, data: bytes } of parts) disc.record(unit, disc.pool.copyOf(bytes));
    };
  },
  received: restrictedOverwrite.received,
};
