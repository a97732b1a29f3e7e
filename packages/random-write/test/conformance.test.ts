import { randomWrite } from "@multisession/random-write";
import { discCases, runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

const plugin = randomWrite();
const claimed = discCases.filter(({ kind }) => plugin.supports.media.includes(kind));
const everyCut = claimed.filter(({ name }) => name === "DVD+RW, formatted");
// They have many blocks, as those for sessions need them.
const large = claimed.filter(({ kind }) => kind === "dvd-rw-ro" || kind === "cd-rw-packet");
const sampled = claimed.filter((disc) => !everyCut.includes(disc) && !large.includes(disc));

runMechanismSuite({ describe, it, plugin, media: everyCut });
// The rule is the same on all of them; every cut of every disc is in the slow tests.
runMechanismSuite({ describe, it, plugin, media: sampled, cuts: { step: 9 } });
runMechanismSuite({ describe, it, plugin, media: large, cuts: { step: 9, largest: false } });
