import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DirectoryNode, RecordedEntry, StateRef, Tree, TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc, treeOf } from "./memory-disc.ts";
import { expectedListing, listingOf } from "./read-back.ts";
import { type Bench, strangerTest } from "./stranger.ts";

const relocated = new Iso9660({ deepFolders: "relocated" });
const withoutJoliet = new Iso9660({ deepFolders: "relocated", joliet: false, rockRidge: "1.12" });

type Sketch = Parameters<typeof treeOf>[0];

/** Folders of one name inside each other, with a file in each. */
function nested(levels: number, name: string): Sketch {
  let inner: Sketch = { "end.txt": "the end" };
  for (let level = levels; level > 0; level -= 1) inner = { [name]: inner, [`file ${level}.txt`]: `level ${level}` };
  return inner;
}

const sample = treeOf({
  ...nested(20, "deeper"),
  "a folder": nested(9, "deeper"),
  wide: nested(8, "a folder whose name takes all the room"),
  "flat.txt": "flat",
});

/** Deepest level of a directory and longest path in the primary hierarchy, by its own records. */
async function measured(disc: MemoryDisc): Promise<{ levels: number; pathBytes: number; names: string[] }> {
  const primary = Buffer.from(await disc.read(16, 1));
  let [levels, pathBytes] = [1, 0];
  const names: string[] = [];
  const visit = async (at: number, level: number, path: number): Promise<void> => {
    const bytes = Buffer.from(await disc.read(at, Buffer.from(await disc.read(at, 1)).readUInt32LE(10) / 2048));
    levels = Math.max(levels, level);
    for (let offset = 0; offset < bytes.length; offset += bytes[offset] || 2048 - (offset % 2048)) {
      const length = bytes[offset] as number;
      const name = bytes.toString("latin1", offset + 33, offset + 33 + (bytes[offset + 32] as number));
      if (length === 0 || name <= "\x01") continue;
      if (level === 1) names.push(name);
      pathBytes = Math.max(pathBytes, path + name.length);
      if (((bytes[offset + 25] as number) & 2) !== 0)
        await visit(bytes.readUInt32LE(offset + 2), level + 1, path + name.length + 1);
    }
  };
  await visit(primary.readUInt32LE(158), 1, 0);
  return { levels, pathBytes, names };
}

/** Where entries of Rock Ridge lead from and to in the primary hierarchy, by the blocks of directories. */
interface Leads {
  /** CL: the directory that the entry lies in, and the one that belongs there. */
  readonly child: { readonly from: number; readonly to: number }[];
  /** PL: the directory that was moved, and the one that it was moved out of. */
  readonly parent: { readonly from: number; readonly to: number }[];
}

/** All CL and PL of a disc, by its own records and not by our reader. */
async function leadsOf(disc: MemoryDisc): Promise<Leads> {
  const leads: Leads = { child: [], parent: [] };
  const entries = async (area: Buffer, directoryAt: number): Promise<void> => {
    for (let at = 0; at + 4 <= area.length && (area[at + 2] as number) >= 4; at += area[at + 2] as number) {
      const signature = area.toString("latin1", at, at + 2);
      if (signature === "CE") {
        const [block, offset, length] = [4, 12, 20].map((field) => area.readUInt32LE(at + field));
        const continued = Buffer.from(await disc.read(block as number, 1));
        await entries(continued.subarray(offset, (offset as number) + (length as number)), directoryAt);
      }
      if (signature !== "CL" && signature !== "PL") continue;
      const to = area.readUInt32LE(at + 4);
      expect(area.readUInt32BE(at + 8), "both byte orders").toBe(to);
      leads[signature === "CL" ? "child" : "parent"].push({ from: directoryAt, to });
    }
  };
  const visit = async (at: number): Promise<void> => {
    const bytes = Buffer.from(await disc.read(at, Buffer.from(await disc.read(at, 1)).readUInt32LE(10) / 2048));
    for (let offset = 0; offset < bytes.length; offset += bytes[offset] || 2048 - (offset % 2048)) {
      const record = bytes.subarray(offset, offset + (bytes[offset] as number));
      if (record.length === 0) continue;
      const nameLength = record[32] as number;
      await entries(record.subarray(33 + nameLength + (1 - (nameLength % 2))), at);
      const isDot = nameLength === 1 && (record[33] as number) <= 1;
      if (!isDot && ((record[25] as number) & 2) !== 0) await visit(record.readUInt32LE(2));
    }
  };
  await visit(Buffer.from(await disc.read(16, 1)).readUInt32LE(158));
  return leads;
}

describe.each([
  ["with Joliet", relocated],
  ["without Joliet", withoutJoliet],
])("deep folders are moved, %s:", (_, fileSystem) => {
  it("the primary hierarchy keeps to 8 levels and 255 bytes, and the tree is read back as it was", async () => {
    const disc = new MemoryDisc();
    const state = await burnTree(fileSystem, disc, sample.tree, appendSpace(0), sample.contents);
    const volume = await fileSystem.open(disc, state);
    expect(await listingOf(volume, disc)).toEqual(expectedListing(sample.tree, sample.contents));
    expect(volume.findings).toEqual([]);
    const { levels, pathBytes, names } = await measured(disc);
    expect(levels).toBe(8);
    expect(pathBytes).toBeLessThanOrEqual(255);
    expect(names).toContain("RR_MOVED");
  });

  it("an entry in the old place leads to the folder, and one in the folder back to where the old place is", async () => {
    const disc = new MemoryDisc();
    await burnTree(fileSystem, disc, sample.tree, appendSpace(0), sample.contents);
    const { child, parent } = await leadsOf(disc);
    expect(child).toHaveLength(5);
    const byFolder = (one: { to: number }, other: { to: number }): number => one.to - other.to;
    expect(parent.map(({ from, to }) => ({ from: to, to: from })).toSorted(byFolder)).toEqual(child.toSorted(byFolder));
  });

  it("trees of any depth are read back, whatever the folders are called", async () => {
    const name = fc.constantFrom("a", "A", "rr_moved", "RR_MOVED", "x".repeat(40), "dir.with.dots", "漢字");
    const chain = fc.array(name, { minLength: 1, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(fc.array(chain, { minLength: 1, maxLength: 5 }), async (chains) => {
        const tree = { volumeName: "V", root: treeOfChains(chains) };
        const disc = new MemoryDisc();
        const layout = await fileSystem.layout(tree, { space: appendSpace(0), fixed });
        expect(layout.front).toBeGreaterThanOrEqual(fileSystem.needs(tree).atLeast);
        const volume = await fileSystem.open(disc, await burnTree(fileSystem, disc, tree, appendSpace(0), []));
        expect(await listingOf(volume, disc)).toEqual(expectedListing(tree, []));
        expect(volume.findings).toEqual([]);
        const { levels, pathBytes } = await measured(disc);
        expect(levels).toBeLessThanOrEqual(8);
        expect(pathBytes).toBeLessThanOrEqual(255);
      }),
      { numRuns: 40 },
    );
  });

  it("the order of the children does not matter", async () => {
    const digest = async (tree: Tree): Promise<string> => {
      const disc = new MemoryDisc();
      await burnTree(fileSystem, disc, tree, appendSpace(0), sample.contents);
      return disc.digest();
    };
    const turned = (node: DirectoryNode): DirectoryNode => ({
      ...node,
      children: node.children.map((child) => (child.kind === "directory" ? turned(child) : child)).toReversed(),
    });
    expect(await digest({ ...sample.tree, root: turned(sample.tree.root) })).toBe(await digest(sample.tree));
  });

  it("a session that changes nothing gives every folder its old identifier", async () => {
    const disc = new MemoryDisc();
    const first = await burnTree(fileSystem, disc, sample.tree, appendSpace(0), sample.contents);
    const again = { volumeName: "", root: await importTree(await fileSystem.open(disc, first)) };
    const second = await burnTree(fileSystem, disc, again, appendSpace(2000), [], first);
    const plain = async (state: StateRef): Promise<string[]> =>
      Object.keys(await listingOf(await new Iso9660({ prefer: ["plain"] }).open(disc, state), disc));
    expect(await plain(second)).toEqual(await plain(first));
  });
});

it("a folder keeps its name in rr_moved when another of that name is moved there later", async () => {
  const deep = (top: string): Sketch => ({ [top]: nested(7, "deeper"), [`${top} too`]: nested(7, "deeper") });
  /** Names in rr_moved, by the first folder of the true path of what is moved there. */
  const movedNames = async (disc: MemoryDisc, state: StateRef): Promise<Record<string, string>> => {
    const names: Record<string, string> = {};
    const volume = await new Iso9660({ prefer: ["plain"] }).open(disc, state);
    const places = new Map<number, string>();
    for (const entry of await volume.list(volume.root))
      if (entry.kind === "directory" && entry.name === "RR_MOVED")
        for (const moved of await volume.list(entry)) if (moved.kind === "directory") places.set(moved.at, moved.name);
    const whole = await relocated.open(disc, state);
    const visit = async (entry: RecordedEntry, top: string): Promise<void> => {
      if (entry.kind !== "directory") return;
      const moved = places.get(entry.at);
      if (moved !== undefined) names[top] = moved;
      for (const child of await whole.list(entry)) await visit(child, top || child.name);
    };
    await visit(whole.root, "");
    return names;
  };
  const disc = new MemoryDisc();
  const first = treeOf(deep("m"));
  const base = await burnTree(relocated, disc, first.tree, appendSpace(0), first.contents);
  const before = await movedNames(disc, base);
  expect(Object.keys(before)).toHaveLength(2);
  const imported = await importTree(await relocated.open(disc, base));
  const more = treeOf(deep("a"));
  const root = { ...imported, children: [...more.tree.root.children, ...imported.children] };
  const next = await burnTree(relocated, disc, { volumeName: "V", root }, appendSpace(2000), more.contents, base);
  const after = await movedNames(disc, next);
  expect(Object.keys(after)).toHaveLength(4);
  expect(after).toMatchObject(before);
});

function treeOfChains(chains: readonly (readonly string[])[]): DirectoryNode {
  interface Folder {
    readonly folders: Map<string, Folder>;
  }
  const top: Folder = { folders: new Map() };
  for (const chain of chains) {
    let folder = top;
    for (const name of chain) {
      const next = folder.folders.get(name) ?? { folders: new Map() };
      folder.folders.set(name, next);
      folder = next;
    }
  }
  const nodeOf = (name: string, { folders }: Folder): DirectoryNode => {
    const children: TreeNode[] = [...folders].map(([child, inner]) => nodeOf(child, inner));
    return directory(name, ...children, file("a file.txt"));
  };
  return nodeOf("", top);
}

it("extended attributes stay with folders that are moved, and those of the root with the root", async () => {
  const withExtended = (node: DirectoryNode, value: string): DirectoryNode => ({
    ...node,
    attributes: { ...node.attributes, extended: [{ name: "user.comment", value: Buffer.from(value) }] },
  });
  let inner = directory("level 12", file("a file.txt", 5, 0));
  for (let level = 11; level > 0; level -= 1)
    inner = withExtended(directory(`level ${level}`, inner), `${level} `.repeat(level * 30));
  const tree = { volumeName: "V", root: withExtended(directory("", inner), "of the root") };
  const disc = new MemoryDisc();
  const state = await burnTree(relocated, disc, tree, appendSpace(0), [Buffer.from("12345")]);
  const found: Record<string, string | undefined> = {};
  const visit = (node: TreeNode): void => {
    found[node.name] = node.attributes.extended?.map(({ value }) => Buffer.from(value).toString()).join();
    if (node.kind === "directory") for (const child of node.children) visit(child);
  };
  visit(await importTree(await relocated.open(disc, state)));
  const expected = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [`level ${index + 1}`, `${index + 1} `.repeat((index + 1) * 30)]),
  );
  expect(found).toEqual({ "": "of the root", ...expected, "level 12": undefined, "a file.txt": undefined });
  const primary = Buffer.from(await disc.read(16, 1));
  const records = Buffer.from(await disc.read(primary.readUInt32LE(158), 1)).toString("latin1");
  expect(records).toContain("RR_MOVED");
  expect(records.split("of the root")).toHaveLength(2);
});

it("a tree that is not deep has the bytes that it has when deep folders are allowed", async () => {
  const flat = treeOf({ folder: { "a.txt": "a" } });
  const digest = async (fileSystem: Iso9660): Promise<string> => {
    const disc = new MemoryDisc();
    await burnTree(fileSystem, disc, flat.tree, appendSpace(0), flat.contents);
    return disc.digest();
  };
  expect(await digest(relocated)).toBe(await digest(new Iso9660()));
});

it("a note says how many folders were moved, and what stays for whom", async () => {
  const frame = { space: appendSpace(0), fixed };
  expect((await relocated.layout(sample.tree, frame)).notes.join("\n")).toMatch(
    /\d+ folders too deep for ISO 9660 moved to "rr_moved"; readers of Rock Ridge or Joliet see the true place/,
  );
  const own = treeOf({ rr_moved: {}, ...nested(9, "deeper") });
  expect((await relocated.layout(own.tree, frame)).notes.join("\n")).toMatch(/moved to "\.rr_moved"/);
});

it("without Rock Ridge nothing can be moved", () => {
  expect(() => new Iso9660({ deepFolders: "relocated", rockRidge: false })).toThrow(TypeError);
});

describe("independent readers put moved folders back:", () => {
  const write = async ({ folder }: Bench): Promise<void> => {
    const disc = new MemoryDisc();
    await burnTree(withoutJoliet, disc, sample.tree, appendSpace(0), sample.contents);
    writeFileSync(join(folder, "image.iso"), disc.toImage());
    mkdirSync(join(folder, "out"));
  };
  const expected = Object.keys(expectedListing(sample.tree, sample.contents))
    .filter((path) => path !== "")
    .map((path) => path.slice(1))
    .toSorted();
  const check = ({ folder }: Bench): void => {
    expect(readdirSync(join(folder, "out"), { recursive: true }).map(String).toSorted()).toEqual(expected);
    expect(readFileSync(join(folder, "out", ..."deeper ".repeat(20).trim().split(" "), "end.txt"), "utf8")).toBe(
      "the end",
    );
  };

  strangerTest("xorriso", ["xorriso"], async (bench) => {
    await write(bench);
    bench.run("xorriso", "-no_rc", "-osirrox", "on", "-indev", "image.iso", "-extract", "/", "out");
    check(bench);
  });

  strangerTest("bsdtar", ["bsdtar"], async (bench) => {
    await write(bench);
    bench.run("bsdtar", "-xf", "image.iso", "-C", "out");
    check(bench);
  });
});
