import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

async function burned(...options: readonly string[]): Promise<string> {
  const folder = scratch({ "photos/a.txt": "a secret\n" });
  await cli(folder, ["new", "my.disc", "--medium", "dvd+r", "--capacity", "65536 blocks"]);
  const { code } = await cli(folder, ["burn", "my.disc", "photos", "--log", "burn.log", ...options]);
  expect(code).toBe(0);
  return folder;
}

describe("--log", () => {
  it("logs a burn, which log shows in words, without what was recorded", async () => {
    const folder = await burned();
    const { code, stdout } = await cli(folder, ["log", "burn.log"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +0\.000 s {2}a recorder with dvd\+r, unformatted, 65536 blocks\n/);
    expect(stdout).toMatch(/^ +\d+\.\d{3} s {2}WRITE\(10\).*: good$/m);
    expect(stdout).toMatch(/CLOSE TRACK SESSION.*\n(.*\n)* +\d+\.\d{3} s {2}closed by its user\n$/);
    expect(readFileSync(join(folder, "burn.log"), "utf8")).not.toContain('"deflated"');
    const { json } = await cli(folder, ["log", "burn.log", "--json"]);
    expect(json.lines[0]).toMatchObject({ is: "recorder", kind: "log" });
  });

  it("with contents can be replayed, and says where an answer is another one", async () => {
    const folder = await burned("--log-contents");
    const same = await cli(folder, ["log", "burn.log", "--replay"]);
    expect(same).toMatchObject({ code: 0, stderr: "" });
    expect(same.stdout).toMatch(/^\d+ commands: every answer is the same\.\n$/);
    const file = join(folder, "burn.log");
    writeFileSync(file, readFileSync(file, "utf8").replace('"outcome":"6/28/00"', '"outcome":"6/29/00"'));
    const other = await cli(folder, ["log", "burn.log", "--replay"]);
    expect(other.code).toBe(5);
    expect(other.stdout).toMatch(/outcome was 6\/29\/00 and is 6\/28\/00/);
    const { json } = await cli(folder, ["log", "burn.log", "--replay", "--json"]);
    expect(json.difference.what).toContain("6/28/00");
  });

  it.each([
    ["writes over nothing", ["info", "my.disc", "--log", "burn.log"], 3, /burn\.log is there already/],
    ["needs a place", ["info", "my.disc", "--log", "no/where.log"], 4, /where\.log could not be made/],
    ["keeps contents only in a log", ["info", "my.disc", "--log-contents"], 2, /--log FILE/],
    ["is read from a log only", ["log", "my.disc"], 3, /is none of a log|could not be read/],
    ["is read from a file that is there", ["log", "none.log"], 3, /none\.log could not be read/],
  ] as const)("%s", async (_, argv, exitCode, what) => {
    const folder = await burned();
    const { code, stderr } = await cli(folder, argv);
    expect(stderr).toMatch(what);
    expect(code).toBe(exitCode);
    expect((await cli(folder, ["info", "my.disc"])).code).toBe(0);
  });
});
