import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { cli, type Surroundings } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

async function blank(medium = "bd-r"): Promise<string> {
  const folder = scratch({ "files/a.txt": "a", "files/large.bin": new Uint8Array(3_000_000) });
  expect((await cli(folder, ["new", "my.disc", "--medium", medium, "--capacity", "100MiB"])).code).toBe(0);
  return folder;
}

const terminal: Surroundings = { isTerminal: true, columns: 100 };

describe("on a terminal", () => {
  it("a burn shows a bar with phase, percent and amount, and takes it away", async () => {
    const { stderr, stdout } = await cli(await blank(), ["burn", "my.disc", "files"], terminal);
    expect(stripVTControlCharacters(stderr)).toMatch(/Writing {5,}[█░]{24} +\d+ % · .+ of 3\.\d+ MB/);
    expect(stdout).toContain("Session 1 is recorded");
    expect(stderr.endsWith("\u001b[2K")).toBe(true);
  });

  it.each([
    ["--no-color", ["--no-color"], {}],
    ["NO_COLOR", [], { NO_COLOR: "1" }],
    ["a dumb terminal", [], { TERM: "dumb" }],
  ])("%s takes the colours away", async (_, options, env) => {
    const folder = await blank();
    expect((await cli(folder, ["info", "my.disc"], terminal)).stdout).toContain("\u001b[");
    expect((await cli(folder, ["info", "my.disc", ...options], { ...terminal, env })).stdout).not.toContain("\u001b[");
  });

  it.each(["info", "explain"])("%s fits into 100 columns", async (command) => {
    const { stdout } = await cli(await blank(), [command, "my.disc"], terminal);
    for (const line of stripVTControlCharacters(stdout).split("\n")) expect(line.length, line).toBeLessThanOrEqual(100);
  });
});

describe("in a pipe", () => {
  it("progress is plain lines, few of them, and results are not mixed with it", async () => {
    const { stdout, stderr } = await cli(await blank(), ["burn", "my.disc", "files"]);
    expect(stdout + stderr).not.toContain("\u001b");
    expect(stderr).toMatch(/^Writing: +\d+ % · /m);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(8);
    expect(stdout).not.toContain("Writing:");
  });

  it("--debug shows where an error came from", async () => {
    const folder = scratch();
    expect((await cli(folder, ["info", "no.disc"])).stderr).not.toContain("    at ");
    expect((await cli(folder, ["info", "no.disc", "--debug"])).stderr).toContain("    at ");
  });
});

describe("Ctrl-C", () => {
  /** Presses Ctrl-C, or sends SIGTERM, when a burn says that it writes. */
  function pressing(times: number, request: "interrupt" | "terminate", exits: number[]): Surroundings {
    let isPressed = false;
    return {
      onError: (text, stop) => {
        if (isPressed || !text.startsWith("Writing")) return;
        isPressed = true;
        for (let count = 0; count < times; count++) stop(request);
      },
      onExit: (code) => exits.push(code),
    };
  }

  it.each(["interrupt", "terminate"] as const)(
    "once (%s): exit code 130, and the disc is as it was",
    async (request) => {
      const folder = await blank();
      const exits: number[] = [];
      const { code, stderr, json } = await cli(folder, ["burn", "my.disc", "files"], pressing(1, request, exits)).then(
        async (outcome) => ({ ...outcome, json: (await cli(folder, ["info", "my.disc", "--json"])).json }),
      );
      expect(code).toBe(130);
      expect(exits).toEqual([]);
      expect(stderr).toMatch(/Stopping after the current write\. .+\nPress Ctrl-C again/);
      expect(stderr).toContain("CANCELLED");
      expect(stderr).not.toContain("aborted");
      expect(["empty", "interrupted"]).toContain(json.condition);
    },
  );

  it("twice: ends at once with 130; SIGTERM twice does not", async () => {
    const exits: number[] = [];
    await cli(await blank(), ["burn", "my.disc", "files"], pressing(2, "interrupt", exits));
    expect(exits).toEqual([130]);
    await cli(await blank(), ["burn", "my.disc", "files"], pressing(2, "terminate", exits));
    expect(exits).toEqual([130]);
  });

  it("while the session is read back: it is recorded, which is said", async () => {
    const folder = await blank();
    const outcome = await cli(folder, ["burn", "my.disc", "files"], {
      onError: (text, stop) => {
        if (text.startsWith("Verifying")) stop("interrupt");
      },
    });
    expect(outcome.code).toBe(130);
    expect(outcome.stderr).toContain("The session is recorded; reading it back was cancelled.");
    expect((await cli(folder, ["sessions", "my.disc", "--json"])).json).toMatchObject({
      condition: "whole",
      sessions: [{}],
    });
  });
});
