import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { bundleChild, courseOf, killAt } from "./support/kill-harness.ts";

/** Enough replacements that the state file is written anew on the way. */
const STEPS = 120;
const KILLS = 70;

describe.each(["bd-r", "bd-r-pow", "dvd+rw"] as const)("a process killed again and again: %s", (medium) => {
  let folder: string;
  let child: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "disc-kill-"));
    child = await bundleChild(folder);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  it(`leaves a disc that opens with all that was flushed, ${KILLS} times`, { timeout: 600_000 }, async () => {
    const courses = [1, 2, 3].map((seed) => courseOf(medium, seed, STEPS));
    for (let kill = 0; kill < KILLS; kill++) {
      const course = courses[kill % courses.length] ?? courseOf(medium, 1, STEPS);
      const steps = 1 + Math.floor(Math.random() * (STEPS - 1));
      await killAt(child, join(folder, "kill.disc"), course, steps, Math.random() * 3);
    }
  });
});
