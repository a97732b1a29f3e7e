/**
 * Mechanism: sessions one after another, on media that are written once.
 *
 * @module sequential
 */
import { defineMechanism, type MechanismPlugin } from "@multisession/core";
import { Sequential } from "./sequential.ts";

export { Sequential } from "./sequential.ts";

/** The plugin `sequential`: BD-R without pseudo-overwrite. */
export const sequential = (): MechanismPlugin =>
  defineMechanism({
    id: "sequential",
    contract: 1,
    package: "@multisession/sequential",
    supports: { media: ["bd-r"], intents: ["first", "append", "close", "recover"] },
    create: (context) => new Sequential("sequential", context),
  });
