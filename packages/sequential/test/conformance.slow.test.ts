import { sequential } from "@multisession/sequential";
import { discCases, runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

const plugin = sequential();
const claimed = discCases.filter(({ kind }) => plugin.supports.media.includes(kind));
const bdR = claimed.filter(({ kind }) => kind === "bd-r");
const others = claimed.filter(({ kind }) => kind !== "bd-r");

/** Every cut, four times, each time with another part of the buffer on the medium. */
runMechanismSuite({ describe, it, plugin, media: bdR, cuts: { tries: 4 } });

/** Every cut once where the rule is the same; the largest session of discs with such gaps takes minutes. */
runMechanismSuite({ describe, it, plugin, media: others, cuts: { largest: false } });
