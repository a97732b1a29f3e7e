import { sequential } from "@multisession/sequential";
import { runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

runMechanismSuite({ describe, it, plugin: sequential() });
