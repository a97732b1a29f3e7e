import { mkdir, open, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { start } from "./support/process.ts";
import { scratch } from "./support/scratch.ts";

/** Large enough that a signal meets the burn under way. */
const LARGE = 400 * 2 ** 20;

/** Waits until a burn is well under way: progress is told too seldom for that. */
async function hasGrown(file: string, bytes: number): Promise<void> {
  while ((await stat(file)).size < bytes) await setTimeout(2);
}

async function discWithFolder(folder: string, medium: string): Promise<void> {
  await mkdir(join(folder, "small"));
  await writeFile(join(folder, "small", "a.txt"), "a");
  await mkdir(join(folder, "large"));
  const file = await open(join(folder, "large", "sparse.bin"), "w");
  await file.truncate(LARGE);
  await file.close();
  expect((await cli(folder, ["new", "my.disc", "--medium", medium])).code).toBe(0);
  expect((await cli(folder, ["burn", "my.disc", "small"])).code).toBe(0);
}

describe.skipIf(process.platform === "win32")("a signal in the middle of a burn", () => {
  it.each([
    ["bd-r", "interrupted"],
    ["dvd+rw", "whole"],
    ["bd-r-pow", "whole"],
  ])(
    "%s: Ctrl-C stops after the current write and says what it costs; recovery and the next burn go on from there",
    async (medium, condition) => {
      const folder = scratch();

      await discWithFolder(folder, medium);
      const burn = start(folder, ["burn", "my.disc", "large", "--no-verify"]);
      await hasGrown(join(folder, "my.disc"), 50 * 2 ** 20);
      burn.child.kill("SIGINT");
      const { code, stderr } = await burn.ended;
      expect(code).toBe(130);
      expect(stderr).toMatch(/Stopping after the current write/);
      expect(stderr).toContain(
        condition === "interrupted" ? "multisession recover" : "goes on showing what it showed before",
      );

      const info = await cli(folder, ["info", "my.disc", "--json"]);
      expect(info.json.condition).toBe(condition);
      if (condition === "interrupted") {
        expect(await cli(folder, ["burn", "my.disc", "small"])).toMatchObject({
          code: 3,
          stderr: expect.stringContaining("NEEDS_RECOVERY"),
        });
        expect((await cli(folder, ["recover", "my.disc"])).code).toBe(0);
      } else {
        expect(await cli(folder, ["recover", "my.disc"])).toMatchObject({
          code: 3,
          stderr: expect.stringContaining("NOTHING_TO_RECOVER"),
        });
      }
      await writeFile(join(folder, "small", "b.txt"), "b");
      expect((await cli(folder, ["burn", "my.disc", "small"])).code).toBe(0);
      expect((await cli(folder, ["ls", "my.disc"])).stdout).toBe("a.txt\nb.txt\n");
      expect((await cli(folder, ["verify", "my.disc"])).code).toBe(0);
    },
    60_000,
  );

  it("a second Ctrl-C ends at once", async () => {
    const folder = scratch();

    await discWithFolder(folder, "bd-r");
    const burn = start(folder, ["burn", "my.disc", "large"]);
    await hasGrown(join(folder, "my.disc"), 50 * 2 ** 20);
    burn.child.kill("SIGINT");
    burn.child.kill("SIGINT");
    expect((await burn.ended).code).toBe(130);
    expect((await cli(folder, ["recover", "my.disc"])).code).toBe(0);
  }, 60_000);
});
