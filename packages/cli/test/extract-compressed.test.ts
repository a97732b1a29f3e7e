import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeWith } from "@multisession-internal/needs";
import { expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** The program of others that compresses; the tests are skipped where it is not. */
const XORRISO = "xorriso";

const text = "a line of text\n".repeat(20_000);

/** A disc by xorriso with one compressed file and one that is not. */
function compressedDisc(): string {
  const folder = scratch({ "files/big.txt": text, "files/small.txt": "small" });
  const filter = ["-set_filter_r", "--zisofs", "/", "--", "-commit"];
  execFileSync(XORRISO, ["-no_rc", "-outdev", "my.disc", "-map", "files", "/", ...filter], {
    cwd: folder,
    stdio: "ignore",
  });
  return folder;
}

describeWith([XORRISO], "extract from a disc with compressed files", () => {
  it("restores them as programs see them", async () => {
    const folder = compressedDisc();
    const outcome = await cli(folder, ["extract", "my.disc", "/", "-o", "out"]);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(readFileSync(join(folder, "out/big.txt"), "utf8")).toBe(text);
    expect(readFileSync(join(folder, "out/small.txt"), "utf8")).toBe("small");
  });

  it("restores all but a damaged block, and says where that is", async () => {
    const folder = compressedDisc();
    const disc = readFileSync(join(folder, "my.disc"));
    // A later block of the file: its address is in the list behind the header of 16 bytes.
    const file = disc.indexOf(Buffer.from("37e45396c9dbd607", "hex"));
    disc.fill(0xff, file + disc.readUInt32LE(file + 16 + 4 * 3), file + disc.readUInt32LE(file + 16 + 4 * 4));
    writeFileSync(join(folder, "my.disc"), disc);
    const { code, stdout, stderr } = await cli(folder, ["extract", "my.disc", "/", "-o", "out"]);
    expect(code).toBe(5);
    expect(stdout + stderr).toMatch(/big\.txt.*zeros.*Block \d+: A compressed block is damaged/s);
    const lost = "\0".repeat(32_768);
    const restored = text.slice(0, 3 * 32_768) + lost + text.slice(4 * 32_768);
    expect(readFileSync(join(folder, "out/big.txt"), "utf8")).toBe(restored);
    expect(readFileSync(join(folder, "out/small.txt"), "utf8")).toBe("small");
  });

  it("cuts a file where nothing tells how it goes on", async () => {
    const folder = compressedDisc();
    const disc = readFileSync(join(folder, "my.disc"));
    const file = disc.indexOf(Buffer.from("37e45396c9dbd607", "hex"));
    disc.fill(0, file, file + 8);
    writeFileSync(join(folder, "my.disc"), disc);
    const { code, stdout, stderr } = await cli(folder, ["extract", "my.disc", "/big.txt", "-o", "out"]);
    expect(code).toBe(5);
    expect(stdout + stderr).toMatch(/big\.txt.*cut.*does not begin as one/s);
  });
});
