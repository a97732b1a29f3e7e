import { existsSync, lstatSync, lutimesSync, readdirSync, readFileSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";
import { onSmallDevice } from "./support/small-device.ts";

/** A folder with a disc of one session, a file `file`, and a folder in which a file has the name of the disc's folder. */
async function prepared(): Promise<string> {
  const folder = scratch({
    "photos/a.txt": "a",
    "photos/sub/large.bin": new Uint8Array(3_000_000),
    file: "keep me",
    "taken/sub": "a file",
  });
  await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "8192 blocks"]);
  expect((await cli(folder, ["burn", "my.disc", "photos"])).code).toBe(0);
  return folder;
}

it("extract gives files, folders and links the times that they had, also before 1970", async () => {
  const folder = scratch({ "old/inner/file.txt": "old" });
  const times = { file: Date.UTC(1930, 0, 2, 3, 4, 5), link: Date.UTC(1950, 5, 6), inner: Date.UTC(1969, 11, 31) };
  symlinkSync("file.txt", join(folder, "old/inner/link"));
  lutimesSync(join(folder, "old/inner/link"), new Date(times.link), new Date(times.link));
  for (const [path, time] of [
    ["old/inner/file.txt", times.file],
    ["old/inner", times.inner],
  ] as const)
    utimesSync(join(folder, path), new Date(time), new Date(time));
  await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "8192 blocks"]);
  expect((await cli(folder, ["burn", "my.disc", "old"])).code).toBe(0);
  expect((await cli(folder, ["extract", "my.disc", "/", "-o", "out"])).code).toBe(0);
  const timeOf = (path: string): number => lstatSync(join(folder, "out/inner", path)).mtimeMs;
  expect({ file: timeOf("file.txt"), link: timeOf("link"), inner: timeOf(".") }).toEqual(times);
});

describe("extract, where it cannot write", () => {
  it.each([
    ["a file has the folder's name", ["/", "-o", "file"], /file: it is no folder/],
    ["a file has the folder's name, for one file", ["a.txt", "-o", "file"], /file: it is no folder/],
    ["a file stands above the folder", ["/", "-o", "file/below/deep"], /file: it is no folder/],
    ["a file has the name of a folder of the disc", ["/", "-o", "taken"], /taken\/sub: something that is no folder/],
    ["a file stays in the way with --overwrite", ["/", "-o", "file", "--overwrite"], /file: it is no folder/],
  ])("is refused when %s", async (_, argv, message) => {
    const folder = await prepared();
    const { code, json, stderr } = await cli(folder, ["extract", "my.disc", ...argv, "--json"]);
    expect(json).toMatchObject({ kind: "error", exitCode: 3, error: { code: "ITEM_EXISTS" } });
    expect(code).toBe(3);
    expect(stderr).toMatch(message);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("keep me");
    expect(existsSync(join(folder, "taken/a.txt"))).toBe(false);
  });

  it("names the link that leads to itself", async () => {
    const folder = await prepared();
    symlinkSync("loop", join(folder, "loop"));
    const { code, json } = await cli(folder, ["extract", "my.disc", "/", "-o", "loop/x", "--json"]);
    expect(json.error).toMatchObject({ code: "multisession/output-failed" });
    expect(code).toBe(4);
  });

  it.skipIf(process.platform !== "linux")("fails where the system makes no folder, and comes to an end", async () => {
    const folder = await prepared();
    const { code, json } = await cli(folder, ["extract", "my.disc", "/", "-o", "/proc/nothing/here", "--json"]);
    expect(json.error).toMatchObject({ code: "multisession/output-failed" });
    expect(code).toBe(4);
  });

  it("says that the room is used up, and takes the half file away", async ({ skip }) => {
    const folder = await prepared();
    const small = join(folder, "small");
    const isDone = await onSmallDevice(small, "1m", async () => {
      const { code, json, stderr } = await cli(folder, ["extract", "my.disc", "/", "-o", "small", "--json"]);
      expect(json.error).toMatchObject({ code: "multisession/output-failed" });
      expect(code).toBe(4);
      expect(stderr).toMatch(/there is no room left\.\n {2}Make room/);
      expect(readdirSync(join(small, "sub"))).toEqual([]);
    });
    if (!isDone) skip("may not mount");
  });
});
