import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { virtual } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** A disc whose names are changed where they lie, in Rock Ridge and in Joliet, as an attacker would. */
async function discWithNames(files: Readonly<Record<string, string>>, from: string, to: string): Promise<string> {
  const folder = scratch(files);
  await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
  expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
  const disc = readFileSync(join(folder, "my.disc"));
  const changed =
    replaceBytes(disc, Buffer.from(from), Buffer.from(to)) +
    replaceBytes(disc, Buffer.from(from, "utf16le").swap16(), Buffer.from(to, "utf16le").swap16());
  expect(changed).toBeGreaterThan(0);
  writeFileSync(join(folder, "my.disc"), disc);
  return folder;
}

function replaceBytes(bytes: Buffer, from: Buffer, to: Buffer): number {
  expect(to).toHaveLength(from.length);
  let count = 0;
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) {
    to.copy(bytes, at);
    count += 1;
  }
  return count;
}

describe("extract from a hostile disc", () => {
  it.each([
    ["goes up", "xx_evil.txt", "../evil.txt"],
    ["is absolute", "xtmp_evil.txt", "/tmp/evil.txt"],
    ["holds a null character", "xx_evil.txt", "xx\0evil.txt"],
  ])("a name that %s writes nothing outside, and the other files are restored", async (_, from, to) => {
    const folder = await discWithNames({ [`files/${from}`]: "evil", "files/good.txt": "good" }, from, to);
    const before = readdirSync(folder).sort();
    const outcome = await cli(folder, ["extract", "my.disc", "/", "-o", "deep/out"]);
    expect([0, 5]).toContain(outcome.code);
    expect(readFileSync(join(folder, "deep/out/good.txt"), "utf8")).toBe("good");
    expect(readdirSync(folder).sort()).toEqual([...before, "deep"].sort());
    expect(readdirSync(join(folder, "deep"))).toEqual(["out"]);
    for (const name of readdirSync(join(folder, "deep/out"))) expect(name).not.toMatch(/\0|\//);
  });

  it("a link and a folder of one name never lead a file through the link", async () => {
    const folder = scratch({ "files/lnx/stolen.txt": "written through", "files/good.txt": "good", "target/keep": "" });
    symlinkSync(join(folder, "target"), join(folder, "files/lnk"));
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    const disc = readFileSync(join(folder, "my.disc"));
    expect(replaceBytes(disc, Buffer.from("lnx"), Buffer.from("lnk"))).toBeGreaterThan(0);
    writeFileSync(join(folder, "my.disc"), disc);
    const { code } = await cli(folder, ["extract", "my.disc", "/", "-o", "out"]);
    expect(code).toBe(5);
    expect(readdirSync(join(folder, "target"))).toEqual(["keep"]);
    expect(readFileSync(join(folder, "out/good.txt"), "utf8")).toBe("good");
  });

  it("shows control characters of names as escapes", async () => {
    const folder = await discWithNames({ "files/ab_2J_clear.txt": "x" }, "ab_2J", "a\u001b[2J");
    const { stdout } = await cli(folder, ["ls", "my.disc"]);
    expect(stdout).toBe("a\\x1b[2J_clear.txt\n");
    expect((await cli(folder, ["ls", "my.disc", "--json"])).json.entries[0].path).toBe("/a\u001b[2J_clear.txt");
  });
});

describe("extract onto what is there already", () => {
  async function recorded(): Promise<string> {
    const folder = scratch({ "files/sub/a.txt": "from the disc", "target/keep": "" });
    await cli(folder, ["new", "my.disc", "--medium", "dvd+rw", "--capacity", "4096 blocks"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    return folder;
  }

  it("a link that stands where a folder belongs is not followed", async () => {
    const folder = await recorded();
    mkdirSync(join(folder, "out"));
    symlinkSync(join(folder, "target"), join(folder, "out/sub"));
    for (const options of [[], ["--overwrite"]]) {
      const outcome = await cli(folder, ["extract", "my.disc", "/", "-o", "out", "--json", ...options]);
      expect(outcome).toMatchObject({ code: 3, json: { error: { code: "ITEM_EXISTS" } } });
    }
    expect(readdirSync(join(folder, "target"))).toEqual(["keep"]);
  });

  it("a file stays as it is without --overwrite, and a link is replaced, not written through, with it", async () => {
    const folder = await recorded();
    mkdirSync(join(folder, "out/sub"), { recursive: true });
    symlinkSync(join(folder, "target/keep"), join(folder, "out/sub/a.txt"));
    expect((await cli(folder, ["extract", "my.disc", "/", "-o", "out"])).code).toBe(3);
    expect((await cli(folder, ["extract", "my.disc", "/", "-o", "out", "--overwrite"])).code).toBe(0);
    expect(lstatSync(join(folder, "out/sub/a.txt")).isSymbolicLink()).toBe(false);
    expect(readFileSync(join(folder, "target/keep"), "utf8")).toBe("");
  });
});

describe("extract from a damaged disc", () => {
  it("blocks that cannot be read become zeros and are told, exit code 5; the other files are whole", async () => {
    const content = Buffer.alloc(20 * 2048, "x");
    const folder = scratch();
    mkdirSync(join(folder, "files"));
    writeFileSync(join(folder, "files/bad.bin"), content);
    writeFileSync(join(folder, "files/good.txt"), "good");
    await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
    await cli(folder, ["burn", "my.disc", "files"]);
    const listed = await cli(folder, ["ls", "my.disc", "bad.bin", "--json"]);
    const at = listed.json.entries[0].extents[0].at + 7;
    const plugins = [virtual({ faults: [{ fault: "bad-block", on: "read", at }] })];
    const { code, json } = await cli(folder, ["extract", "my.disc", "/", "-o", "out", "--json"], { plugins });
    expect(code).toBe(5);
    expect(json.problems).toMatchObject([
      { path: "bad.bin", isWritten: true, what: expect.stringContaining(String(at)) },
    ]);
    content.fill(0, 7 * 2048, 8 * 2048);
    expect(readFileSync(join(folder, "out/bad.bin")).equals(content)).toBe(true);
    expect(readFileSync(join(folder, "out/good.txt"), "utf8")).toBe("good");
  });

  it("bytes that differ from their hash are told, exit code 5", async () => {
    const folder = await discWithNames({ "files/a.txt": "the very words" }, "very words", "evil words");
    const { code, json } = await cli(folder, ["extract", "my.disc", "a.txt", "-o", "out", "--json"]);
    expect(code).toBe(5);
    expect(json.problems).toMatchObject([{ path: "a.txt", what: "It differs from what was recorded." }]);
    expect((await cli(folder, ["verify", "my.disc"])).code).toBe(5);
    expect(existsSync(join(folder, "out/a.txt"))).toBe(true);
  });
});
