import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const workspace = fileURLToPath(new URL("../../..", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

/** Runs the fixture as a test run of its own and gives back what a person sees. */
function runFixture(ci: string): { status: number | null; output: string } {
  const fixture = "tools/needs/test/fixture/wanting.fixture.ts";
  const args = [vitest, "run", "--config", "tools/needs/test/fixture/vitest.config.ts", fixture];
  const { MULTISESSION_TEST_REPORT: _, ...inherited } = process.env;
  const env = { ...inherited, CI: ci, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: workspace, env, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

describe("describeWith", () => {
  it("skips a group whose program is missing, and says why", () => {
    const { status, output } = runFixture("");
    expect(output).toContain("1 passed | 2 skipped");
    expect(output).toContain("with what is missing (skipped: no-such-program is not installed");
    expect(output).toContain("this machine has no kernel image");
    expect(output).toContain("leaves a note (skipped: the moon is full)");
    expect(status).toBe(0);
  });

  it("fails instead when CI is set", () => {
    const { status, output } = runFixture("true");
    expect(output).toContain("1 failed | 1 passed | 1 skipped");
    expect(output).toContain("no-such-program is not installed; on Debian: apt-get install no-such-program");
    expect(status).toBe(1);
  });
});
