import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "@multisession-internal/needs";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** A folder with a blank disc, and files of the mode 600. */
async function blank(medium = "dvd+rw"): Promise<string> {
  const folder = scratch({ "files/a.txt": "a", "files/b=1.txt": "b", "files/sub/run.sh": "c" });
  for (const name of ["a.txt", "b=1.txt", "sub/run.sh"]) chmodSync(join(folder, "files", name), 0o600);
  chmodSync(join(folder, "files/sub"), 0o700);
  await cli(folder, ["new", "my.disc", "--medium", medium, "--capacity", "4096 blocks"]);
  return folder;
}

/** The letters before each name. */
async function modes(folder: string): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await cli(folder, ["ls", "-lR", "my.disc"]);
  const lines = stdout.trimEnd().split("\n");
  return Object.fromEntries(lines.map((line) => [line.split(" ").at(-1), line.split(" ")[0]]));
}

describe("attributes on the disc", () => {
  it("are set of what is added and of what is there, and cost no content", async () => {
    const folder = await blank("bd-r");
    const first = [
      "--chmod",
      "**=a+rX",
      "--chmod",
      "**/*.sh=755",
      "--chmod",
      "b=1.txt=u=r,go=",
      "--chown",
      "sub/**=7:8",
    ];
    expect((await cli(folder, ["burn", "my.disc", "files", ...first])).code).toBe(0);
    expect(await modes(folder)).toEqual({
      "a.txt": "-rw-r--r--",
      "b=1.txt": "-r--------",
      "sub/": "drwxr-xr-x",
      "sub/run.sh": "-rwxr-xr-x",
    });
    const { json } = await cli(folder, ["ls", "-R", "my.disc", "--json"]);
    const inSub = json.entries.filter(({ path }: { path: string }) => path.startsWith("/sub"));
    expect(inSub).toMatchObject([
      { uid: 7, gid: 8 },
      { uid: 7, gid: 8 },
    ]);

    const second = await cli(folder, [
      "burn",
      "my.disc",
      "--hide",
      "sub/**",
      "--unhide",
      "**/*.sh",
      "--chown",
      "a.txt=:9",
      "--json",
    ]);
    expect(second.json.changes.attributes.map(({ path }: { path: string }) => path)).toEqual(["/a.txt", "/sub"]);
    expect(await modes(folder)).toMatchObject({ "sub/": "drwxr-xr-xh", "sub/run.sh": "-rwxr-xr-x" });
    const { entries } = (await cli(folder, ["ls", "my.disc", "--json"])).json;
    expect(entries.map(({ hidden }: { hidden?: true }) => hidden)).toEqual([undefined, undefined, true]);
  });

  it("are no change where they are so already: a backup with these options can run as often as one likes", async () => {
    const folder = await blank();
    const backup = ["burn", "my.disc", "files", "--chmod", "**=a+rX", "--chown", "**=0:0", "--hide", "a.txt", "--json"];
    expect((await cli(folder, backup)).json.outcome).toBe("done");
    expect((await cli(folder, backup)).json.outcome).toBe("nothing-to-do");
    const { json } = await cli(folder, ["plan", "my.disc", "files", "--json"]);
    // Those of the files count again; whoever hid an item on the disc did not mean the file.
    expect(json.changes.attributes.length).toBe(4);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    expect((await modes(folder))["a.txt"]).toBe("-rw-------h");
  });

  it("are kept in a saved plan", async () => {
    const folder = await blank();
    const argv = ["--hide", "a.txt", "--chmod", "**=a-w", "--chown", "**=0", "-o", "plan.json"];
    await cli(folder, ["plan", "my.disc", "files", ...argv]);
    expect((await cli(folder, ["burn", "my.disc", "--plan", "plan.json"])).code).toBe(0);
    expect((await modes(folder))["a.txt"]).toBe("-r--------h");
  });

  it.each(["--hide", "--unhide", "--chmod", "--chown"])(
    "%s of nothing is refused, and nothing is written",
    async (option) => {
      const folder = await blank();
      const value = { "--chmod": "*.none=644", "--chown": "*.none=0" }[option] ?? "*.none";
      const { code, json } = await cli(folder, ["burn", "my.disc", "files", option, value, "--json"]);
      expect(code).toBe(3);
      expect(json.error).toMatchObject({ code: "ITEM_NOT_FOUND", subject: "*.none" });
      expect((await cli(folder, ["info", "my.disc", "--json"])).json.condition).toBe("empty");
    },
  );
});

const isoinfo = "isoinfo";

describeWith([isoinfo], "before isoinfo, attributes on the disc", () => {
  it("are what was set, also in a later session", async () => {
    const folder = await blank();
    const first = ["--hide", "sub/**", "--chmod", "**=a+rX", "--chown", "**=0:0", "--chown", "a.txt=7:5"];
    await cli(folder, ["burn", "my.disc", "files", ...first]);
    await cli(folder, ["burn", "my.disc", "files/a.txt", "--into", "/later", "--chown", "later/**=0:0"]);
    const text = execFileSync(isoinfo, ["-R", "-l", "-i", join(folder, "my.disc")], { encoding: "utf8" });
    // Mode, links, owner, group, …, [block flags], name.
    expect(linesOf(text).filter((line) => !line.endsWith("."))).toEqual([
      "-rw-r--r-- 7 5 00 a.txt",
      "-rw-r--r-- 0 0 00 b=1.txt",
      "drwxr-xr-x 0 0 02 later",
      "drwxr-xr-x 0 0 03 sub",
      "-rw------- 0 0 00 a.txt",
      "-rw-r--r-- 0 0 01 run.sh",
    ]);
  });

  it("are the root's own where it is named", async () => {
    const folder = await blank();
    await cli(folder, ["burn", "my.disc", "files", "--chmod", "/=750", "--chown", "/=7:5"]);
    await cli(folder, ["burn", "my.disc", "--chmod", "/=o+rx"]);
    const text = execFileSync(isoinfo, ["-R", "-l", "-i", join(folder, "my.disc")], { encoding: "utf8" });
    expect(linesOf(text)[0]).toBe("drwxr-xr-x 7 5 02 .");
    const { stderr, code } = await cli(folder, ["burn", "my.disc", "--hide", "/"]);
    expect([code, stderr.split("\n")[0]]).toEqual([2, expect.stringContaining("--hide cannot be used for / itself.")]);
  });
});

/** Mode, owner, group, flags and name of each entry. */
function linesOf(text: string): readonly string[] {
  const lines = text.matchAll(/^(\S+) +\d+ +(\d+) +(\d+) .*\[ *\d+ (\d\d)\] +(\S+) *$/gm);
  return [...lines].map(([, ...fields]) => fields.join(" "));
}
