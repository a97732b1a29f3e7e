import { truncateSync, utimesSync } from "node:fs";
import { chmod, link, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DiscRecorder, RecordedEntry } from "@multisession/core";
import { beforeEach, describe, expect, it } from "vitest";
import { extract, FileSystemImage, type ImagePlan, openDisc } from "../src/index.ts";
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

describe("hard links whose content the disc has already", () => {
  const text = "linked ".repeat(1000);
  let folder: string;
  let recorder: DiscRecorder;
  let image: FileSystemImage;
  beforeEach(async () => {
    folder = await linkedFolder("one", "two");
    ({ recorder } = await insert({ medium: "bd-r", capacity: 8192 }));
    image = await FileSystemImage.open(recorder, plugins);
    await image.add(folder);
    await image.burn(await image.plan());
  });

  /** A folder with names of one file. */
  async function linkedFolder(first: string, ...others: readonly string[]): Promise<string> {
    const made = await hostFolder({ [first]: text });
    for (const name of others) await link(join(made, first), join(made, name));
    return made;
  }

  function blocksOf(plan: ImagePlan): number {
    const contents = [...image.progressItems(plan)].filter(({ description }) => description.startsWith("/"));
    return contents.reduce((sum, { blockCount }) => sum + blockCount, 0);
  }

  function touched(made: string): string {
    utimesSync(join(made, "one"), 2000, 2000);
    return made;
  }

  it.each<[string, number, () => Promise<unknown>]>([
    ["all names are touched: they take the place of the recorded ones", 0, () => image.add(touched(folder))],
    ["all names stand in another folder now", 0, async () => image.mirror(await movedInto("folder"))],
    [
      "the names are added to another folder, and are another file there",
      4,
      () => image.add(folder, { into: "/copy" }),
    ],
    [
      "one name stays, and with it the recorded file",
      4,
      async () => image.add(await linkedFolder("three", "four")).then(() => image.remove("/two")),
    ],
    ["one name is added alone", 0, async () => image.add(join(folder, "one"), { into: "/copy" })],
    [
      "another file with two names is added beside: only one of the two can have what is recorded",
      4,
      async () => image.mirror(await twoFiles()),
    ],
  ])("%s", async (_, blocks, edit) => {
    await edit();
    const plan = await image.plan();
    expect(blocksOf(plan)).toBe(blocks);
    const groups = await linkGroups(async () => image.burn(plan));
    for (const { names, places } of groups) expect([names, new Set(places).size]).toEqual([names, 1]);
    // No two files with several names have their blocks in common.
    expect(new Set(groups.map(({ places }) => places[0])).size).toBe(groups.length);
  });

  it("two files with several names keep their own blocks when both are touched", async () => {
    const both = await twoFiles();
    await image.mirror(both);
    await image.burn(await image.plan());
    const before = await filesOn(recorder);
    for (const name of ["a", "b"]) utimesSync(join(both, name), 3000, 3000);
    await image.add(both);
    const plan = await image.plan();
    expect(blocksOf(plan)).toBe(0);
    await image.burn(plan);
    const after = await filesOn(recorder);
    for (const name of ["a", "a2", "b", "b2"]) expect(after[name]?.extents).toEqual(before[name]?.extents);
    expect(after["a2"]?.inode).toBe(after["a"]?.inode);
    expect(after["b2"]?.inode).toBe(after["b"]?.inode);
    expect(after["a"]?.inode).not.toBe(after["b"]?.inode);
  });

  it.each([
    ["takes what is recorded when all names of that were in folders that are read", "/f/three", 0],
    ["keeps blocks of its own when a folder that stays unread has another name of that", "/g/three", 4],
  ])("in a delta session a file with several names %s", async (_, third, blocks) => {
    await image.mirror(await hostFolder({ "g/other": "other" }));
    const outer = await hostFolder({ "f/one": text.replace("linked", "LINKED"), "g/more": "more" });
    await link(join(outer, "f/one"), join(outer, "f/two"));
    await link(join(outer, "f/one"), join(outer, third));
    await image.add(outer);
    await image.burn(await image.plan());
    await image.add(touched(join(outer, "f")), { into: "/f" });
    const plan = await image.plan({ tree: "delta" });
    expect(plan.plan.tree).toBe("delta");
    expect(blocksOf(plan)).toBe(blocks);
    const groups = await linkGroups(async () => image.burn(plan));
    expect(groups.map(({ names }) => names)).toContainEqual(
      blocks === 0 ? ["/f/one", "/f/three", "/f/two"] : ["/f/one", "/f/two"],
    );
    for (const { places } of groups) expect(new Set(places).size).toBe(1);
  });

  it("share the blocks of an equal file with one name, whichever comes first", async () => {
    for (const alone of ["0", "z"]) {
      const other = await linkedFolder("m", "n");
      const content = "other".repeat(1000) + alone;
      await writeFile(join(other, "m"), content);
      await writeFile(join(other, alone), content);
      await image.add(other, { into: `/${alone}` });
    }
    const plan = await image.plan();
    expect(blocksOf(plan)).toBe(6);
    const groups = await linkGroups(async () => image.burn(plan));
    expect(groups.map(({ names }) => names)).toEqual([
      ["/0/m", "/0/n"],
      ["/one", "/two"],
      ["/z/m", "/z/n"],
    ]);
  });

  async function movedInto(name: string): Promise<string> {
    const outer = await hostFolder();
    await mkdir(join(outer, name));
    for (const file of ["one", "two"]) await link(join(folder, file), join(outer, name, file));
    return outer;
  }

  async function twoFiles(): Promise<string> {
    const both = await linkedFolder("a", "a2");
    await writeFile(join(both, "b"), text);
    await link(join(both, "b"), join(both, "b2"));
    return both;
  }

  /** Files with several names after a burn, with the places of their contents. */
  async function linkGroups(
    burn: () => Promise<unknown>,
  ): Promise<readonly { names: readonly string[]; places: readonly number[] }[]> {
    await burn();
    const volume = await (await openDisc(recorder, plugins)).volume();
    const groups = new Map<number, { names: string[]; places: number[] }>();
    for await (const { path, entry } of extract(recorder, volume)) {
      if (entry.kind !== "file" || entry.inode === undefined) continue;
      const group = groups.get(entry.inode) ?? { names: [], places: [] };
      groups.set(entry.inode, group);
      group.names.push(path);
      group.places.push(entry.extents[0]?.at ?? 0);
    }
    return [...groups.values()];
  }
});
