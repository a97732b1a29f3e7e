import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCK_BYTES, createPlugins, type DiscRecorder } from "@multisession/core";
import { createVirtualRecorder, type VirtualRecorder } from "@multisession/driver-virtual";
import { FileSystemImage, openDisc, recoverDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { openMmcRecorder } from "@multisession/mmc";
import { randomWrite } from "@multisession/random-write";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { run } from "../src/index.ts";
import { removeTree } from "../src/scratch.ts";

const plugins = createPlugins(iso9660(), randomWrite());
const CAPACITY = 16_384;

const open = (virtual: VirtualRecorder): Promise<DiscRecorder> =>
  openMmcRecorder(virtual.transport(), { uri: "virtual:test" });

async function burn(recorder: DiscRecorder, name: string): Promise<void> {
  const image = await FileSystemImage.open(recorder, plugins);
  await image.addBytes(`/${name}`, Buffer.alloc(5000, name));
  await image.burn(await image.plan(), { verify: false });
}

async function namesOn(recorder: DiscRecorder): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { path } of await FileSystemImage.open(recorder, plugins)) names.push(path);
  return names.sort();
}

/** Puts an image onto the disc as another program would: from block 0 on, in whole units. */
async function putImage(recorder: DiscRecorder, image: Uint8Array): Promise<void> {
  const piece = 32 * BLOCK_BYTES;
  const whole = Buffer.alloc(Math.ceil(image.length / piece) * piece);
  whole.set(image);
  for (let at = 0; at < whole.length; at += piece)
    await recorder.write(at / BLOCK_BYTES, whole.subarray(at, at + piece));
  await recorder.flush();
}

async function readImage(recorder: DiscRecorder, blocks: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < blocks; at += 32) pieces.push(await recorder.read(at, Math.min(32, blocks - at)));
  return Buffer.concat(pieces);
}

describeWith(["xorriso", "genisoimage"], "discs that other programs had a part in, when a burn of ours is cut", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "strangers-cut-"));
  });
  afterAll(() => removeTree(folder));

  /** A DVD+RW that holds an image of genisoimage from block 0 on. */
  async function genisoimageDisc(): Promise<VirtualRecorder> {
    const source = await mkdtemp(join(folder, "source-"));
    await writeFile(join(source, "old.txt"), "precious");
    const path = `${source}.iso`;
    await run("genisoimage", ["-quiet", "-R", "-J", "-o", path, source]);
    const virtual = createVirtualRecorder({ medium: "dvd+rw", capacity: CAPACITY });
    await burn(await open(virtual), "formats the disc");
    await putImage(await open(virtual), await readFile(path));
    return virtual;
  }

  it("from block 0 on, by genisoimage: a block beside its head that cannot be read is not replaced by zeros", async () => {
    const virtual = await genisoimageDisc();
    virtual.arm([{ fault: "bad-block", on: "read", at: 25 }], 1);
    const recorder = await open(virtual);
    expect((await openDisc(recorder, plugins)).history.condition).toBe("whole");
    const written = virtual.counters.blocks;
    await expect(burn(recorder, "new")).rejects.toMatchObject({ code: "READ_FAILED", oldState: "intact" });
    expect(virtual.counters.blocks).toBe(written);
    virtual.arm([], 1);
    await burn(await open(virtual), "new");
    expect(await namesOn(await open(virtual))).toEqual(["/new", "/old.txt"]);
  });

  it("from block 0 on, by genisoimage: the commit that replaces its head leaves the old tree or the new one", async () => {
    const virtual = await genisoimageDisc();
    const before = virtual.snapshot();
    const left = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      virtual.restore(before);
      virtual.arm([{ fault: "power-cut", after: "block", count: 33 + (seed % 16) }], seed * 31);
      await burn(await open(virtual), "new").catch(() => {});
      virtual.powerCut();
      virtual.powerOn();
      const recorder = await open(virtual);
      const { condition } = (await openDisc(recorder, plugins)).history;
      left.add(condition);
      if (condition !== "whole") await recoverDisc(recorder, plugins);
      expect([["/old.txt"], ["/new", "/old.txt"]], `seed ${seed}, ${condition}`).toContainEqual(
        await namesOn(recorder),
      );
      await burn(recorder, "next");
      expect(await namesOn(recorder)).toEqual(expect.arrayContaining(["/next", "/old.txt"]));
    }
    expect([...left].sort()).toEqual(["torn-head", "whole"]);
  });

  it("between two sessions of ours, by xorriso: a torn head leads to the newest, and every session is listed", async () => {
    const virtual = createVirtualRecorder({ medium: "dvd+rw", capacity: CAPACITY });
    const recorder = await open(virtual);
    await burn(recorder, "first");
    const { appendAt = 0 } = (await openDisc(recorder, plugins)).history;
    const path = join(folder, "middle.iso");
    await writeFile(path, await readImage(recorder, appendAt));
    await writeFile(join(folder, "x.txt"), "by xorriso");
    const settings = ["-no_rc", "-joliet", "on", "-padding", "0", "-dev", `stdio:${path}`];
    await run("xorriso", [...settings, "-map", join(folder, "x.txt"), "/x.txt", "-commit_eject", "none"]);
    await putImage(recorder, await readFile(path));
    await burn(recorder, "third");
    const whole = (await openDisc(recorder, plugins)).history.states.map(({ start }) => start);
    expect(whole).toHaveLength(3);
    await recorder.write(16, new Uint8Array(16 * BLOCK_BYTES).fill(0xff));
    await recorder.flush();
    await recoverDisc(recorder, plugins);
    expect((await openDisc(recorder, plugins)).history.states.map(({ start }) => start)).toEqual(whole);
    expect(await namesOn(recorder)).toEqual(["/first", "/third", "/x.txt"]);
  });
});
