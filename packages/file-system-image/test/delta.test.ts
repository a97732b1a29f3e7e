import { chmod, link, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlugins, priceOf, type RecordedEntry } from "@multisession/core";
import { type Iso9660Options, iso9660 } from "@multisession/iso9660";
import { sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import {
  closeDisc,
  FileSystemImage,
  type ImagePlan,
  type ImagePlanOptions,
  openDisc,
  revertDisc,
  verifyDisc,
} from "../src/index.ts";
import { insert, media, pluginsOf, type TestDisc } from "./discs.ts";
import { contentsOf, textOf } from "./reading.ts";
import { toyFileSystem } from "./toy-file-system.ts";

/** Three folders of ten files, and one in another. */
async function burnFirst({ recorder }: TestDisc, options: Iso9660Options): Promise<void> {
  const image = await FileSystemImage.open(recorder, pluginsOf(iso9660(options)), { volumeName: "DELTA" });
  for (const folder of ["a", "b", "b/deep", "c"])
    for (let index = 0; index < 10; index += 1)
      await image.addBytes(`/${folder}/file ${index}.txt`, Buffer.from(`${folder} ${index}`));
  await image.burn(await image.plan());
}

/** Where each folder of the newest session lies, by path. */
async function placesOf({ recorder }: TestDisc, options: Iso9660Options): Promise<Record<string, number>> {
  const volume = await (await openDisc(recorder, pluginsOf(iso9660(options)))).volume();
  const places: Record<string, number> = {};
  const visit = async (entry: RecordedEntry & { kind: "directory" }, path: string): Promise<void> => {
    places[path] = entry.at;
    for (const child of await volume.list(entry))
      if (child.kind === "directory") await visit(child, `${path}/${child.name}`);
  };
  await visit(volume.root, "");
  expect(volume.findings).toEqual([]);
  return places;
}

describe.each(media)("on $name", ({ disc }) => {
  describe.each<[string, Iso9660Options]>([
    ["Rock Ridge and Joliet", {}],
    ["Rock Ridge 1.12 alone", { joliet: false, rockRidge: "1.12" }],
    ["all three hierarchies", { level: 4 }],
  ])("with %s", (_, options) => {
    it("a delta session leaves folders where they lie in which nothing has changed", async () => {
      const test = await insert(disc);
      await burnFirst(test, options);
      const before = await placesOf(test, options);
      const image = await FileSystemImage.open(test.recorder, pluginsOf(iso9660(options)));
      await image.addBytes("/b/new.txt", Buffer.from("new"));
      const plan = await image.plan({ tree: "delta" });
      expect(plan.plan.tree).toBe("delta");
      expect(plan.notes).toEqual([]);
      const { verification } = await image.burn(plan);
      expect(verification?.report.outcome).toBe("good");
      const after = await placesOf(test, options);
      expect(Object.keys(after).sort()).toEqual(["", "/a", "/b", "/b/deep", "/c"]);
      for (const path of ["/a", "/b/deep", "/c"]) expect(after[path], path).toBe(before[path]);
      for (const path of ["", "/b"]) expect(after[path], path).toBeGreaterThan(before["/c"] as number);
    });
  });
});

const always: Iso9660Options = { sessions: "delta", checkpointEvery: 3, joliet: false };

/** The image of a disc after an edit was recorded. */
async function record(
  test: TestDisc,
  options: Iso9660Options,
  edit: (image: FileSystemImage) => Promise<unknown>,
  more: ImagePlanOptions = {},
): Promise<ImagePlan & { readonly blocks: number }> {
  const image = await FileSystemImage.open(test.recorder, pluginsOf(iso9660(options)));
  await edit(image);
  const plan = await image.plan(more);
  const blocks = plan.planned.shape?.phases[0]?.extents.reduce((sum, extent) => sum + extent.blocks, 0) ?? 0;
  await image.burn(plan);
  return { ...plan, blocks };
}

const addFile = (path: string) => (image: FileSystemImage) => image.addBytes(path, Buffer.from(path));

describe.each(media)("where the disc is to have delta sessions, on $name", ({ disc }) => {
  it("of every three sessions one has the whole tree, and says why", async () => {
    const test = await insert(disc);
    await burnFirst(test, always);
    const trees: (string | undefined)[] = [];
    const notes: string[] = [];
    for (let session = 2; session <= 7; session += 1) {
      const plan = await record(test, always, addFile(`/a/${session}`));
      trees.push(plan.plan.tree);
      notes.push(...plan.notes);
    }
    expect(trees).toEqual(["delta", "delta", "full", "delta", "delta", "full"]);
    expect(notes).toEqual([
      "The session has the whole tree: of 3 sessions one has it, and 2 have shared folders since.",
      "The session has the whole tree: of 3 sessions one has it, and 2 have shared folders since.",
    ]);
  });

  it("a session has the whole tree on demand, and then shares nothing", async () => {
    const test = await insert(disc);
    await burnFirst(test, always);
    await record(test, always, addFile("/a/2"));
    const plan = await record(test, always, async () => undefined, { tree: "full" });
    expect(plan.plan.tree).toBe("full");
    expect(plan.isCheckpoint).toBe(true);
    const start = (await openDisc(test.recorder, pluginsOf(iso9660(always)))).state().start;
    for (const at of Object.values(await placesOf(test, always))) expect(at).toBeGreaterThan(start);
  });

  it("going back to one and recording behind it leaves everything readable", async () => {
    const test = await insert(disc);
    const plugins = pluginsOf(iso9660(always));
    await burnFirst(test, always);
    await record(test, always, addFile("/a/2"));
    await record(test, always, (image) => image.remove("/b", { recursive: true }));
    await revertDisc(test.recorder, plugins, 2);
    const image = await FileSystemImage.open(test.recorder, plugins);
    expect(Object.keys(await contentsOf(image))).toContain("/b/deep/file 9.txt");
    await record(test, always, addFile("/b/deep/new"));
    const after = await FileSystemImage.open(test.recorder, plugins);
    expect(await textOf(after, "/a/2")).toBe("/a/2");
    expect(await textOf(after, "/b/deep/new")).toBe("/b/deep/new");
    expect(await textOf(after, "/c/file 3.txt")).toBe("c 3");
    for (const { faults } of (await verifyDisc(test.recorder, plugins)).reports) expect(faults).toEqual([]);
  });

  it("verifying one session reads the directories that it has in older ones", async () => {
    const test = await insert(disc);
    const plugins = pluginsOf(iso9660(always));
    await burnFirst(test, always);
    const places = await placesOf(test, always);
    await record(test, always, addFile("/a/2"));
    const whole = (await verifyDisc(test.recorder, plugins, { session: 2 })).reports;
    expect(whole.map(({ state, outcome, part }) => [state.index, outcome, part])).toEqual([
      [0, "good", "directories"],
      [1, "good", undefined],
    ]);
    test.virtual.arm([{ fault: "bad-block", on: "read", at: places["/c"] as number }]);
    const { reports } = await verifyDisc(test.recorder, plugins, { session: 2 });
    expect(reports.map(({ state, outcome }) => [state.index, outcome])).toEqual([
      [0, "faulty"],
      [1, "good"],
    ]);
  });
});

describe("a delta session costs what has changed:", () => {
  // 16 of system area, 2 of descriptors, 2 path tables, and in each case the root, manifest and trailer.
  const fixedBlocks = 16 + 2 + 2 + 1 + 2;
  it.each<[string, number, (image: FileSystemImage) => Promise<unknown>]>([
    ["a new file in the root: its content", 1, addFile("/new")],
    ["a new file two folders deep: those folders and its content", 3, addFile("/b/deep/new")],
    ["a file that is gone: its folder", 1, (image) => image.remove("/a/file 1.txt")],
    ["a folder that is gone: nothing", 0, (image) => image.remove("/a", { recursive: true })],
    ["a file with another name: its folder", 1, (image) => image.rename("/a/file 1.txt", "/a/renamed")],
    ["a folder with another name: nothing", 0, (image) => image.rename("/b", "/renamed")],
    ["a folder in another one: that one", 1, (image) => image.rename("/c", "/b/c")],
    ["an empty file: nothing", 0, (image) => image.addBytes("/empty", Buffer.alloc(0))],
  ])("%s", async (_, blocks, edit) => {
    const test = await insert({ medium: "bd-r", capacity: 4096 });
    await burnFirst(test, always);
    const plan = await record(test, always, edit);
    expect(plan.plan.tree).toBe("delta");
    expect(plan.planned.shape?.phases).toHaveLength(1);
    const padding = plan.planned.shape?.phases[0]?.extents.find(({ label }) => label === "padding")?.blocks ?? 0;
    expect(plan.blocks - padding).toBe(fixedBlocks + blocks);
  });
});

describe("a session has the whole tree", () => {
  const first: Iso9660Options = { sessions: "delta" };

  it.each<[string, Iso9660Options, RegExp]>([
    ["there is a hierarchy more", { sessions: "delta", level: 4 }, /has other hierarchies of names/],
    ["there is a hierarchy less", { sessions: "delta", joliet: false }, /has other hierarchies of names/],
    ["Rock Ridge is another", { sessions: "delta", rockRidge: "1.12" }, /has another version of Rock Ridge/],
    [
      "an entry for firmware may lie in a folder",
      { sessions: "delta", boot: { entries: [{ image: "/a/file 1.txt" }] } },
      /boot entries name files of the tree/,
    ],
    ["the disc is read by Joliet", { sessions: "delta", prefer: ["joliet"] }, /is not read by Rock Ridge/],
  ])("where %s", async (_, second, reason) => {
    const test = await insert({ medium: "bd-r", capacity: 4096 });
    await burnFirst(test, first);
    const plan = await record(test, second, addFile("/new"));
    expect(plan.plan.tree).toBe("full");
    expect(plan.notes.join("\n")).toMatch(reason);
  });

  it("where another file system is written beside, which knows nothing of shared folders", async () => {
    const test = await insert({ medium: "bd-r", capacity: 4096 });
    await burnFirst(test, first);
    const plugins = createPlugins(iso9660(first), toyFileSystem(), sequential());
    const image = await FileSystemImage.open(test.recorder, plugins);
    await addFile("/new")(image);
    const plan = await image.plan();
    expect(plan.plan.fileSystems).toHaveLength(2);
    expect(plan.plan.tree).toBe("full");
    expect(plan.notes.join("\n")).toMatch(/rule it out that sessions share folders/);
  });

  it("where folders were moved because they lie too deep", async () => {
    const test = await insert({ medium: "bd-r", capacity: 4096 });
    const deep = addFile("/1/2/3/4/5/6/7/8/9/file");
    await record(test, { deepFolders: "relocated" }, deep);
    const plan = await record(test, first, addFile("/new"));
    expect(plan.plan.tree).toBe("full");
    expect(plan.notes.join("\n")).toMatch(/folders that were moved because they lie too deep/);
  });

  it("where the disc is closed, and closing a disc alone records one first", async () => {
    for (const isWithSession of [true, false]) {
      const test = await insert({ medium: "bd-r", capacity: 4096 });
      await burnFirst(test, first);
      await record(test, first, addFile("/a/2"));
      const plugins = pluginsOf(iso9660(first));
      const consent = ["close-disc"] as const;
      if (isWithSession) await record(test, first, addFile("/a/3"), { close: "disc", consent });
      else await closeDisc(test.recorder, plugins, { consent });
      const { medium, history } = await openDisc(test.recorder, plugins);
      expect(medium.status).toBe("complete");
      expect(history.states).toHaveLength(3);
      for (const at of Object.values(await placesOf(test, first)))
        expect(at).toBeGreaterThan(history.states[2]?.start ?? 0);
    }
  });

  it("but not before a disc is closed that is to stay as it is", async () => {
    const test = await insert({ medium: "bd-r", capacity: 4096 });
    await burnFirst(test, first);
    await record(test, first, addFile("/a/2"));
    const plugins = pluginsOf(iso9660(first));
    await closeDisc(test.recorder, plugins, { consent: ["close-disc"], checkpoint: false });
    expect((await openDisc(test.recorder, plugins)).history.states).toHaveLength(2);
  });
});

it("options that insist on the standard rule delta sessions out", () => {
  for (const options of [{ profile: "strict" }, { deepFolders: "relocated" }, { rockRidge: false }] as const)
    expect(() => iso9660({ ...options, sessions: "delta" }).create()).toThrow(TypeError);
  expect(() => iso9660({ checkpointEvery: 0 }).create()).toThrow(TypeError);
});

it("a delta session is planned without looking into folders, and a saved plan of it gives it again", async () => {
  const test = await insert({ medium: "bd-r", capacity: 4096 });
  await burnFirst(test, always);
  const open = async () => {
    const image = await FileSystemImage.open(test.recorder, pluginsOf(iso9660({ joliet: false })));
    await image.addBytes("/b/new", Buffer.from("new"), { modified: 0 });
    return image;
  };
  const made = await (await open()).plan({ tree: "delta" });
  const { plan, summary } = made;
  const changes = await made.changes();
  expect(plan.tree).toBe("delta");
  // The files of /b; /a, /b/deep and /c were not read.
  expect(changes.unchanged).toEqual({ files: 10, bytes: 30, unreadFolders: 3 });
  expect(changes.added.map(({ path }) => path)).toEqual(["/b/new"]);
  expect(summary).toMatchObject({ added: { items: 1, bytes: 3 }, unchanged: changes.unchanged });
  const again = await (await open()).matchPlan(FileSystemImage.planFromJSON(JSON.stringify(plan)));
  expect(again.plan).toEqual(plan);
});

it.each(["1.10", "1.12"] as const)(
  "names of one file stay one file where some of them lie in shared folders, with Rock Ridge %s",
  async (rockRidge) => {
    const options: Iso9660Options = { sessions: "delta", rockRidge };
    const folder = await mkdtemp(join(tmpdir(), "delta-"));
    for (const name of ["a", "b"]) await mkdir(join(folder, name));
    await writeFile(join(folder, "a/one"), "linked");
    await link(join(folder, "a/one"), join(folder, "b/two"));
    await link(join(folder, "a/one"), join(folder, "three"));
    const test = await insert({ medium: "bd-r", capacity: 4096 });
    await record(test, options, (image) => image.add(folder));
    const plan = await record(test, options, addFile("/b/new"));
    expect(plan.plan.tree).toBe("delta");
    const volume = await (await openDisc(test.recorder, pluginsOf(iso9660(options)))).volume();
    const inodes = new Map<string, number | undefined>();
    const visit = async (entry: RecordedEntry, path: string): Promise<void> => {
      if (entry.kind === "file") inodes.set(path, entry.inode);
      if (entry.kind !== "directory") return;
      for (const child of await volume.list(entry)) await visit(child, `${path}/${child.name}`);
    };
    await visit(volume.root, "");
    const inode = inodes.get("/a/one");
    expect(inode).toBeDefined();
    expect([inodes.get("/b/two"), inodes.get("/three")]).toEqual([inode, inode]);
    await rm(folder, { recursive: true });
  },
);

it("going back on a BD-R records 32 blocks, whatever the disc holds", async () => {
  const test = await insert({ medium: "bd-r", capacity: 16_384 });
  await burnFirst(test, always);
  for (const number of [2, 3]) await record(test, always, addFile(`/a/${number}`));
  const written = test.virtual.counters.blocks;
  const { plan, history } = await revertDisc(test.recorder, pluginsOf(iso9660(always)), 1);
  expect(priceOf(plan.cost, "blocks")).toBe(32);
  expect(test.virtual.counters.blocks - written).toBe(32);
  const [third, fourth] = history.states.slice(-2);
  // The virtual disc has no gap between sessions; what a real one loses there comes on top.
  expect(fourth).toMatchObject({ start: third?.end, end: (third?.end ?? 0) + 32 });
});

it("a file whose time alone has changed costs its folder", async () => {
  const folder = await mkdtemp(join(tmpdir(), "delta-"));
  await writeFile(join(folder, "file 1.txt"), "a 1");
  await utimes(join(folder, "file 1.txt"), 86_400, 86_400);
  const test = await insert({ medium: "bd-r", capacity: 4096 });
  await burnFirst(test, always);
  const plan = await record(test, always, (image) => image.add(folder, { into: "/a", compare: "hash" }));
  expect(plan.summary.attributes).toEqual({ items: 1, bytes: 3 });
  const padding = plan.planned.shape?.phases[0]?.extents.find(({ label }) => label === "padding")?.blocks ?? 0;
  expect(plan.blocks - padding).toBe(16 + 2 + 2 + 2 + 2);
  await rm(folder, { recursive: true });
});

it("a folder with another mode is written again, because its own record says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "delta-"));
  for (const name of ["a", "b"]) {
    await mkdir(join(folder, name), { mode: 0o755 });
    await writeFile(join(folder, name, "file"), name);
  }
  const test = await insert({ medium: "bd-r", capacity: 4096 });
  await record(test, always, (image) => image.add(folder));
  const before = await placesOf(test, always);
  await chmod(join(folder, "a"), 0o700);
  await record(test, always, (image) => image.add(folder));
  const after = await placesOf(test, always);
  expect(after["/a"]).not.toBe(before["/a"]);
  expect(after["/b"]).toBe(before["/b"]);
  const block = Buffer.from(await test.recorder.read(after["/a"] ?? 0, 1));
  expect(block.readUInt32LE(block.indexOf("PX") + 4)).toBe(0o040700);
  await rm(folder, { recursive: true });
});
