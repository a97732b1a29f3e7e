import type { Attributes, BlockReader, RecordedEntry, RecordedVolume } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { EditableTree, extract, FileSystemImage, openDisc, readTree } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { bytesOf } from "./reading.ts";

const attributes: Attributes = { mode: 0o644, uid: 0, gid: 0, modified: 0 };
const file = (name: string): RecordedEntry => ({
  kind: "file",
  name,
  attributes,
  bytes: 3,
  extents: [{ at: 9, bytes: 3 }],
});
const folder = (name: string, at: number): RecordedEntry => ({ kind: "directory", name, attributes, at });

/** A volume whose directories are given by address; counts how often each is read. */
class ListedVolume implements RecordedVolume {
  readonly volumeName = "LISTED";
  readonly root = { kind: "directory" as const, name: "", attributes, at: 1 };
  readonly findings: readonly [] = [];
  readonly reads: number[] = [];
  readonly #directories: Readonly<Record<number, readonly RecordedEntry[]>>;

  constructor(directories: Readonly<Record<number, readonly RecordedEntry[]>>) {
    this.#directories = directories;
  }

  async list({ at }: { readonly at: number }): Promise<readonly RecordedEntry[]> {
    this.reads.push(at);
    await Promise.resolve();
    const entries = this.#directories[at];
    if (entries === undefined) throw new Error(`no directory at ${at}`);
    return entries;
  }
}

class ImportedTree extends EditableTree {
  constructor(volume: RecordedVolume) {
    const reader: BlockReader = { read: async (_, blocks) => new Uint8Array(blocks * 2048).fill(0x78) };
    super({ reader, volume, states: [] });
  }

  protected override assertEditable(): void {}
}

async function pathsOf(tree: AsyncIterable<{ readonly path: string }>): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { path } of tree) paths.push(path);
  return paths;
}

describe("an imported tree", () => {
  it("reads a directory when it is looked at, and once", async () => {
    const volume = new ListedVolume({
      1: [folder("a", 2), folder("b", 3)],
      2: [file("x")],
      3: [folder("c", 4)],
      4: [],
    });
    const tree = new ImportedTree(volume);
    expect(volume.reads).toEqual([]);
    await tree.stat("/b");
    expect(volume.reads).toEqual([1]);
    await Promise.all([tree.stat("/a/x"), tree.stat("/a/x"), tree.list("/a")]);
    await tree.rename("/b", "/renamed");
    await tree.remove("/a", { recursive: true });
    tree.rollbackToChangePoint(1);
    expect(volume.reads).toEqual([1, 2]);
    expect(await pathsOf(tree)).toEqual(["/a", "/a/x", "/renamed", "/renamed/c"]);
    await tree.changes();
    expect(volume.reads).toEqual([1, 2, 3, 4]);
    expect((await bytesOf(tree.readFile("/a/x"))).toString()).toBe("xxx");
  });

  it("that leads back into itself has an end, and says so", async () => {
    const directories = {
      1: [folder("a", 2), folder("root again", 1)],
      2: [folder("b", 3)],
      3: [folder("up", 2), file("x")],
    };
    const tree = new ImportedTree(new ListedVolume(directories));
    expect(await pathsOf(tree)).toEqual(["/a", "/a/b", "/a/b/x"]);
    expect(tree.findings.map(({ at }) => at)).toEqual([1, 2]);
    const findings: number[] = [];
    const items = readTree(new ListedVolume(directories), { onFinding: ({ at }) => findings.push(at) });
    expect(await pathsOf(items)).toEqual(["/a", "/a/b", "/a/b/x"]);
    expect(findings).toEqual([2, 1]);
  });

  it("with names that no path can hold, or that stand twice, can be used and says so", async () => {
    const names = ["", ".", "..", "a/b", "nul\0", "twice", "twice"];
    const tree = new ImportedTree(new ListedVolume({ 1: names.map(file) }));
    expect(await pathsOf(tree)).toEqual(["/_", "/a_b", "/nul_", "/twice"]);
    expect(tree.findings).toHaveLength(8);
    await tree.rename("/a_b", "/good");
    await tree.remove("/nul_");
  });

  it("goes on when a directory could not be read, and reads it again when asked again", async () => {
    const directories: Record<number, readonly RecordedEntry[]> = { 1: [folder("bad", 2), file("x")] };
    const tree = new ImportedTree(new ListedVolume(directories));
    await expect(tree.list("/bad")).rejects.toThrow("no directory at 2");
    await tree.remove("/x");
    directories[2] = [file("y")];
    expect(await pathsOf(tree)).toEqual(["/bad", "/bad/y"]);
  });
});

describe("a volume", () => {
  it("gives the items that a filter lets pass, with their bytes", async () => {
    const plugins = allPlugins();
    const { recorder } = await insert(media[0].disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/a/x", Buffer.from("x".repeat(5000)));
    await image.addBytes("/b/y", Buffer.from("y"));
    await image.symlink("/c", "a/x");
    await image.burn(await image.plan());
    const volume = await (await openDisc(recorder, plugins)).volume();
    const found: unknown[] = [];
    for await (const { path, entry, bytes } of extract(recorder, volume, { filter: ({ path }) => path !== "/b" }))
      found.push([path, entry.kind, (await bytesOf(bytes())).length]);
    expect(found).toEqual([
      ["/a", "directory", 0],
      ["/a/x", "file", 5000],
      ["/c", "symlink", 0],
    ]);
  });
});
