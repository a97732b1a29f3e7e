import { sequential } from "@multisession/sequential";
import { discCases, runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

const plugin = sequential();
const claimed = discCases.filter(({ kind }) => plugin.supports.media.includes(kind));
const everyCut = claimed.filter(({ kind }) => kind === "bd-r");
// One of each family; the others of it differ in names and sizes.
const sampled = claimed.filter(({ kind }) => ["cd-r", "dvd-r", "dvd+r"].includes(kind));

runMechanismSuite({ describe, it, plugin, media: everyCut });
// The rule is the same on all of them; every cut of every disc is in the slow tests.
runMechanismSuite({ describe, it, plugin, media: sampled, cuts: { step: 40, largest: false } });
