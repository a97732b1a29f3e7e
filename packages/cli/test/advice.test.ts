import { virtual } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch, write } from "./support/scratch.ts";

/** A DVD+RW with two sessions: `sub/a.txt`, and then `b.txt` as well. */
async function withTwoSessions(): Promise<string> {
  const folder = scratch({ "files/sub/a.txt": "a" });
  expect((await cli(folder, ["new", "my.disc", "--medium", "DVD+RW", "--capacity", "4096 blocks"])).code).toBe(0);
  await cli(folder, ["burn", "my.disc", "files"]);
  write(folder, { "files/b.txt": "b" });
  await cli(folder, ["burn", "my.disc", "files"]);
  return folder;
}

describe("advice fits what went wrong", () => {
  it.each([
    ["a path with ..", ["plan", "my.disc", "files", "--into", "a/../b"], /without \. and \.\./],
    ["a folder moved into itself", ["plan", "my.disc", "--rename", "sub=sub/deeper"], /a place outside of it/],
  ])("%s", async (_, argv, advice) => {
    const { code, stderr } = await cli(await withTwoSessions(), argv);
    expect(code).toBe(3);
    expect(stderr).toMatch(advice);
  });

  it("a drive that is not there is no place for a disc file", async () => {
    const { code, stderr } = await cli(scratch({}), ["info", "/dev/multisession-no-such-drive"]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/does not exist\.\n {2}Check that the drive is connected/);
  });

  it("a file named as a plugin without ./ is not taken for a package to install", async () => {
    const folder = scratch({ "mine.js": "export default [];" });
    const { code, stderr } = await cli(folder, ["devices", "--plugin", "mine.js"]);
    expect(code).toBe(3);
    expect(stderr).toContain("Write ./mine.js");
    expect(stderr).not.toContain("npm install mine.js");
  });

  it("sessions of an interrupted disc names the command that brings it back", async () => {
    const folder = scratch({ "files/a.txt": "a", "more/b.bin": new Uint8Array(200_000) });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
    await cli(folder, ["burn", "my.disc", "files"]);
    const cut = virtual({ faults: [{ fault: "power-cut", after: "block", count: 50 }] });
    expect((await cli(folder, ["burn", "my.disc", "more"], { plugins: [cut] })).code).toBe(4);
    expect((await cli(folder, ["sessions", "my.disc"])).stdout).toContain("multisession recover my.disc");
  });

  it("what revert advises does show the old tree again", async () => {
    const folder = await withTwoSessions();
    const { stdout } = await cli(folder, ["plan", "my.disc", "--session", "1"]);
    expect(stdout).toContain("the session would show what session 1 shows");
    expect((await cli(folder, ["burn", "my.disc", "--session", "1"])).code).toBe(0);
    expect((await cli(folder, ["ls", "my.disc", "-R"])).stdout).toBe("sub/\nsub/a.txt\n");
  });
});
