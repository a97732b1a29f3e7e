import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDisc, type VirtualMediumId } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** A disc that another program wrote something to, which no file system knows. */
async function strangersDisc(medium: VirtualMediumId, cdbs: readonly (readonly number[])[]): Promise<string> {
  const folder = scratch({});
  const path = join(folder, "my.disc");
  expect((await cli(folder, ["new", "my.disc", "--medium", medium])).code).toBe(0);
  const recorder = await openDisc(path);
  recorder.run({ cdb: new Uint8Array(6) });
  for (const cdb of cdbs) {
    const result = recorder.run({ cdb: Uint8Array.from(cdb), dataOut: new Uint8Array(32 * 2048).fill(7) });
    expect(result.status).toBe("good");
  }
  recorder.close();
  return folder;
}

const write = [0x2a, 0, 0, 0, 0, 0, 0, 0, 32, 0];
const flush = [0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0];

describe("info of a disc that looks whole", () => {
  it("says what was looked at, and what looks further", async () => {
    const folder = scratch({ "files/a.txt": "a".repeat(100_000) });
    await cli(folder, ["new", "my.disc", "--medium", "dvd+rw"]);
    expect((await cli(folder, ["burn", "my.disc", "files"])).code).toBe(0);
    const image = readFileSync(join(folder, "my.disc"));
    image[image.indexOf("aaaa")] = 0;
    writeFileSync(join(folder, "my.disc"), image);
    const { stdout } = await cli(folder, ["info", "my.disc"], { columns: 200 });
    expect(stdout).toContain("whole: its sessions are found, with their heads and roots; `verify` looks further\n");
    expect(stdout).toContain("multisession verify my.disc");
    expect((await cli(folder, ["verify", "my.disc"])).code).toBe(5);
  });
});

describe("info of a disc that nothing can be added to", () => {
  it.each<[VirtualMediumId, readonly (readonly number[])[], RegExp]>([
    ["bd-r", [write, flush], /Nothing can be added: what is on it was not recorded in a way that is known here\.\n/],
    ["cd-rw", [write, flush], /known here\. The formats\s+that are listed above give it up\./],
    ["dvd-r-dl", [], /Nothing can be recorded: a DVD-R with two layers holds one session/],
    ["bd-r-rrm", [], /Nothing can be recorded: it is formatted for random recording/],
  ])("says why, in one sentence: %s", async (medium, cdbs, text) => {
    const folder = await strangersDisc(medium, cdbs);
    const { code, stdout, stderr } = await cli(folder, ["info", "my.disc"]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/What can be done now\n {2}– /);
    expect(stdout).toMatch(text);
    expect(stdout).not.toContain("Error");
  });

  it("tells what is free where each block is recorded once, anywhere", async () => {
    const folder = await strangersDisc("bd-r-rrm", [write, flush]);
    const { stdout } = await cli(folder, ["info", "my.disc"]);
    expect(stdout).toContain("24.8 GB free of 24.8 GB (12,088,288 of 12,088,320 blocks, 99.9 %)");
    expect(stdout).toContain("Written    recorded anywhere, each block once");
  });

  it("calls no disc all free that is not", async () => {
    const folder = await strangersDisc("bd-r", [write, flush]);
    expect((await cli(folder, ["info", "my.disc"])).stdout).toContain("(12,219,360 of 12,219,392 blocks, 99.9 %)");
  });

  it("says what room there will be when a closed disc is erased", async () => {
    const folder = await strangersDisc("cd-rw", [write, flush, [0x5b, 0, 2, 0, 0, 0, 0, 0, 0, 0]]);
    const { stdout } = await cli(folder, ["info", "my.disc"]);
    expect(stdout).toContain("closed for good");
    expect(stdout).toContain("cd-rw-blank, 737 MB: Erases the whole disc");
  });
});
