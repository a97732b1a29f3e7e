import { linkSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { virtual } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch, write } from "./support/scratch.ts";

/** Session 1 with `a.txt`, `sub/b.bin` (also `sub/same.bin`) and `gone.txt`; session 2 renames a folder and drops a file. */
async function prepared(medium: string): Promise<string> {
  const folder = scratch({
    "photos/a.txt": "first\n",
    "photos/gone.txt": "gone\n",
    "photos/sub/b.bin": "b".repeat(70_000),
  });
  linkSync(join(folder, "photos/sub/b.bin"), join(folder, "photos/sub/same.bin"));
  await cli(folder, ["new", "my.disc", "--medium", medium, "--capacity", "4096 blocks"]);
  expect((await cli(folder, ["burn", "my.disc", "photos"])).code).toBe(0);
  write(folder, { "more/new.txt": "new\n" });
  const second = ["burn", "my.disc", "more", "--rename", "sub=moved", "--remove", "gone.txt"];
  expect((await cli(folder, second)).code).toBe(0);
  return folder;
}

/** Changes a byte of a file on the disc, as a scratch would. */
async function damage(folder: string, path: string, session: string): Promise<void> {
  const { json } = await cli(folder, ["ls", "my.disc", path, "--session", session, "--json"]);
  writeSync(openSync(join(folder, "my.disc"), "r+"), "#", json.entries[0].extents[0].at * 2048);
}

interface Fault {
  readonly path?: string;
}

describe.each(["bd-r", "dvd+rw"])("verify on %s names a damaged file", (medium) => {
  it("by the tree of each session that shows it", async () => {
    const folder = await prepared(medium);
    await damage(folder, "sub/b.bin", "1");
    const { code, stdout } = await cli(folder, ["verify", "my.disc"]);
    expect(code).toBe(5);
    expect(stdout).toMatch(/Session 1: 1 fault\n {4}\/sub\/b\.bin, \/sub\/same\.bin \(block [\d,]+, different\): /);
    expect(stdout).toMatch(/Session 2: 1 fault\n {4}\/moved\/b\.bin, \/moved\/same\.bin \(block [\d,]+, different\): /);
    const { json } = await cli(folder, ["verify", "my.disc", "--session", "1", "--json"]);
    expect(json.verification.sessions[0].faults).toMatchObject([
      { path: "/sub/b.bin", paths: ["/sub/b.bin", "/sub/same.bin"], session: 1, fault: "different" },
    ]);
  });

  it("by the newest older session when its own tree does not show it any more", async () => {
    const folder = await prepared(medium);
    await damage(folder, "gone.txt", "1");
    const { stdout } = await cli(folder, ["verify", "my.disc", "--session", "2"]);
    expect(stdout).toMatch(/ {4}\/gone\.txt of session 1 \(block [\d,]+, different\): /);
  });
});

describe("where no tree shows it", () => {
  it("a fault in the directories has its block, and no path", async () => {
    const folder = await prepared("bd-r");
    const { json: listed } = await cli(folder, ["sessions", "my.disc", "--json"]);
    // Behind the head and the end of the descriptors, before the first file.
    writeSync(openSync(join(folder, "my.disc"), "r+"), "#", (listed.sessions[0].start + 2) * 2048 + 100);
    const { code, json } = await cli(folder, ["verify", "my.disc", "--session", "1", "--json"]);
    expect(code).toBe(5);
    const faults: readonly Fault[] = json.verification.sessions[0].faults;
    expect(faults.map(({ path }) => path)).toEqual([undefined]);
  });
});

describe("the reading back of a burn", () => {
  it("names the file that cannot be read", async () => {
    const folder = scratch({ "files/a.txt": "a", "files/bad.bin": "b".repeat(70_000) });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
    const plan = await cli(folder, ["burn", "my.disc", "files", "--no-verify", "--json"]);
    expect(plan.code).toBe(0);
    const { json } = await cli(folder, ["ls", "my.disc", "bad.bin", "--json"]);
    const at: number = json.entries[0].extents[0].at;
    await cli(folder, ["new", "other.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
    const faults = virtual({ faults: [{ fault: "bad-block", on: "read", at }] });
    const { code, stderr } = await cli(folder, ["burn", "other.disc", "files"], { plugins: [faults] });
    expect(code).toBe(5);
    expect(stderr).toMatch(/\/bad\.bin at block \d+: .*cannot be read/);
  });
});
