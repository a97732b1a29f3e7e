import { describe, expect, it } from "vitest";
import { commandNames } from "../src/commands.ts";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

describe("help", () => {
  it("names every command and every exit code", async () => {
    const { code, stdout } = await cli(scratch(), ["--help"]);
    expect(code).toBe(0);
    for (const name of commandNames) expect(stdout).toMatch(new RegExp(`^ +${name}\\b`, "m"));
    for (const exitCode of [0, 2, 3, 4, 5, 6, 130]) expect(stdout).toMatch(new RegExp(`\\b${exitCode} [a-z]`));
  });

  it.each(commandNames)(
    "%s --help has examples and the global options, on lines of at most 100 characters",
    async (name) => {
      const { code, stdout, stderr } = await cli(scratch(), [name, "--help"], { columns: 100 });
      expect(code).toBe(0);
      expect(stderr).toBe("");
      expect(stdout).toMatch(new RegExp(`^Examples:\n(  .*\n)*  multisession ${name}`, "m"));
      expect(stdout).toContain("--json");
      for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
    },
  );

  it("--version is the package's", async () => {
    expect((await cli(scratch(), ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("a command line that makes no sense: exit code 2, with what to write instead", () => {
  it.each([
    ["no command", [], /multisession --help/],
    ["an unknown command", ["brun", "my.disc"], /burn/],
    ["an unknown option", ["ls", "my.disc", "--sesion", "1"], /--session/],
    ["a missing device", ["info"], /multisession info --help/],
    ["one argument too many", ["info", "a.disc", "b.disc"], /multisession info --help/],
    ["extract without a folder", ["extract", "my.disc", "/"], /--output/],
    ["revert without a session", ["revert", "my.disc"], /--session/],
    ["a session that is no number", ["ls", "my.disc", "--session", "first"], /the first is 1/],
    ["a size without a unit", ["new", "x.disc", "--medium", "bd-r", "--capacity", "5000"], /5000 blocks/],
    ["a size that no such disc has", ["new", "x.disc", "--medium", "dvd+rw", "--capacity", "25GB"], /4\.70 GB/],
    ["a medium that is not there", ["new", "x.disc", "--medium", "floppy"], /bd-r/],
    ["a new disc without a medium", ["new", "x.disc"], /--medium/],
    ["a new disc without a name", ["new", "--medium", "bd-r"], /my\.disc/],
    ["nothing to record", ["burn", "my.disc"], /--remove/],
    ["a rename without =", ["burn", "my.disc", "--rename", "a.txt"], /old\.txt=new\.txt/],
    ["a mode that is none", ["burn", "my.disc", "x", "--chmod", "**=rw"], /\*\*=a\+rX/],
    ["an owner by name", ["burn", "my.disc", "x", "--chown", "**=root"], /with numbers/],
    ["an empty pattern of what to hide", ["burn", "my.disc", "x", "--hide", ""], /--hide is empty/],
    ["something to close that is not there", ["burn", "my.disc", "x", "--close", "door"], /session, disc/],
    ["a consequence that is not there", ["burn", "my.disc", "x", "--accept", "all"], /close-disc/],
    ["a mirror of two folders", ["burn", "my.disc", "a", "b", "--mirror"], /exactly one folder/],
    ["a new volume upon a session", ["burn", "my.disc", "a", "--new-volume", "--session", "1"], /one of the two/],
    ["an empty device", ["info", ""], /is empty/],
    ["an empty path to record", ["burn", "my.disc", ""], /variable of your shell/],
    ["an empty folder to extract to", ["extract", "my.disc", "/", "-o", ""], /--output is empty/],
    ["an empty plan file", ["burn", "my.disc", "--plan", ""], /--plan is empty/],
    ["an empty pattern", ["burn", "my.disc", "--remove", "x", "--remove", ""], /--remove is empty/],
    ["an empty volume name", ["burn", "my.disc", "--volume", ""], /--volume is empty/],
    ["a saved plan with other options", ["burn", "my.disc", "--plan", "p.json", "--into", "/x"], /--into/],
  ] as const)("%s", async (_, argv, advice) => {
    const { code, stderr, json } = await cli(scratch(), [...argv, "--json"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(advice);
    expect(json).toMatchObject({ kind: "error", exitCode: 2, error: { code: "USAGE" } });
  });
});

describe("two files of one name", () => {
  it("are refused with both paths, for only the last would be on the disc", async () => {
    const folder = scratch({ "a/same.txt": "a", "b/same.txt": "b" });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "2048 blocks"]);
    const { code, stderr } = await cli(folder, ["burn", "my.disc", "a/same.txt", "b/same.txt"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a\/same\.txt and .*b\/same\.txt would both become same\.txt/);
    expect((await cli(folder, ["info", "my.disc", "--json"])).json.condition).toBe("empty");
  });
});

describe("--remove", () => {
  it.each(["/", "x".repeat(70_000)])("refuses what is no pattern", async (pattern) => {
    const folder = scratch({ "first/a.txt": "a" });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "2048 blocks"]);
    const { code, json } = await cli(folder, ["burn", "my.disc", "first", "--remove", pattern, "--json"]);
    expect(code).toBe(2);
    expect(json.error.code).toBe("USAGE");
  });

  it("takes what matches off the tree, and keeps what matches of the added folder out", async () => {
    const folder = scratch({ "first/a.txt": "a", "first/b.tmp": "b", "second/c.txt": "c", "second/deep/d.tmp": "d" });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "2048 blocks"]);
    expect((await cli(folder, ["burn", "my.disc", "first"])).code).toBe(0);
    expect((await cli(folder, ["burn", "my.disc", "second", "--remove", "**/*.tmp"])).code).toBe(0);
    expect((await cli(folder, ["ls", "my.disc", "-R"])).stdout).not.toContain("tmp");
    expect((await cli(folder, ["ls", "my.disc", "-R", "--session", "1"])).stdout).toContain("b.tmp");
  });
});
