/**
 * Mechanism: BD-R formatted for pseudo-overwrite.
 *
 * @module bdr-pow
 */
import { defineMechanism, type MechanismPlugin } from "@multisession/core";
import { BdrPow } from "./bdr-pow.ts";

export { BdrPow } from "./bdr-pow.ts";

/** The plugin `bdr-pow`: BD-R formatted for pseudo-overwrite, or blank and to be formatted so with consent. */
export const bdrPow = (): MechanismPlugin =>
  defineMechanism({
    id: "bdr-pow",
    contract: 1,
    package: "@multisession/bdr-pow",
    supports: { media: ["bd-r", "bd-r-pow"], intents: ["first", "append", "revert", "close", "recover"] },
    create: (context) => new BdrPow("bdr-pow", context),
  });
