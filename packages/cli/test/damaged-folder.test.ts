import { virtual } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli, type Surroundings } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** Blocks of a small session: head, directories, files. */
const BLOCKS = 60;

const withBadBlock = (at: number): Surroundings => ({
  plugins: [virtual({ faults: [{ fault: "bad-block", on: "read", at }] })],
});

describe("a folder on the disc that cannot be read", () => {
  it("is told by ls with exit code 5, as by extract; what lies beside it is listed and restored", async () => {
    const folder = scratch({ "files/a.txt": "a", "files/sub/b.txt": "b", "files/z.txt": "z" });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "2048 blocks"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    let met = 0;
    for (let at = 0; at < BLOCKS; at++) {
      const listed = await cli(folder, ["ls", "my.disc", "-R", "--json"], withBadBlock(at));
      if (listed.json?.findings?.length !== 1 || listed.json.entries.length !== 3) continue;
      met++;
      expect(listed.code).toBe(5);
      expect(listed.stderr).toContain("cannot be read");
      expect(await cli(folder, ["extract", "my.disc", "/", "-o", `out-${at}`], withBadBlock(at))).toMatchObject({
        code: 5,
        stdout: expect.stringContaining("2 files"),
      });
    }
    expect(met).toBeGreaterThan(0);
  });
});
