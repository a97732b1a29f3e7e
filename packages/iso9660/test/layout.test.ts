import type { DirectoryNode, Layout, Tree, TreeNode } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Iso9660, type Iso9660Options, iso9660 } from "../src/index.ts";
import { directory, file, symlink } from "./arbitrary-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc, treeOf } from "./memory-disc.ts";
import { listingOf } from "./read-back.ts";

const fileSystem = new Iso9660();
const frame = { space: appendSpace(0), fixed };
const treeWith = (...children: TreeNode[]): Tree => ({ volumeName: "V", root: directory("", ...children) });
const layout = (...children: TreeNode[]): Promise<Layout> => fileSystem.layout(treeWith(...children), frame);

describe("the plugin", () => {
  it("is a file system named iso9660 that creates the class", () => {
    const plugin = iso9660();
    expect(plugin).toMatchObject({ kind: "file-system", id: "iso9660", contract: 1 });
    expect(plugin.create()).toBeInstanceOf(Iso9660);
  });

  it.each([0, 1000, 3000, 2 ** 32, Number.NaN])("refuses sections of %d bytes", (sectionBytes) => {
    expect(() => iso9660({ sectionBytes })).toThrow(TypeError);
  });

  it.each([{ joliet: "yes" }, { rockRidge: true }, { rockRidge: "1.11" }])("refuses %j", (options) => {
    expect(() => iso9660(options as Iso9660Options)).toThrow(TypeError);
  });
});

describe("a layout refuses", () => {
  it.each([
    ["a name with a slash", file("a/b")],
    ["a name with a zero", file("a\0b")],
    ["no name", file("")],
    ["the name of the folder itself", directory("..")],
    ["half a surrogate pair", file("\ud83d")],
    ["a link without a target", symlink("link", "")],
  ])("%s", async (_, node) => {
    await expect(layout(node)).rejects.toMatchObject({ code: "NAME_NOT_ALLOWED" });
  });

  it("two files of one name in one folder", async () => {
    await expect(layout(file("same"), file("same"))).rejects.toMatchObject({ code: "NAME_NOT_ALLOWED" });
  });

  it.each(["x".repeat(33), "a\nb"])("the volume name %j", async (volumeName) => {
    await expect(fileSystem.layout({ ...treeWith(), volumeName }, frame)).rejects.toMatchObject({
      code: "INVALID_VOLUME_NAME",
    });
  });

  it("to go on when it was aborted", async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => file(`file ${index}`));
    await expect(fileSystem.layout(treeWith(...many), frame, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

describe("a layout notes", () => {
  it("a volume name that Joliet cuts", async () => {
    const planned = await fileSystem.layout({ ...treeWith(), volumeName: "Photos of Summer 2026" }, frame);
    expect(planned.notes).toEqual([expect.stringMatching(/PHOTOS_OF_SUMMER_2026.*on Windows "Photos of Summer"/)]);
  });

  it("nothing when nothing had to be changed", async () => {
    expect((await layout(file("readme.txt"), directory("folder", file("x")))).notes).toEqual([]);
  });

  it.each([
    [
      "folders that lie deep",
      Array.from({ length: 8 }).reduce<TreeNode>((inner) => directory("d", inner), file("x")),
      /10 levels|9 levels/,
    ],
    ["names that Linux cuts", file("x".repeat(254)), /1 name longer than 253 bytes/],
    ["names that Joliet cuts", file("x".repeat(104)), /1 name longer than 103 characters/],
    ["names that Joliet maps", file("a:b"), /1 name changed/],
    ["links that Joliet has not", symlink("l", "t"), /1 symbolic link/],
    ["links with very long targets", symlink("l", "t".repeat(1024)), /1 link with a target longer/],
    [
      "times that cannot be stored",
      { ...file("old"), attributes: { mode: 0, uid: 0, gid: 0, modified: Date.UTC(1850, 0, 1) } },
      /1 time outside/,
    ],
  ] as const)("%s", async (_, node, expected) => {
    expect((await layout(node)).notes.join("\n")).toMatch(expected);
  });
});

describe("a note names the first items that it is about, and what they became", () => {
  const extended = [{ name: "user.comment", value: Buffer.from("scanned twice") }];
  const attributed = (node: TreeNode): TreeNode => ({ ...node, attributes: { ...node.attributes, extended } });
  const long = `A name of 110 letters ${"x".repeat(66)} and its end, part `;

  it.each<[string, Iso9660Options, readonly TreeNode[], string]>([
    [
      "one name that Joliet changes",
      {},
      [file("a:b.txt"), file("b")],
      '1 name changed for Windows (Joliet), which forbids some characters, and a dot or space at the end, and ignores case: "a:b.txt" is "a_b.txt"; Rock Ridge keeps them.',
    ],
    [
      "three, in folders",
      {},
      [directory("d", file("c?")), directory("e", file("A"), file("a"), file("b*"))],
      '3 names changed for Windows (Joliet), which forbids some characters, and a dot or space at the end, and ignores case: "c?" is "c_", "a" is "a~1", and so on; Rock Ridge keeps them.',
    ],
    [
      "names that it cuts",
      { rockRidge: false },
      [file(`${long}1.txt`), file(`${long}2.txt`), file("c?")],
      '2 names longer than 103 characters cut for Windows (Joliet): "A name of 110 letters … end, part 1.txt" is "A name of 110 letters …x and its en.txt", "A name of 110 letters … end, part 2.txt" is "A name of 110 letters …x and its ~1.txt".',
    ],
    [
      "names of too many bytes for Linux without Rock Ridge, and not those that Joliet cuts short enough",
      { rockRidge: false },
      [file("漢".repeat(85)), file("x".repeat(255)), file("漢".repeat(84))],
      `1 name longer than 253 bytes, which Linux does not show without Rock Ridge, such as "${"漢".repeat(60)}…".`,
    ],
    [
      "names in capital letters",
      { rockRidge: false, joliet: false },
      [file("a:b.txt"), file("C"), directory("d e")],
      '2 names kept only in the capital letters, digits and underscores of ISO 9660: "a:b.txt" is "A_B.TXT", "d e" is "D_E".',
    ],
    [
      "names of ISO 9660:1999",
      { level: 4 },
      [file("ä;1")],
      '1 name too long or with a semicolon changed for readers of ISO 9660:1999: "ä;1" is "ä_1~e96605290bca". Other readers see them by Rock Ridge or Joliet.',
    ],
    [
      "extended attributes without Rock Ridge",
      { rockRidge: false },
      [attributed(directory("d", attributed(file("a")))), file("b")],
      'Extended attributes and access control lists of 2 items left out, such as those of "d": they take Rock Ridge.',
    ],
    [
      "links in level 4",
      { level: 4, joliet: false },
      [symlink("l", "t")],
      "1 symbolic link not shown to readers of ISO 9660:1999, which has none.",
    ],
  ])("%s", async (_, options, children, expected) => {
    const { notes } = await new Iso9660(options).layout(treeWith(...children), frame);
    expect(notes).toContain(expected);
  });

  it("of attributes also those of the root", async () => {
    const root = attributed(directory("", file("A"))) as DirectoryNode;
    const { notes } = await new Iso9660({ rockRidge: false }).layout({ volumeName: "V", root }, frame);
    expect(notes).toContain(
      'Extended attributes and access control lists of 1 item left out, such as those of "/": they take Rock Ridge.',
    );
  });
});

describe("a file", () => {
  it("longer than a section becomes several records that are read as one", async () => {
    const disc = new MemoryDisc();
    const small = new Iso9660({ sectionBytes: 2048 });
    const { tree, contents } = treeOf({ "big.bin": "x".repeat(2048 * 3 + 5), "next.txt": "n" });
    const state = await burnTree(small, disc, tree, appendSpace(0), contents);
    const volume = await small.open(disc, state);
    const [big] = await volume.list(volume.root);
    expect(big).toMatchObject({
      kind: "file",
      name: "big.bin",
      bytes: 2048 * 3 + 5,
      extents: [{ bytes: 2048 * 3 + 5 }],
    });
  });

  it("of 9 GiB takes three sections of at most 4 GiB - 2048", async () => {
    const content = { kind: "recorded", bytes: 9 * 2 ** 30, extents: [{ at: 100_000, bytes: 9 * 2 ** 30 }] } as const;
    const big = { ...file("big.bin"), content };
    const disc = new MemoryDisc();
    const state = await burnTree(fileSystem, disc, treeWith(big), appendSpace(0), []);
    const volume = await fileSystem.open(disc, state);
    expect(await volume.list(volume.root)).toMatchObject([
      { name: "big.bin", bytes: 9 * 2 ** 30, extents: content.extents },
    ]);
    const block = Buffer.from(await disc.read((volume.root as { at: number }).at, 1));
    expect(block.toString("latin1").split("BIG.BIN;1")).toHaveLength(4);
  });

  it("that lies in pieces is named piece by piece", async () => {
    const extents = [
      { at: 5000, bytes: 2048 },
      { at: 6000, bytes: 4096 },
      { at: 5001, bytes: 10 },
    ];
    const disc = new MemoryDisc();
    const state = await burnTree(
      fileSystem,
      disc,
      treeWith({ ...file("pieces"), content: { kind: "recorded", bytes: 6154, extents } }),
      appendSpace(0),
      [],
    );
    const volume = await fileSystem.open(disc, state);
    expect(await volume.list(volume.root)).toMatchObject([{ bytes: 6154, extents }]);
  });
});

it("100,000 files take 16 records a block, and folders are handed out in small chunks", async () => {
  const folders = Array.from({ length: 1000 }, (_, folder) =>
    directory(
      `folder_${String(folder).padStart(4, "0")}`,
      ...Array.from({ length: 100 }, (_, index) =>
        file(`document_${String(folder * 100 + index).padStart(6, "0")}.txt`, 0, 0),
      ),
    ),
  );
  const planned = await layout(...folders);
  const record = { ...fixed, start: 0, end: 1, trailerAt: 0 };
  const { front } = await planned.render({
    front: 0,
    start: 0,
    back: 0,
    sessionEnd: 1,
    chainEnd: 1,
    record,
    extentsOf: () => [],
  });
  const blocks = Object.fromEntries(front.map(({ label, blocks }) => [label, blocks]));
  // 100 records of 126 bytes and two of 82: 7 blocks a folder, where records of xorriso's 139 bytes take 8.
  expect(blocks["directories"]).toBe(7000 + Math.ceil(1002 / 18));
  for (const { source } of front) {
    if (source.from === "bytes") for (const chunk of source.produce()) expect(chunk.length).toBeLessThanOrEqual(65_536);
  }
});

it("deep folders stay where they are and do not end the stack", async () => {
  const depth = 2000;
  const deep = Array.from({ length: depth }).reduce<TreeNode>((inner) => directory("d", inner), file("end"));
  const disc = new MemoryDisc();
  const state = await burnTree(fileSystem, disc, treeWith(deep), appendSpace(0), [new Uint8Array(0)]);
  expect(Object.keys(await listingOf(await fileSystem.open(disc, state), disc))).toHaveLength(depth + 2);
});
