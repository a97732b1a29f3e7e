import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { start } from "./support/process.ts";
import { scratch } from "./support/scratch.ts";

describe.skipIf(process.platform === "win32")("a reader that goes away", () => {
  it.each([
    ["ls", ["ls", "my.disc", "-R"]],
    ["a burn, which goes on to its end", ["burn", "my.disc", "more", "--json"]],
  ])("is no error: %s", async (_, argv) => {
    const files = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`files/file-${index}.txt`, ""]));
    const folder = scratch({ ...files, "more/large.bin": new Uint8Array(8_000_000) });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "100MiB"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    const { child, ended } = start(folder, argv);
    child.stdout?.destroy();
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|Error/);
    const { json } = await cli(folder, ["sessions", join(folder, "my.disc"), "--json"]);
    expect(json).toMatchObject({ condition: "whole", sessions: { length: argv[0] === "burn" ? 2 : 1 } });
  });
});

describe.skipIf(process.platform !== "linux")("an output on a full device", () => {
  it.each([
    ["a listing", ["ls", "my.disc"], 4],
    ["a document", ["info", "my.disc", "--json"], 4],
    ["help", ["burn", "--help"], 4],
    ["a burn, which goes on to its end", ["burn", "my.disc", "more", "--json"], 4],
    ["what is refused anyway", ["burn", "my.disc", "nothing", "--json"], 3],
  ])("is told, and leaves no lock behind: %s", async (_, argv, exitCode) => {
    const folder = scratch({ "files/a.txt": "a", "more/large.bin": new Uint8Array(8_000_000) });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "100MiB"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    const full = openSync("/dev/full", "w");
    const { code, stderr } = await start(folder, argv, { stdout: full }).ended;
    closeSync(full);
    expect(stderr).toMatch(/The output could not be written: there is no room left/);
    expect(stderr).toContain("[multisession/output-failed]");
    expect(stderr).not.toMatch(/ at .*main\.js/);
    expect(code).toBe(exitCode);
    expect(existsSync(join(folder, "my.disc.lock"))).toBe(false);
    const { json } = await cli(folder, ["sessions", "my.disc", "--json"]);
    expect(json).toMatchObject({ condition: "whole", sessions: { length: argv.includes("more") ? 2 : 1 } });
  });
});
