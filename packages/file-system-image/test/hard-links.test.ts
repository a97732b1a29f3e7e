import { truncateSync } from "node:fs";
import { chmod, link, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DiscRecorder, RecordedEntry } from "@multisession/core";
import { beforeEach, describe, expect, it } from "vitest";
import { FileSystemImage, openDisc } from "../src/index.ts";
import { allPlugins, insert } from "./discs.ts";
import { hostFolder } from "./host-files.ts";

const plugins = allPlugins();
type FileEntry = RecordedEntry & { readonly kind: "file" };

async function filesOn(recorder: DiscRecorder): Promise<Readonly<Record<string, FileEntry>>> {
  const volume = await (await openDisc(recorder, plugins)).volume();
  const entries = await volume.list(volume.root);
  return Object.fromEntries(
    entries.filter((entry): entry is FileEntry => entry.kind === "file").map((e) => [e.name, e]),
  );
}

describe("hard links", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await hostFolder();
    await writeFile(join(folder, "one"), "linked");
    await link(join(folder, "one"), join(folder, "two"));
    await writeFile(join(folder, "alone"), "linked");
  });

  it("are one file on the disc, and stay one in later sessions until one name changes alone", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: 4096 });
    const image = await FileSystemImage.open(recorder, plugins);
    await image.add(folder);
    await image.burn(await image.plan());
    const first = await filesOn(recorder);
    expect(first["one"]?.inode).toBeDefined();
    expect(first["two"]).toMatchObject({ inode: first["one"]?.inode, extents: first["one"]?.extents });
    // An equal file is not a link.
    expect(first["alone"]?.inode).toBeUndefined();

    await image.addBytes("/more", Buffer.from("more"));
    await image.burn(await image.plan());
    const second = await filesOn(recorder);
    expect(second["one"]?.inode).toBeDefined();
    expect(second["two"]?.inode).toBe(second["one"]?.inode);

    await image.rename("/two", "/renamed");
    await image.burn(await image.plan());
    const third = await filesOn(recorder);
    expect(third["renamed"]?.inode).toBe(third["one"]?.inode);

    await chmod(join(folder, "one"), 0o600);
    await image.add(join(folder, "one"));
    await image.burn(await image.plan());
    const fourth = await filesOn(recorder);
    expect(fourth["one"]?.attributes.mode).toBe(0o600);
    expect([fourth["one"]?.inode, fourth["renamed"]?.inode]).toEqual([undefined, undefined]);
    expect(fourth["one"]?.extents).toEqual(fourth["renamed"]?.extents);
  });

  it("are one file no more when the attributes of one name are set before they are recorded", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: 4096 });
    const image = await FileSystemImage.open(recorder, plugins);
    await image.add(folder);
    await image.setAttributes("/two", { mode: 0o640 });
    await image.burn(await image.plan());
    const { one, two } = await filesOn(recorder);
    expect(two?.attributes.mode).toBe(0o640);
    expect([one?.inode, two?.inode]).toEqual([undefined, undefined]);
    expect(two?.extents).toEqual(one?.extents);
  });

  it("stay one file when one name is hidden, which is the name's alone", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: 4096 });
    const image = await FileSystemImage.open(recorder, plugins);
    await image.add(folder);
    await image.setAttributes("/two", { hidden: true });
    for (const name of ["more", "again"]) {
      await image.addBytes(`/${name}`, Buffer.from(name));
      await image.burn(await image.plan());
      const { one, two } = await filesOn(recorder);
      expect([one?.attributes.hidden, two?.attributes.hidden]).toEqual([undefined, true]);
      expect(one?.inode).toBeDefined();
      expect(two?.inode).toBe(one?.inode);
    }
  });

  it("are all told of when their file changes while it is recorded", async () => {
    const changing = await hostFolder();
    await writeFile(join(changing, "one"), "linked");
    for (const name of ["two", "three"]) await link(join(changing, "one"), join(changing, name));
    const { recorder } = await insert({ medium: "bd-r", capacity: 4096 });
    const image = await FileSystemImage.open(recorder, plugins);
    await image.add(changing);
    const report = await image.burn(await image.plan(), {
      onEvent: (event) => {
        if (event.type === "step" && event.step.step === "write") truncateSync(join(changing, "one"), 2);
      },
    });
    expect(report.damaged.map(({ label }) => label).sort()).toEqual(["/one", "/three", "/two"]);
  });

  it("do not make a saved plan differ, in whatever order folders were looked at", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: 4096 });
    const first = await FileSystemImage.open(recorder, plugins);
    for (const into of ["/a", "/b"]) await first.add(folder, { into });
    await writeFile(join(folder, "other"), "x");
    await link(join(folder, "other"), join(folder, "another"));
    await first.add(folder, { into: "/c" });
    await first.burn(await first.plan());

    const planner = await FileSystemImage.open(recorder, plugins);
    await planner.addBytes("/new", Buffer.from("new"), { modified: 0 });
    const { plan } = await planner.plan();
    const later = await FileSystemImage.open(recorder, plugins);
    await later.list("/c");
    await later.addBytes("/new", Buffer.from("new"), { modified: 0 });
    await expect(later.matchPlan(plan)).resolves.toBeDefined();
  });
});
