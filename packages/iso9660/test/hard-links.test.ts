import { linkSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BlockReader, DirectoryNode, RecordedEntry, RecordedVolume, Tree, TreeNode } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc, stateAt } from "./memory-disc.ts";
import { strangerTest } from "./stranger.ts";

const named = (name: string, id: number, inode?: number): TreeNode => ({
  ...file(name, 3, id),
  ...(inode === undefined ? {} : { inode }),
});

/** Three names of one file, two of another, and a file that only has the same bytes as the first. */
const root: DirectoryNode = directory(
  "",
  named("a", 0, 77),
  directory("folder", named("b", 0, 77), named("d", 1, 5)),
  named("c", 0, 77),
  named("e", 1, 5),
  named("equal", 0),
);
const tree: Tree = { volumeName: "V", root };
const contents = [Buffer.from("one"), Buffer.from("two")];

/** Paths of names that lead to one file. */
async function groupsOf(volume: RecordedVolume): Promise<string[]> {
  const groups = new Map<number, string[]>();
  const visit = async (entry: RecordedEntry, path: string): Promise<void> => {
    if (entry.kind === "directory")
      for (const child of await volume.list(entry)) await visit(child, `${path}/${child.name}`);
    else if (entry.kind === "file" && entry.inode !== undefined)
      groups.set(entry.inode, [...(groups.get(entry.inode) ?? []), path]);
  };
  await visit(volume.root, "");
  return [...groups.values()].map((paths) => paths.toSorted().join(" ")).toSorted();
}

const open = async (fileSystem: Iso9660, disc: BlockReader, start: number): Promise<RecordedVolume> =>
  fileSystem.open(disc, await stateAt(fileSystem, disc, start));

describe("names of one file", () => {
  it.each(["1.10", "1.12"] as const)("are read back with Rock Ridge %s, session after session", async (rockRidge) => {
    const fileSystem = new Iso9660({ rockRidge });
    const disc = new MemoryDisc();
    const base = await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
    const imported = await importTree(await fileSystem.open(disc, base));
    await burnTree(fileSystem, disc, { ...tree, root: imported }, appendSpace(1000), [], base);
    for (const start of [0, 1000])
      expect(await groupsOf(await open(fileSystem, disc, start))).toEqual(["/a /c /folder/b", "/e /folder/d"]);
  });

  it("that are empty are told by their serial numbers", async () => {
    const fileSystem = new Iso9660({ rockRidge: "1.12" });
    const disc = new MemoryDisc();
    const empty = (name: string, inode: number): TreeNode => ({ ...file(name, 0, inode), inode });
    const children = [empty("a", 0), empty("b", 0), empty("c", 1), empty("d", 1)];
    const none = [Buffer.alloc(0), Buffer.alloc(0)];
    await burnTree(fileSystem, disc, { ...tree, root: directory("", ...children) }, appendSpace(0), none);
    expect(await groupsOf(await open(fileSystem, disc, 0))).toEqual(["/a /b", "/c /d"]);
  });

  it("must have one content", async () => {
    const wrong = { ...tree, root: directory("", named("a", 0, 1), named("b", 1, 1)) };
    await expect(new Iso9660().layout(wrong, { space: appendSpace(0), fixed })).rejects.toThrow(TypeError);
  });
});

describe("independent readers know names of one file:", () => {
  strangerTest("xorriso, by serial numbers, makes hard links of them", ["xorriso"], async (bench) => {
    const disc = new MemoryDisc();
    await burnTree(new Iso9660({ rockRidge: "1.12" }), disc, tree, appendSpace(0), contents);
    const image = join(bench.folder, "image.iso");
    writeFileSync(image, disc.toImage());
    bench.run("xorriso", "-no_rc", "-osirrox", "on", "-hardlinks", "on", "-indev", image, "-extract", "/", "out");
    const inode = (path: string): number => lstatSync(join(bench.folder, "out", path)).ino;
    expect([inode("c"), inode("folder/b")]).toEqual([inode("a"), inode("a")]);
    expect(inode("e")).toBe(inode("folder/d"));
    expect(inode("equal")).not.toBe(inode("a"));
  });

  strangerTest("isoinfo shows how many there are", ["isoinfo"], async (bench) => {
    const disc = new MemoryDisc();
    await burnTree(new Iso9660(), disc, tree, appendSpace(0), contents);
    const image = join(bench.folder, "image.iso");
    writeFileSync(image, disc.toImage());
    const listed = bench.run("isoinfo", "-R", "-l", "-i", image);
    expect(listed).toMatch(/-rw-r--r--\s+3 .* {1,2}a\s*$/m);
    expect(listed).toMatch(/-rw-r--r--\s+2 .* {1,2}e\s*$/m);
    expect(listed).toMatch(/-rw-r--r--\s+1 .* {1,2}equal\s*$/m);
  });
});

describe("hard links of other programs are read:", () => {
  const write = (bench: Parameters<Parameters<typeof strangerTest>[2]>[0]): void => {
    bench.write("source/a", "one");
    linkSync(join(bench.folder, "source/a"), join(bench.folder, "source/b"));
    bench.write("source/equal", "one");
  };
  const groups = async (folder: string): Promise<string[]> => {
    const disc = new MemoryDisc();
    disc.write(0, readFileSync(join(folder, "image.iso")));
    return groupsOf(await open(new Iso9660(), disc, 0));
  };

  strangerTest("genisoimage", ["genisoimage"], async (bench) => {
    write(bench);
    bench.run("genisoimage", "-quiet", "-cache-inodes", "-R", "-o", "image.iso", "source");
    expect(await groups(bench.folder)).toEqual(["/a /b"]);
  });

  strangerTest("xorriso -for_backup", ["xorriso"], async (bench) => {
    write(bench);
    bench.run("xorriso", "-no_rc", "-for_backup", "-outdev", "image.iso", "-map", "source", "/");
    expect(await groups(bench.folder)).toEqual(["/a /b"]);
  });
});
