import { describe, it } from "node:test";
import { sequential } from "@multisession/sequential";
import { discCases, runMechanismSuite } from "@multisession/testkit";

/** What a package without vitest writes; run by the test beside it. */
const media = discCases.filter(({ kind }) => kind === "bd-r");
runMechanismSuite({ describe, it, plugin: sequential(), media, cuts: { step: 32 } });
