import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins, type Plugins } from "@multisession/core";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import { FileSystemImage, revertDisc } from "../src/index.ts";
import { allPlugins, insert, media, type TestDisc } from "./discs.ts";

const image = new Uint8Array(2048).fill(0x90);
const bootable: Plugins = createPlugins(
  iso9660({ boot: { entries: [{ image: "/boot.img" }, { image, bootInfoTable: true }] } }),
  sequential(),
  randomWrite(),
  bdrPow(),
);

/** Address of the boot catalog by the boot record of a head. */
async function catalogAt({ recorder }: TestDisc, start: number): Promise<number | undefined> {
  const block = Buffer.from(await recorder.read(start + 17, 1));
  return block.toString("latin1", 7, 30) === "EL TORITO SPECIFICATION" ? block.readUInt32LE(71) : undefined;
}

async function addSession(disc: TestDisc, plugins: Plugins, path: string): Promise<FileSystemImage> {
  const opened = await FileSystemImage.open(disc.recorder, plugins);
  await opened.addBytes(path, image);
  await opened.burn(await opened.plan());
  return opened;
}

describe.each(media)("a bootable first session on $name", ({ disc: options, mechanism }) => {
  const isHeadAtStart = mechanism !== "sequential";

  it("stays bootable in a session that shares folders with it", async () => {
    const disc = await insert(options);
    const first = await FileSystemImage.open(disc.recorder, bootable);
    for (const path of ["/boot.img", "/folder/file"]) await first.addBytes(path, image);
    await first.burn(await first.plan());
    const next = await FileSystemImage.open(disc.recorder, allPlugins());
    await next.addBytes("/later.txt", image);
    const plan = await next.plan({ tree: "delta" });
    expect(plan.plan.tree).toBe("delta");
    await next.burn(plan);
    const [before, after] = await Promise.all(next.history.states.map(({ start }) => catalogAt(disc, start)));
    expect(before).toBeGreaterThan(0);
    expect(after).toBe(before);
  });

  it("stays bootable in sessions that say nothing of it, and when the disc goes back", async () => {
    const disc = await insert(options);
    await addSession(disc, bootable, "/boot.img");
    const { history } = await addSession(disc, allPlugins(), "/later.txt");
    const catalogs = await Promise.all(history.states.map(({ start }) => catalogAt(disc, start)));
    expect(catalogs[0]).toBeGreaterThan(0);
    expect(catalogs).toEqual([catalogs[0], catalogs[0]]);
    if (isHeadAtStart) expect(await catalogAt(disc, 0)).toBe(catalogs[0]);
    expect((await disc.recorder.read(catalogs[0] as number, 1)).subarray(30, 33)).toEqual(
      new Uint8Array([0x55, 0xaa, 0x88]),
    );
    await revertDisc(disc.recorder, allPlugins(), 1);
    const reverted = await FileSystemImage.open(disc.recorder, allPlugins());
    const newest = reverted.history.states.at(-1);
    expect(await catalogAt(disc, isHeadAtStart ? 0 : (newest?.start ?? -1))).toBe(catalogs[0]);
    expect(reverted.history.condition).toBe("whole");
  });
});
