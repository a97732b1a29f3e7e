import { copyFileSync, existsSync, readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { virtual } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** A folder with a disc that has files in two folders. */
async function withDisc(medium = "bd-r"): Promise<string> {
  const folder = scratch({ "files/a/1.txt": "1", "files/b/2.txt": "2", "more/new.txt": "new" });
  expect((await cli(folder, ["new", "my.disc", "--medium", medium, "--capacity", "4096 blocks"])).code).toBe(0);
  expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
  return folder;
}

describe("--tree", () => {
  it("delta writes only folders that changed, and says so", async () => {
    const folder = await withDisc();
    const argv = ["burn", "my.disc", "more", "--into", "/a", "--tree", "delta"];
    const { code, stdout } = await cli(folder, argv);
    expect(code).toBe(0);
    expect(stdout).toContain("only folders that changed");
    expect(stdout).toContain("1 folder unchanged, with all that is in it");
    expect((await cli(folder, ["ls", "-R", "my.disc"])).stdout).toContain("a/new.txt");
    const verified = await cli(folder, ["verify", "my.disc", "--session", "2"]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(
      /✓ Folders of session 2 in session 1: as they were recorded \(.*\)\n✓ Session 2: as it/,
    );
    const { json } = await cli(folder, ["verify", "my.disc", "--session", "2", "--json"]);
    expect(json.verification.sessions).toMatchObject([{ number: 1, part: "directories" }, { number: 2 }]);
  });

  it("full writes the whole tree again without any change, once", async () => {
    const folder = await withDisc("dvd+rw");
    const full = ["burn", "my.disc", "--tree", "full", "--json"];
    expect((await cli(folder, full)).json.outcome).toBe("nothing-to-do");
    await cli(folder, ["burn", "my.disc", "more", "--tree", "delta"]);
    const { json } = await cli(folder, full);
    expect(json).toMatchObject({ outcome: "done", plan: { tree: "full" } });
    expect((await cli(folder, full)).json.outcome).toBe("nothing-to-do");
  });

  it("is kept in a saved plan", async () => {
    const folder = await withDisc();
    await cli(folder, ["plan", "my.disc", "more", "--tree", "delta", "-o", "plan.json"]);
    const { code, json } = await cli(folder, ["burn", "my.disc", "--plan", "plan.json", "--json"]);
    expect(code).toBe(0);
    expect(json.plan.tree).toBe("delta");
  });

  it("takes nothing else", async () => {
    const { code, stderr } = await cli(await withDisc(), ["burn", "my.disc", "more", "--tree", "some"]);
    expect(code).toBe(2);
    expect(stderr).toContain("full, delta");
  });
});

describe("close behind a session that shares folders", () => {
  it("records the whole tree first, unless it is told not to", async () => {
    for (const [more, sessions] of [
      [[], 3],
      [["--no-checkpoint"], 2],
    ] as const) {
      const folder = await withDisc();
      await cli(folder, ["burn", "my.disc", "more", "--tree", "delta"]);
      expect((await cli(folder, ["close", "my.disc", "--accept", "close-disc", ...more])).code).toBe(0);
      expect((await cli(folder, ["sessions", "my.disc", "--json"])).json.sessions).toHaveLength(sessions);
    }
  });
});

describe("a source date", () => {
  /** The bytes of a disc that was begun anew. */
  async function discBytes(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Buffer> {
    const folder = scratch({ "files/a.txt": "a" });
    for (const path of ["files/a.txt", "files"]) utimesSync(join(folder, path), 86_400, 86_400);
    await cli(folder, ["new", "my.disc", "--medium", "dvd+rw", "--capacity", "4096 blocks"]);
    expect((await cli(folder, ["burn", "my.disc", "files", "--volume", "V", ...argv], { env })).code).toBe(0);
    return readFileSync(join(folder, "my.disc"));
  }

  it("given as an option or as SOURCE_DATE_EPOCH makes the same bytes of the same files", async () => {
    const first = await discBytes(["--source-date", "1700000000"]);
    expect(await discBytes([], { SOURCE_DATE_EPOCH: "1700000000" })).toEqual(first);
    // The option counts where there are both.
    expect(await discBytes(["--source-date", "1700000000"], { SOURCE_DATE_EPOCH: "1" })).toEqual(first);
    expect(await discBytes(["--source-date", "1700000001"])).not.toEqual(first);
    expect(await discBytes([])).not.toEqual(first);
  });

  const cut = virtual({ faults: [{ fault: "power-cut", after: "block", count: 20 }] });

  it.each([
    ["revert", "dvd+rw", ["revert", "--session", "1"], []],
    ["revert", "bd-r", ["revert", "--session", "1"], []],
    ["the whole tree that close records", "bd-r", ["close", "--accept", "close-disc"], []],
    ["recovery", "bd-r", ["recover"], [cut]],
  ])("makes the same bytes of the same disc: %s on %s", async (_, medium, [command = "", ...argv], plugins) => {
    const folder = await withDisc(medium);
    const burn = await cli(folder, ["burn", "my.disc", "more", "--tree", "delta"], { plugins });
    expect(burn.code).toBe(plugins.length === 0 ? 0 : 4);
    let copies = 0;
    const bytesAfter = async (more: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Buffer> => {
      const copy = `copy-${copies++}.disc`;
      for (const suffix of ["", ".state"])
        if (existsSync(join(folder, `my.disc${suffix}`)))
          copyFileSync(join(folder, `my.disc${suffix}`), join(folder, `${copy}${suffix}`));
      const { code, stderr } = await cli(folder, [command, copy, ...argv, ...more], { env });
      expect(code, stderr).toBe(0);
      return readFileSync(join(folder, copy));
    };
    const first = await bytesAfter(["--source-date", "1700000000"]);
    expect(first).not.toEqual(readFileSync(join(folder, "my.disc")));
    expect(first.equals(await bytesAfter([], { SOURCE_DATE_EPOCH: "1700000000" }))).toBe(true);
    expect(first.equals(await bytesAfter(["--source-date", "1700000000"], { SOURCE_DATE_EPOCH: "1" }))).toBe(true);
    expect(first.equals(await bytesAfter(["--source-date", "1700000001"]))).toBe(false);
    expect(first.equals(await bytesAfter([]))).toBe(false);
  });

  it("must be seconds since 1970", async () => {
    const folder = await withDisc();
    for (const text of ["yesterday", "-1", "1.5", "99999999999"]) {
      const { code, stderr } = await cli(folder, ["plan", "my.disc", "more", `--source-date=${text}`]);
      expect(code).toBe(2);
      expect(stderr).toContain("seconds since 1970");
    }
    const { code } = await cli(folder, ["plan", "my.disc", "more"], { env: { SOURCE_DATE_EPOCH: "soon" } });
    expect(code).toBe(2);
  });

  it("in the environment does not stop a saved plan from being burned", async () => {
    const folder = await withDisc();
    await cli(folder, ["plan", "my.disc", "more", "-o", "plan.json"]);
    const env = { SOURCE_DATE_EPOCH: "1700000000" };
    expect((await cli(folder, ["burn", "my.disc", "--plan", "plan.json"], { env })).code).toBe(0);
  });
});
