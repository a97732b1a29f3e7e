import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BLOCK_BYTES, defineFileSystem } from "@multisession/core";
import { Iso9660 } from "@multisession/iso9660";
import { describe, expect, it } from "vitest";
import { cli, type Outcome } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** Takes our discs for those of another program: it does not see our records, so there are no hashes. */
class Stranger extends Iso9660 {
  override readonly probe = {
    fileSystem: this.id,
    head: async (...asked: Parameters<Iso9660["probe"]["head"]>) => {
      const { record: _, ...found } = (await new Iso9660().probe.head(...asked)) ?? {};
      return "label" in found ? found : undefined;
    },
  };
}

const plugins = [defineFileSystem({ id: "iso9660", contract: 1, create: () => new Stranger() })];

/** Where the record of an item starts: 32 bytes before the length of its name, which tells it from the path table. */
function recordOf(image: Buffer, name: string): number {
  const at = image.indexOf(String.fromCharCode(name.length) + name, 0, "latin1");
  if (at < 0) throw new Error(`"${name}" is not on the disc`);
  return at - 32;
}

/** Verifies an image of a disc that another program recorded, changed by `harm`. */
async function verified(harm: (image: Buffer) => Buffer | undefined): Promise<Outcome> {
  const folder = scratch({ "files/a.txt": "a", "files/folder/b.txt": "b", "files/z.bin": Buffer.alloc(100_000, "z") });
  await cli(folder, ["new", "our.disc", "--medium", "dvd+rw"]);
  expect((await cli(folder, ["burn", "our.disc", "files"])).code).toBe(0);
  const image = readFileSync(join(folder, "our.disc"));
  writeFileSync(join(folder, "my.disc"), harm(image) ?? image);
  return cli(folder, ["verify", "my.disc"], { plugins });
}

const damages: readonly (readonly [string, (image: Buffer) => Buffer | undefined, RegExp])[] = [
  [
    "a directory record's length cannot be true",
    (image) => {
      image[recordOf(image, "A.TXT;1")] = 7;
      return undefined;
    },
    /block \d+, unreadable: The directory record at byte \d+ makes no sense\./,
  ],
  [
    "a folder lies outside the image",
    (image) => {
      image.writeUInt32LE(999_999, recordOf(image, "FOLDER") + 2);
      image.writeUInt32BE(999_999, recordOf(image, "FOLDER") + 6);
      return undefined;
    },
    /block 999,999, unreadable: /,
  ],
  [
    "the image ends inside a file",
    (image) => image.subarray(0, (Math.floor(image.indexOf("zzzz") / BLOCK_BYTES) + 2) * BLOCK_BYTES),
    /block \d+, unreadable: The content of "z\.bin" ends /,
  ],
];

describe("verify of a disc without hashes", () => {
  it("says that only the directories were read", async () => {
    const { code, stdout } = await verified(() => undefined);
    expect(stdout).toBe(
      "? Session 1: it has no hashes to compare with, so only its directories were read\n  The disc was reloaded first, so what was read came from it.\n",
    );
    expect(code).toBe(0);
  });

  it.each(damages)("lists what its directories lack, and ends with 5, where %s", async (_, harm, what) => {
    const { code, stdout } = await verified(harm);
    expect(stdout).toMatch(/^✗ Session 1: 1 fault in its directories; .* only its directories were read\n/);
    expect(stdout).toMatch(what);
    expect(code).toBe(5);
  });

  it("whose start cannot be read finds no session, and ends with 5", async () => {
    const { code, stdout } = await verified((image) => image.subarray(0, 18 * BLOCK_BYTES));
    expect(stdout).toMatch(/^✗ The disc is unreadable: .*\n {4}block \d+: /);
    expect(code).toBe(5);
  });

  it("on which no file system is known finds no session, and ends with 5", async () => {
    const { code, stdout } = await verified((image) => {
      for (const at of [16, 48]) image.fill("?", at * BLOCK_BYTES, (at + 16) * BLOCK_BYTES);
      return image.subarray(0, 60 * BLOCK_BYTES);
    });
    expect(stdout).toMatch(/^✗ The disc is foreign: .*\n {4}block \d+: /);
    expect(code).toBe(5);
  });
});
