import { sequential } from "@multisession/sequential";
import { runMechanismSuite } from "@multisession/testkit";
import { describe, it } from "vitest";

/** Every cut, four times, each time with another part of the buffer on the medium. */
runMechanismSuite({ describe, it, plugin: sequential(), cuts: { tries: 4 } });
