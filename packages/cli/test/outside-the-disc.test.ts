import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type DriverPlugin, defineDriver } from "@multisession/core";
import { virtual } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

/** Length of the file whose record is damaged: no other number of the disc is the same. */
const LENGTH = 12_345;

/** A number as ISO 9660 writes it in directories: little-endian, then big-endian. */
function bothEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(value);
  bytes.writeUInt32BE(value, 4);
  return bytes;
}

/** A disc file of one session, in which the records of `m.bin` name another place or length. */
async function damagedDisc(change: { readonly at?: number; readonly bytes?: number }): Promise<string> {
  const folder = scratch({ "files/a.txt": "a", "files/m.bin": Buffer.alloc(LENGTH, "m"), "files/sub/z.txt": "z" });
  await cli(folder, ["new", "whole.disc", "--medium", "dvd+rw", "--capacity", "2048 blocks"]);
  expect((await cli(folder, ["burn", "whole.disc", "files"])).code).toBe(0);
  const disc = readFileSync(join(folder, "whole.disc"));
  const length = bothEndian(LENGTH);
  let records = 0;
  for (let found = disc.indexOf(length); found >= 0; found = disc.indexOf(length, found + 1), records++) {
    if (change.at !== undefined) disc.set(bothEndian(change.at), found - 8);
    if (change.bytes !== undefined) disc.set(bothEndian(change.bytes), found);
  }
  expect(records).toBeGreaterThan(0);
  writeFileSync(join(folder, "my.disc"), disc);
  return folder;
}

/** The virtual driver; notes the highest block that it is asked for. */
function watched(asked: { highest: number }): DriverPlugin {
  const plugin = virtual();
  return defineDriver({
    ...plugin,
    create: () => {
      const driver = plugin.create();
      const open: typeof driver.open = async (device, options) => {
        const recorder = await driver.open(device, options);
        const read = recorder.read.bind(recorder);
        recorder.read = (at, blocks, call) => {
          asked.highest = Math.max(asked.highest, at + blocks - 1);
          return read(at, blocks, call);
        };
        return recorder;
      };
      return { id: driver.id, list: (call) => driver.list(call), claims: (device) => driver.claims(device), open };
    },
  });
}

describe("a file that leads behind the end of the disc", () => {
  it.each([
    ["in its last blocks", { at: 2046 }, LENGTH],
    ["with all its blocks", { at: 16_777_264 }, LENGTH],
    ["beyond what a number of a block can be", { at: 0xffff_fff0 }, LENGTH],
    ["at the very last number", { at: 0xffff_ffff }, LENGTH],
    ["because its length is damaged", { bytes: 0xffff_ffff }, 0xffff_ffff],
  ])("%s is told, and the others are restored", async (_, change, bytes) => {
    const folder = await damagedDisc(change);
    const asked = { highest: 0 };
    const plugins = [watched(asked)];
    const argv = ["extract", "my.disc", "/", "-o", "out", "--json"];
    const { code, json } = await cli(folder, argv, { plugins });
    expect(code).toBe(5);
    expect(json).toMatchObject({ files: 3, problems: [{ path: "m.bin", isWritten: true }] });
    expect(json.problems[0].what).toMatch(/could not be read; there are zeros in (their|its) place/);
    expect(readFileSync(join(folder, "out/a.txt"), "utf8")).toBe("a");
    expect(readFileSync(join(folder, "out/sub/z.txt"), "utf8")).toBe("z");
    const { size, blocks } = statSync(join(folder, "out/m.bin"));
    expect(size).toBe(bytes);
    // A hole takes no room; st_blocks counts 512 bytes, and tells nothing on Windows.
    if (process.platform === "linux") expect(blocks * 512).toBeLessThan(8 * 2 ** 20);
    expect((await cli(folder, ["ls", "my.disc", "-R"], { plugins })).code).toBe(5);
    expect(asked.highest).toBeLessThan(2048);
  });
});

it("a folder that leads behind the end of the disc is told, and the drive is not asked for it", async () => {
  const folder = await damagedDisc({});
  const disc = readFileSync(join(folder, "my.disc"));
  // The name of a record follows its length, 33 bytes from the record's start.
  for (const name of ["\x03SUB", "\x06\0s\0u\0b"]) {
    const found = disc.indexOf(name, 0, "latin1");
    expect(found).toBeGreaterThan(0);
    disc.set(bothEndian(16_777_264), found - 30);
  }
  writeFileSync(join(folder, "my.disc"), disc);
  const asked = { highest: 0 };
  const plugins = [watched(asked)];
  expect(await cli(folder, ["ls", "my.disc", "-R"], { plugins })).toMatchObject({
    code: 5,
    stderr: expect.stringMatching(/Block 16777264/),
  });
  expect((await cli(folder, ["extract", "my.disc", "/", "-o", "out"], { plugins })).code).toBe(5);
  await cli(folder, ["verify", "my.disc"], { plugins });
  expect(asked.highest).toBeLessThan(2048);
});

it.each([
  ["the size of the volume", 80],
  ["the place of the root", 158],
])("no drive is asked for what is not on the disc when %s is damaged", async (_, offset) => {
  const folder = await damagedDisc({});
  const disc = readFileSync(join(folder, "my.disc"));
  for (const descriptor of [16, 17]) disc.set(bothEndian(16_777_264), descriptor * 2048 + offset);
  writeFileSync(join(folder, "my.disc"), disc);
  const asked = { highest: 0 };
  for (const argv of [["sessions"], ["ls", "-R"], ["verify"]]) {
    const [name = "", ...options] = argv;
    await cli(folder, [name, "my.disc", ...options], { plugins: [watched(asked)] });
  }
  expect(asked.highest).toBeGreaterThan(16);
  expect(asked.highest).toBeLessThan(2048);
});

it.each([
  ["where its session starts", 44],
  ["where it ends", 48],
  ["where its trailer is", 52],
])("no drive is asked for what is not on the disc when the head's record is wrong about %s", async (_, offset) => {
  const folder = await damagedDisc({});
  const disc = readFileSync(join(folder, "my.disc"));
  let records = 0;
  for (let at = disc.indexOf("MSESSION"); at >= 0; at = disc.indexOf("MSESSION", at + 1), records++) {
    disc.writeUInt32LE(0x00ff_ffe0, at + offset);
    disc.set(
      createHash("sha256")
        .update(disc.subarray(at, at + 56))
        .digest()
        .subarray(0, 8),
      at + 56,
    );
  }
  expect(records).toBeGreaterThan(1);
  writeFileSync(join(folder, "my.disc"), disc);
  const asked = { highest: 0 };
  for (const argv of [["sessions"], ["ls", "-R"], ["verify"], ["burn"], ["recover"]]) {
    const [name = "", ...options] = argv;
    const more = name === "burn" ? ["files"] : [];
    await cli(folder, [name, "my.disc", ...more, ...options], { plugins: [watched(asked)] });
  }
  expect(asked.highest).toBeGreaterThan(16);
  expect(asked.highest).toBeLessThan(2048);
});
