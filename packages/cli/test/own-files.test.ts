import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch, write } from "./support/scratch.ts";

async function blank(): Promise<string> {
  const folder = scratch({ "a.txt": "a", "files/b.txt": "b" });
  expect((await cli(folder, ["new", "my.disc", "--medium", "bd-r", "--capacity", "4096 blocks"])).code).toBe(0);
  return folder;
}

describe("the files of the disc itself", () => {
  it("are left out of a folder that holds them, and this is said", async () => {
    const folder = await blank();
    const { code, stdout } = await cli(folder, ["burn", "my.disc", "."]);
    expect(code).toBe(0);
    expect(stdout).toContain("It belongs to this disc");
    expect((await cli(folder, ["ls", "my.disc"])).stdout).toBe("a.txt\nfiles/\n");
  });

  it("are never recorded onto themselves", async () => {
    const folder = await blank();
    const outcome = await cli(folder, ["burn", "my.disc", "my.disc", "--json"]);
    expect(outcome).toMatchObject({ code: 3, json: { error: { code: "INVALID_PATH" } } });
    expect((await cli(folder, ["info", "my.disc", "--json"])).json.condition).toBe("empty");
  });
});

describe("plan -o", () => {
  it.each(["my.disc.state", "a.txt", "files"])("leaves %s alone, which is no plan", async (name) => {
    const folder = await blank();
    const before = name === "files" ? "" : readFileSync(join(folder, name), "latin1");
    const outcome = await cli(folder, ["plan", "my.disc", "files", "-o", name, "--json"]);
    expect(outcome).toMatchObject({ code: 3, json: { error: { code: "ITEM_EXISTS" } } });
    if (name !== "files") expect(readFileSync(join(folder, name), "latin1")).toBe(before);
  });

  it("replaces an older plan", async () => {
    const folder = await blank();
    expect((await cli(folder, ["plan", "my.disc", "files", "-o", "plan.json"])).code).toBe(0);
    write(folder, { "files/c.txt": "c" });
    expect((await cli(folder, ["plan", "my.disc", "files", "-o", "plan.json"])).code).toBe(0);
    expect((await cli(folder, ["burn", "my.disc", "--plan", "plan.json"])).code).toBe(0);
    expect((await cli(folder, ["ls", "my.disc"])).stdout).toBe("b.txt\nc.txt\n");
  });
});
