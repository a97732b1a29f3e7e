import { bdrPow } from "@multisession/bdr-pow";
import { runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

runMechanismSuite({ describe, it, plugin: bdrPow() });
