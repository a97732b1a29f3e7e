/**
 * Mechanism: sessions one after another, on media whose sessions are closed.
 *
 * @module sequential
 */
import { defineMechanism, type MechanismPlugin } from "@multisession/core";
import { Sequential } from "./sequential.ts";

export { Sequential } from "./sequential.ts";

/** The plugin `sequential`: CD-R, CD-RW, DVD-R, DVD-RW, DVD+R with one layer and two, BD-R without pseudo-overwrite. */
export const sequential = (): MechanismPlugin =>
  defineMechanism({
    id: "sequential",
    contract: 1,
    package: "@multisession/sequential",
    supports: {
      media: ["cd-r", "cd-rw", "dvd-r", "dvd-rw", "dvd+r", "dvd+r-dl", "bd-r"],
      intents: ["first", "append", "revert", "close", "recover"],
    },
    create: (context) => new Sequential("sequential", context),
  });
