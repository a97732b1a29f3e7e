import { describe, it } from "node:test";
import { sequential } from "@multisession/sequential";
import { runMechanismSuite } from "@multisession/testkit";

/** What a package without vitest writes; run by the test beside it. */
runMechanismSuite({ describe, it, plugin: sequential(), cuts: { step: 32 } });
