import { describe, expect, it } from "vitest";
import type { TextOutput } from "../src/io.ts";
import { Output } from "../src/output.ts";
import { TableLayout, tableLines } from "../src/table.ts";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** More than a call can be given as arguments. */
const MANY = 300_000;

function outputTo(writes: string[], json = false): Output {
  const stdout: TextOutput = { write: (text) => writes.push(text) };
  const io = { stdout, stderr: stdout, cwd: "/", env: {}, onStop: () => () => {}, exit: () => {} };
  return new Output(io, { json, color: false });
}

function* numbered(seen: (index: number) => void = () => {}): Generator<string> {
  for (let index = 0; index < MANY; index++) {
    seen(index);
    yield `line ${index}`;
  }
}

describe("a list of any length", () => {
  it("is written whole, in pieces of many lines, while it is made", () => {
    const writes: string[] = [];
    let beforeTheEnd = 0;
    outputTo(writes).lines(numbered(() => (beforeTheEnd = writes.length)));
    expect(writes.join("")).toBe(`${[...numbered()].join("\n")}\n`);
    expect(writes.length).toBeLessThan(MANY / 1000);
    expect(beforeTheEnd).toBeGreaterThan(writes.length / 2);
  });

  it("is not made for a program, which gets its document", () => {
    const writes: string[] = [];
    let made = 0;
    outputTo(writes, true).lines(numbered(() => made++));
    expect({ made, writes }).toEqual({ made: 0, writes: [] });
  });

  it("is laid out as one table", () => {
    const columns = [{ title: "#", align: "right" }, { title: "name" }] as const;
    const rows = Array.from({ length: MANY }, (_, index) => [String(index), "x"]);
    const lines = tableLines(columns, rows, "");
    expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([
      MANY + 1,
      "     #  name",
      "     0  x",
      "299999  x",
    ]);
  });
});

describe("a table that is laid out in pieces", () => {
  it("has columns that become wider, never narrower", () => {
    const table = new TableLayout([{ title: "" }, { title: "", align: "right" }, { title: "" }], "");
    expect([[["a", "1", "x"]], [["longer", "1000", "y"]], [["b", "22", "z"]]].map((rows) => table.lines(rows))).toEqual(
      [["a  1  x"], ["longer  1000  y"], ["b         22  z"]],
    );
  });
});

describe("ls -R", () => {
  it.each([[[]], [["-l"]]])("%s writes what it has found before the walk is over", async (options) => {
    const early = Array.from({ length: 2000 }, (_, index) => [`files/early/${index}`, ""]);
    const folder = scratch({ ...Object.fromEntries(early), "files/late/z": "" });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "8192 blocks"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    const whole = await cli(folder, ["ls", "my.disc", "-R", ...options]);
    expect(whole.code).toBe(0);
    expect(whole.stdout.split("\n")).toHaveLength(2004);
    const stopped = await cli(folder, ["ls", "my.disc", "-R", ...options], {
      onOutput: (_, stop) => stop("interrupt"),
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toMatch(/early\/\d+\n$/);
    expect(stopped.stdout).not.toContain("late");
  });
});
