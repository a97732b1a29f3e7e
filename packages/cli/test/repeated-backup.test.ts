import { lutimesSync, mkdirSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

describe("a backup of what has a time that the disc cannot hold", () => {
  it.each([["--mirror"], ["--compare", "hash"]])(
    "with %s finds nothing to do when it is made again",
    async (...options) => {
      const folder = scratch({ "files/late/new.txt": "new", "files/early.txt": "early" });
      symlinkSync("new.txt", join(folder, "files/late/link"));
      const [late, early] = [new Date("2200-01-01T00:00:00Z"), new Date("1850-01-01T00:00:00Z")];
      lutimesSync(join(folder, "files/late/link"), late, late);
      utimesSync(join(folder, "files/late/new.txt"), late, late);
      utimesSync(join(folder, "files/early.txt"), early, early);
      utimesSync(join(folder, "files/late"), late, late);
      await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "8192 blocks"]);
      expect((await cli(folder, ["burn", "my.disc", "files", ...options])).code).toBe(0);
      const { json } = await cli(folder, ["burn", "my.disc", "files", ...options, "--json"]);
      expect(json).toMatchObject({ outcome: "nothing-to-do", session: 1 });
    },
  );
});

describe("patterns of --remove that match the same", () => {
  it.each([[["d", "d/**"]], [["d/**", "d"]], [["d/*", "**/1"]], [["**/1", "d/*"]]])(
    "%j are all taken, in any order",
    async (patterns) => {
      const folder = scratch({ "files/d/1": "1", "files/d/2": "2", "files/kept": "kept" });
      mkdirSync(join(folder, "files/empty"));
      await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "8192 blocks"]);
      expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
      const { code, stderr } = await cli(folder, ["burn", "my.disc", ...patterns.flatMap((one) => ["--remove", one])]);
      expect(code, stderr).toBe(0);
      const { stdout } = await cli(folder, ["ls", "my.disc", "-R"]);
      expect(stdout.split("\n").filter((line) => /^d\/./.test(line))).toEqual([]);
      expect(stdout).toContain("kept");
    },
  );
});
