import { appendFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { openDisc } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

async function burned(): Promise<string> {
  const folder = scratch({ "photos/a.txt": "first\n" });
  expect((await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "2048 blocks"])).code).toBe(0);
  expect((await cli(folder, ["burn", "my.disc", "photos"])).code).toBe(0);
  return folder;
}

describe("check", () => {
  it("says of each rule that it holds, and changes nothing", async () => {
    const folder = await burned();
    const before = readFileSync(join(folder, "my.disc.state"));
    const { code, stdout } = await cli(folder, ["check", "my.disc"], { columns: 80 });
    expect(code).toBe(0);
    for (const name of ["Lock", "Format", "Journal", "Tracks", "Next address", "Sessions", "Replacements", "Blocks"])
      expect(stdout).toContain(`✓ ${name}`);
    expect(stdout).toContain("✓ The disc file is sound.");
    expect(readFileSync(join(folder, "my.disc.state")).equals(before)).toBe(true);
    expect((await cli(folder, ["check", "virtual:my.disc", "--json"])).json).toMatchObject({ isSound: true });
  });

  it("notes a record that was never finished, which is no damage", async () => {
    const folder = await burned();
    appendFileSync(join(folder, "my.disc.state"), "REC:");
    const { code, stdout } = await cli(folder, ["check", "my.disc"]);
    expect(code).toBe(0);
    expect(stdout).toContain("! Journal");
    expect(stdout.replace(/\s+/g, " ")).toContain("4 bytes of a record that was never finished");
  });

  it("finds that the end is missing: exit code 5, and the rest is told as well", async () => {
    const folder = await burned();
    truncateSync(join(folder, "my.disc"), 2048);
    const { code, stdout } = await cli(folder, ["check", "my.disc"]);
    expect(code).toBe(5);
    expect(stdout).toContain("its end is missing");
    expect(stdout).toContain("✗ 1 fault: the disc file is damaged.");
    const { json } = await cli(folder, ["check", "my.disc", "--json"]);
    expect(json).toMatchObject({ kind: "check", isSound: false });
    expect(json.checks.at(-1)).toMatchObject({ check: "data", outcome: "bad" });
  });

  it("refuses a disc that somebody has open, and one that is not there", async () => {
    const folder = await burned();
    const recorder = await openDisc(join(folder, "my.disc"));
    expect((await cli(folder, ["check", "my.disc", "--json"])).json).toMatchObject({
      exitCode: 3,
      error: { code: "BUSY" },
    });
    recorder.close();
    const { json } = await cli(folder, ["check", "other.disc", "--json"]);
    expect(json).toMatchObject({ exitCode: 3, error: { code: "DEVICE_NOT_FOUND" } });
  });
});
