import { sequential } from "@multisession/sequential";
import { discCases, runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

const plugin = sequential();
const claimed = discCases.filter(({ kind }) => plugin.supports.media.includes(kind));
const [bdR, others] = [true, false].map((isBdR) => claimed.filter(({ kind }) => (kind === "bd-r") === isBdR));

/** Every cut, four times, each time with another part of the buffer on the medium. */
runMechanismSuite({ describe, it, plugin, ...(bdR && { media: bdR }), cuts: { tries: 4 } });

/** Every cut once where the rule is the same; the largest session of discs with such gaps takes minutes. */
runMechanismSuite({ describe, it, plugin, ...(others && { media: others }), cuts: { largest: false } });
