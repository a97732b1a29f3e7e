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

describe("a document with a list of any length", () => {
  const items = Array.from({ length: 3000 }, (_, index) => ({
    path: `/a "${index}"`,
    extents: [{ at: index }],
    none: [],
  }));

  it.each([
    ["of no item", []],
    ["of one", items.slice(0, 1)],
    ["that is written in pieces", items],
  ])("%s is what JSON.stringify makes of the whole", async (_, list) => {
    for (const tail of [{}, { problems: [], findings: [{ at: 1 }] }]) {
      const writes: string[] = [];
      const make = async (add: (items: readonly object[]) => void): Promise<void> => {
        for (let index = 0; index < list.length; index += 500) add(list.slice(index, index + 500));
      };
      await outputTo(writes, true).longDocument("ls", { path: "/" }, "entries", make, () => tail);
      const whole = { version: 1, kind: "ls", path: "/", entries: list, ...tail };
      expect(writes.join("")).toBe(`${JSON.stringify(whole, undefined, 2)}\n`);
      expect(writes.length > 1).toBe(list.length > 1000);
    }
  });

  it.each([
    ["is not begun where nothing of it was written", 10, 0],
    ["ends where something was", 3000, 3000],
  ])("%s, when it fails", async (_, count, written) => {
    const writes: string[] = [];
    const make = (add: (items: readonly object[]) => void): Promise<void> => {
      add(items.slice(0, count));
      return Promise.reject(new Error("no more"));
    };
    const failing = outputTo(writes, true).longDocument("ls", {}, "entries", make, () => ({ findings: [] }));
    await expect(failing).rejects.toThrow("no more");
    const { entries = [], findings } = JSON.parse(writes.join("") || "{}") as { entries?: object[]; findings?: [] };
    expect(entries).toHaveLength(written);
    expect(findings).toEqual(written > 0 ? [] : undefined);
  });

  it("goes nowhere for people", async () => {
    const writes: string[] = [];
    await outputTo(writes).longDocument("ls", {}, "entries", async (add) => add(items), Object);
    expect(writes).toEqual([]);
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

  it("--json ends its document when it is stopped, and the error is one of its own", async () => {
    const early = Array.from({ length: 2000 }, (_, index) => [`files/early/${index}`, ""]);
    const folder = scratch({ ...Object.fromEntries(early), "files/late/z": "" });
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "8192 blocks"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    const { code, stdout, lines } = await cli(folder, ["ls", "my.disc", "-R", "--json"], {
      onOutput: (_, stop) => stop("interrupt"),
    });
    expect(code).toBe(130);
    expect(lines).toMatchObject([{ kind: "ls", problems: [], findings: [] }, { kind: "error" }]);
    const [{ entries }] = lines as unknown as [{ entries: object[] }];
    expect(entries.length).toBeGreaterThan(100);
    expect(stdout).not.toContain("late");
  });
});
