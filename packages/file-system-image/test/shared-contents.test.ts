import { BLOCK_BYTES } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { extract, FileSystemImage, openDisc } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { bytesOf } from "./reading.ts";
import { readToy, toyFileSystem } from "./toy-file-system.ts";

const plugins = allPlugins(toyFileSystem("toy"), toyFileSystem("zoo"));

describe.each(media)("several file systems on a $name", ({ disc }) => {
  it("share one allocation of the contents, over two sessions", async () => {
    const { recorder } = await insert(disc);
    const image = await FileSystemImage.open(recorder, plugins);
    expect(image.fileSystems.map(({ id }) => id)).toEqual(["iso9660", "toy", "zoo"]);
    await image.addBytes("/a", Buffer.from("a".repeat(3000)));
    await image.addBytes("/dir/b", Buffer.from("b"));
    await image.addBytes("/empty", Buffer.of());
    await image.burn(await image.plan());
    await image.addBytes("/c", Buffer.from("c".repeat(5000)));
    const plan = await image.plan();
    expect(plan.notes).toEqual(expect.arrayContaining(["toy keeps no times", "zoo keeps no times"]));
    const items = [...image.progressItems(plan)];
    expect(
      items.filter(({ description }) => description.startsWith("/")).map(({ description }) => description),
    ).toEqual(["/c"]);
    await image.burn(plan);

    const inIso: unknown[] = [];
    for await (const { path, entry } of extract(recorder, await (await openDisc(recorder, plugins)).volume()))
      if (entry.kind === "file") inIso.push({ path, bytes: entry.bytes, at: entry.extents[0]?.at ?? 0 });
    for (const id of ["toy", "zoo"]) {
      const table = items.find(({ description }) => description === `${id} table`);
      const lines = readToy(await recorder.read(table?.firstBlock ?? 0, table?.blockCount ?? 0));
      expect(lines.map(({ path, bytes, at }) => ({ path, bytes, at: bytes === 0 ? 0 : at }))).toEqual(inIso);
      const c = lines.find(({ path }) => path === "/c");
      const content = await recorder.read(c?.at ?? 0, Math.ceil(5000 / BLOCK_BYTES));
      expect(Buffer.from(content.subarray(0, 5000)).toString()).toBe("c".repeat(5000));
    }
  });

  it("are chosen by name", async () => {
    const { recorder } = await insert(disc);
    const image = await FileSystemImage.open(recorder, plugins, { fileSystems: ["iso9660", "zoo"] });
    await image.addBytes("/a", Buffer.from("a"));
    const { plan } = await image.plan();
    expect(plan.fileSystems).toEqual(["iso9660", "zoo"]);
    await image.burn(await image.plan());
    expect((await bytesOf(image.readFile("/a"))).toString()).toBe("a");
  });
});
