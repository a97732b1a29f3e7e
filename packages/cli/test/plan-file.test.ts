import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";
import { onSmallDevice } from "./support/small-device.ts";

async function blank(): Promise<string> {
  const folder = scratch({ "files/b.txt": "b", file: "x", "no.json": "{ no", "list.json": "[]" });
  symlinkSync("loop", join(folder, "loop"));
  expect((await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "4096 blocks"])).code).toBe(0);
  return folder;
}

describe("a plan that cannot be saved", () => {
  it.each([
    ["below a file", "file/plan.json", /a file stands where a folder must be/],
    ["in a folder that is not there", "nowhere/plan.json", /there is no such file or folder/],
  ])("%s: the reason, and nothing is left behind", async (_, name, reason) => {
    const folder = await blank();
    const before = readdirSync(folder);
    const { code, json, stderr } = await cli(folder, ["plan", "my.disc", "files", "-o", name, "--json"]);
    expect(code).toBe(4);
    expect(json.error.code).toBe("multisession/output-failed");
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/ENOENT|ENOTDIR/);
    expect(readdirSync(folder)).toEqual(before);
  });

  it.skipIf(process.platform === "win32")("to a device: it is left alone", async () => {
    const { code, json } = await cli(await blank(), ["plan", "my.disc", "files", "-o", "/dev/full", "--json"]);
    expect(code).toBe(3);
    expect(json.error.code).toBe("ITEM_EXISTS");
  });

  it("on a full device: the older plan stays", async ({ skip }) => {
    const folder = await blank();
    const small = join(folder, "small");
    const isDone = await onSmallDevice(small, "64k", async () => {
      expect((await cli(folder, ["plan", "my.disc", "files", "-o", "small/plan.json"])).code).toBe(0);
      const older = readFileSync(join(small, "plan.json"), "utf8");
      try {
        writeFileSync(join(small, "filler"), new Uint8Array(2 ** 17));
      } catch {} // it is full now, which is what this is for
      const { code, stderr } = await cli(folder, ["plan", "my.disc", "files", "-o", "small/plan.json"]);
      expect(code).toBe(4);
      expect(stderr).toContain("there is no room left");
      expect(readFileSync(join(small, "plan.json"), "utf8")).toBe(older);
    });
    if (!isDone) skip("may not mount");
  });
});

describe("a plan that cannot be used", () => {
  it.each([
    ["a folder", "files", "SOURCE_UNREADABLE", /it is a folder/],
    ["nothing", "none.json", "SOURCE_UNREADABLE", /there is no such file/],
    ["a link to itself", "loop", "SOURCE_UNREADABLE", /round in a circle/],
    ["no JSON", "no.json", "PLAN_INVALID", /it is no JSON/],
    ["another JSON", "list.json", "PLAN_INVALID", /no plan that/],
  ])("%s: %s, told in words", async (_, name, expected, reason) => {
    const folder = await blank();
    const { code, json, stderr } = await cli(folder, ["burn", "my.disc", "--plan", name, "--json"]);
    expect(code).toBe(3);
    expect(json.error.code).toBe(expected);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/ENOENT|ENOTDIR|EISDIR|ELOOP|undefined/);
  });

  it.each([
    ["paths", [1]],
    ["rename", [3]],
    ["chmod", [{ glob: "**", value: "none" }]],
    ["chown", [{ glob: "**", value: "root" }]],
    ["accept", ["everything"]],
    ["session", "one"],
    ["mirror", "yes"],
  ])("with damage in what was asked for (%s): PLAN_INVALID, with the name of the file", async (member, value) => {
    const folder = await blank();
    await cli(folder, ["plan", "my.disc", "files", "-o", "plan.json"]);
    const plan = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
    writeFileSync(
      join(folder, "plan.json"),
      JSON.stringify({ ...plan, request: { ...plan.request, [member]: value } }),
    );
    const { code, json } = await cli(folder, ["burn", "my.disc", "--plan", "plan.json", "--json"]);
    expect(code).toBe(3);
    expect(json.error.code).toBe("PLAN_INVALID");
    expect(json.error.message).toContain("plan.json");
  });

  it("with a step list that is missing: PLAN_INVALID, with the name of the file", async () => {
    const folder = await blank();
    await cli(folder, ["plan", "my.disc", "files", "-o", "plan.json"]);
    const plan = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
    writeFileSync(join(folder, "plan.json"), JSON.stringify({ ...plan, plan: {} }));
    const { stderr } = await cli(folder, ["burn", "my.disc", "--plan", "plan.json"]);
    expect(stderr).toMatch(/plan\.json cannot be used: its format is missing/);
    expect(existsSync(join(folder, "my.disc.lock"))).toBe(false);
  });
});
