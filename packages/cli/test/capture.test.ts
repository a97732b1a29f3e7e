import { readFileSync } from "node:fs";
import { join } from "node:path";
import { driveProfiles } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { schemaErrors } from "./support/json-schemas.ts";
import { scratch } from "./support/scratch.ts";

const newDisc = (name: string, medium: string, drive: string): readonly string[] => [
  "new",
  name,
  "--medium",
  medium,
  "--drive",
  drive,
];

describe("new --drive", () => {
  it("makes a disc that behaves as it does in that drive, and says so", async () => {
    const folder = scratch();
    const { json } = await cli(folder, [...newDisc("my.disc", "bd-r", "hl-dt-st-wh16ns40"), "--json"]);
    expect(json.drive).toEqual({ vendor: "HL-DT-ST", product: "BD-RE WH16NS40", revision: "1.00" });
    expect((await cli(folder, ["info", "my.disc"])).stdout).toMatch(/Identity +VERBAT\/IMe\n.*Recorder +HL-DT-ST/s);
  });

  it("takes every drive that new --list names, or the medium is refused for it", async () => {
    const folder = scratch();
    const { json } = await cli(folder, ["new", "--list", "--json"]);
    expect(json.drives.map(({ id }: { readonly id: string }) => id)).toEqual(driveProfiles.map(({ id }) => id));
    expect((await cli(folder, ["new", "--list"])).stdout).toContain("\ndrive ");
    for (const { id } of driveProfiles) {
      const { code } = await cli(folder, newDisc(`${id}.disc`, "cd-rw", id));
      expect(code, id).toBe(0);
    }
  });

  it.each([
    ["a drive that is not there", "floppy", 2, /--list/],
    ["a drive that does not know the medium", "nec-nd-1300a", 2, /does not know BD-R/],
    ["a file that is not there", "./none.json", 3, /none\.json could not be read/],
    ["a file that is no capture", "./other.json", 3, /holds no capture of a drive: its kind/],
  ] as const)("refuses %s, and makes no disc", async (_, drive, exitCode, what) => {
    const folder = scratch({ "other.json": "{}" });
    const { code, stderr } = await cli(folder, newDisc("my.disc", "bd-r", drive));
    expect(code).toBe(exitCode);
    expect(stderr).toMatch(what);
    expect((await cli(folder, ["info", "my.disc"])).code).toBe(3);
  });
});

describe("capture", () => {
  it("writes a file that makes the same drive again, disc by disc", async () => {
    const folder = scratch();
    await cli(folder, newDisc("r.disc", "bd-r", "hl-dt-st-wh16ns40"));
    await cli(folder, newDisc("re.disc", "bd-re", "hl-dt-st-wh16ns40"));
    const first = await cli(folder, ["capture", "r.disc", "-o", "drive.json"]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/HL-DT-ST BD-RE WH16NS40 1\.00\n.*BD-R sequential \(VERBAT\/IMe\)\n +Writes +53,952/s);
    const { json } = await cli(folder, ["capture", "re.disc", "-o", "drive.json", "--json"]);
    expect(json.media.map(({ profile }: { readonly profile: string }) => profile)).toEqual(["0041", "0043"]);
    const saved = JSON.parse(readFileSync(join(folder, "drive.json"), "utf8"));
    expect(saved).toEqual(json);
    expect(schemaErrors(saved)).toBeUndefined();
    await cli(folder, newDisc("again.disc", "bd-re", "./drive.json"));
    expect((await cli(folder, ["capture", "again.disc", "--json"])).json).toEqual({ ...json, media: [json.media[1]] });
  });

  it("writes nothing over what is no capture of that drive", async () => {
    const folder = scratch({ "mine.json": "{}" });
    await cli(folder, newDisc("r.disc", "bd-r", "hl-dt-st-wh16ns40"));
    await cli(folder, newDisc("other.disc", "bd-r", "atapi-ihbs112"));
    await cli(folder, ["capture", "other.disc", "-o", "other.json"]);
    const before = readFileSync(join(folder, "other.json"), "utf8");
    for (const name of ["mine.json", "other.json"]) {
      const { code, stderr } = await cli(folder, ["capture", "r.disc", "-o", name]);
      expect(code).toBe(3);
      expect(stderr).toContain("left alone");
    }
    expect(readFileSync(join(folder, "mine.json"), "utf8")).toBe("{}");
    expect(readFileSync(join(folder, "other.json"), "utf8")).toBe(before);
  });

  it("of a disc file without its state is refused", async () => {
    const folder = scratch({ "plain.disc": new Uint8Array(4096) });
    const { code, stderr } = await cli(folder, ["capture", "plain.disc"]);
    expect(code).toBe(3);
    expect(stderr).toContain("cannot be captured");
  });
});
