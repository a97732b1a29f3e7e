/**
 * Mechanism: logical sessions on media that can be overwritten in place.
 *
 * @module random-write
 */
import { defineMechanism, type MechanismPlugin } from "@multisession/core";
import { RandomWrite } from "./random-write.ts";

export { RandomWrite } from "./random-write.ts";

/** The plugin `random-write`: DVD+RW, DVD-RAM, DVD-RW formatted for restricted overwrite, CD-RW formatted with fixed packets, BD-RE. */
export const randomWrite = (): MechanismPlugin =>
  defineMechanism({
    id: "random-write",
    contract: 1,
    package: "@multisession/random-write",
    supports: {
      media: ["dvd+rw", "dvd-ram", "dvd-rw-ro", "cd-rw-packet", "bd-re"],
      intents: ["first", "append", "revert", "close", "recover"],
    },
    create: (context) => new RandomWrite("random-write", context),
  });
