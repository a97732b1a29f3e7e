import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

describe("a disc file on a device that gets full in a burn", () => {
  it.each(["bd-r", "dvd+rw"])("%s: what happened, and what to do, with exit code 6", async (medium) => {
    const folder = scratch({ "files/large.bin": new Uint8Array(3_000_000) });
    const small = join(folder, "small");
    mkdirSync(small);
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", small]).status !== 0) return;
    try {
      expect((await cli(folder, ["new", "small/my.disc", "--medium", medium])).code).toBe(0);
      const { code, json, stderr } = await cli(folder, ["burn", "small/my.disc", "files", "--json"]);
      expect(json.error).toMatchObject({ code: "multisession/system-refused" });
      expect(code).toBe(6);
      expect(stderr).toMatch(/there is no room left\.\n {2}Make room .*multisession recover/);
      const again = await cli(folder, ["info", "small/my.disc", "--json"]);
      expect(again.json.error).toMatchObject({
        code: "multisession/disc-unreadable",
        advice: expect.stringContaining("Make room"),
      });
    } finally {
      spawnSync("umount", ["--lazy", small]); // the recorder may still hold the file
    }
  });
});
