import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleChild, type Course, courseOf, killAt } from "./support/kill-harness.ts";

const STEPS = 50;

describe.each(["bd-r", "bd-r-pow", "dvd+rw"] as const)("a process killed while it writes a disc file: %s", (medium) => {
  let folder: string;
  let child: string;
  let course: Course;

  beforeAll(async () => {
    course = courseOf(medium, 1, STEPS);
    folder = mkdtempSync(join(tmpdir(), "disc-kill-"));
    child = await bundleChild(folder);
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  it("writes something in nearly every step", () => {
    const changes = course.steps.filter((step, index) => step.join() !== course.steps[index - 1]?.join());
    expect(changes.length).toBeGreaterThan(STEPS / 2);
  });

  it.each(Array.from({ length: 7 }, (_, index) => [1 + index * 7, index % 3]))(
    "leaves a disc that opens with all that was flushed: after %d steps and %d ms",
    (steps, delay) => killAt(child, join(folder, "kill.disc"), course, steps, delay),
  );
});
