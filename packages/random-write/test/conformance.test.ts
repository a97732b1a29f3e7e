import { randomWrite } from "@multisession/random-write";
import { runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

runMechanismSuite({ describe, it, plugin: randomWrite() });
