import { createHash } from "node:crypto";
import {
  assembleHead,
  BLOCK_BYTES,
  type DirectoryNode,
  type Lba,
  type RecordedEntry,
  type RecordedVolume,
  type StateRef,
  type Tree,
  type TreeNode,
} from "@multisession/core";
import { describe, expect, it } from "vitest";
import { encodeTag, isTag } from "../src/checksum-tag.ts";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import {
  appendSpace,
  burnLayout,
  burnTree,
  fixed,
  MemoryDisc,
  overwriteSpace,
  stateAt,
  treeOf,
} from "./memory-disc.ts";

const fileSystem = new Iso9660({ md5: true });
const START = 1000;

const md5 = (bytes: Uint8Array | string): Buffer => createHash("md5").update(bytes).digest();

const { tree, contents } = treeOf({
  "a.txt": "a".repeat(5000),
  empty: "",
  folder: { "b.txt": "b", ["n".repeat(220)]: "long name" },
});

/** A tag as its text has it. */
interface Tag {
  readonly at: Lba;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

function tagsOf(disc: MemoryDisc): readonly Tag[] {
  return [...disc.blocks.entries()]
    .filter(([, block]) => isTag(block))
    .map(([at, block]) => {
      const [name = "", ...fields] = Buffer.from(block).toString("latin1").split("\n")[0]?.split(" ") ?? [];
      return { at, name, fields: Object.fromEntries(fields.map((field) => field.split("=") as [string, string])) };
    })
    .toSorted((a, b) => a.at - b.at);
}

/** Sum of blocks as a disc has them. */
async function sumOf(disc: MemoryDisc, from: Lba, end: Lba): Promise<string> {
  return md5(await disc.read(from, end - from)).toString("hex");
}

/** All files of a volume by their names, and the sums that the disc has of them. */
async function sumsOf(volume: RecordedVolume): Promise<Record<string, string | undefined>> {
  const files: (RecordedEntry & { readonly kind: "file" })[] = [];
  const waiting = [volume.root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop())
    for (const entry of await volume.list(folder)) {
      if (entry.kind === "directory") waiting.push(entry);
      if (entry.kind === "file") files.push(entry);
    }
  const sums = await volume.md5Sums?.();
  return Object.fromEntries(
    files.map((file) => {
      const sum = sums?.(file);
      return [file.name.slice(0, 8), sum && Buffer.from(sum).toString("hex")];
    }),
  );
}

const expected = {
  "a.txt": md5("a".repeat(5000)).toString("hex"),
  empty: md5("").toString("hex"),
  "b.txt": md5("b").toString("hex"),
  nnnnnnnn: md5("long name").toString("hex"),
};

async function firstSession(): Promise<{ disc: MemoryDisc; state: StateRef; volume: RecordedVolume }> {
  const disc = new MemoryDisc();
  const state = await burnTree(fileSystem, disc, tree, appendSpace(START), contents);
  return { disc, state, volume: await fileSystem.open(disc, state) };
}

/** The tree of a volume as an image gives it back, in its folders only what was listed. */
async function readTree(volume: RecordedVolume, isShared = false): Promise<DirectoryNode> {
  const folder = async (entry: RecordedEntry & { readonly kind: "directory" }): Promise<DirectoryNode> => {
    const children: TreeNode[] = [];
    for (const { at, ...child } of (await volume.list(entry)) as (RecordedEntry & { readonly at?: Lba })[]) {
      if (child.kind === "directory" && at !== undefined)
        children.push(isShared ? { ...child, children: [], sharedAt: at } : await folder({ ...child, at }));
      else if (child.kind === "file") {
        const { bytes, extents, md5At, ...node } = child;
        const sum = md5At === undefined ? {} : { md5At };
        children.push({ ...node, content: { kind: "recorded", bytes, extents, ...sum } });
      }
    }
    return { kind: "directory", name: entry.name, attributes: entry.attributes, children };
  };
  return folder(volume.root);
}

/** Adds a file to a session and opens the new one. */
async function append(
  disc: MemoryDisc,
  base: StateRef,
  text: string,
  { isShared = false, start = 2000, fileSystem = new Iso9660({ md5: true }) } = {},
): Promise<{ state: StateRef; volume: RecordedVolume }> {
  const volume = await fileSystem.open(disc, base);
  const root = await readTree(volume, isShared);
  const sharing = isShared ? await volume.share?.() : undefined;
  for (const child of root.children)
    if (child.kind === "directory" && sharing !== undefined && "canShare" in sharing)
      expect(await sharing.canShare(child.sharedAt ?? 0)).toBe(true);
  const grown: Tree = {
    volumeName: "Test Volume",
    root: { ...root, children: [...root.children, file(text, text.length, 0)] },
  };
  const space = appendSpace(start);
  const md5Sums = isShared ? undefined : await volume.md5Sums?.();
  const layout = await fileSystem.layout(grown, {
    space,
    fixed: { ...fixed, sequence: base.index + 2 },
    base,
    ...(sharing !== undefined && "canShare" in sharing ? { sharing } : {}),
    ...(md5Sums === undefined ? {} : { md5Sums }),
  });
  await burnLayout(disc, layout, space, [Buffer.from(text)]);
  const state = await stateAt(fileSystem, disc, start, base.index + 1);
  return { state, volume: await fileSystem.open(disc, state) };
}

describe("a session with MD5 sums", () => {
  it("has three tags, each with the sum of all blocks before it, and the way to the next", async () => {
    const { disc } = await firstSession();
    const tags = tagsOf(disc);
    expect(tags.map(({ name }) => name)).toEqual([
      "libisofs_sb_checksum_tag_v1",
      "libisofs_tree_checksum_tag_v1",
      "libisofs_checksum_tag_v1",
    ]);
    // Behind primary descriptor, Joliet's and the terminator.
    expect(tags[0]?.at).toBe(START + 19);
    expect(tags.map(({ fields }) => fields["next"])).toEqual([`${tags[1]?.at}`, `${tags[2]?.at}`, undefined]);
    for (const { at, fields } of tags) {
      expect(fields).toMatchObject({ pos: `${at}`, range_start: `${START}`, range_size: `${at - START}` });
      expect(fields["md5"]).toBe(await sumOf(disc, START, at));
    }
  });

  it("has a list with the sums of the session, of every file, and of the list", async () => {
    const { disc, volume } = await firstSession();
    expect(await sumsOf(volume)).toEqual(expected);
    const at = (tagsOf(disc)[2]?.at ?? 0) - 1;
    const list = Buffer.from(await disc.read(at, 1));
    expect(list.subarray(0, 16).toString("hex")).toBe(await sumOf(disc, START, at));
    const end = 16 * (1 + contents.length);
    expect(list.subarray(16, 32)).toEqual(md5(contents[0] ?? ""));
    expect(list.subarray(end, end + 16)).toEqual(md5(list.subarray(0, end)));
    expect(list.subarray(end + 16).every((byte) => byte === 0)).toBe(true);
  });

  it.each([0, 16])(
    "on overwritable media has one more tag in the head, in a unit that begins at block %d",
    async (at) => {
      const disc = new MemoryDisc();
      for (let block = 0; block < 32; block += 1) disc.write(block, Buffer.alloc(BLOCK_BYTES, block));
      const space = overwriteSpace(32, { published: { by: "head", at, unit: 32 - at } });
      await burnTree(fileSystem, disc, tree, space, contents);
      const [relocated, superblock] = tagsOf(disc);
      expect(relocated).toMatchObject({
        at: 19,
        name: "libisofs_rlsb32_checksum_tag_v1",
        fields: { pos: "19", range_start: "0", range_size: "19", session_start: "32", md5: await sumOf(disc, 0, 19) },
      });
      expect(superblock).toMatchObject({ at: 51, fields: { md5: await sumOf(disc, 32, 51) } });
    },
  );

  it("is as long as one without, but for tags, the list, and 16 bytes in the record of each file", async () => {
    const count = 1000;
    const many: Tree = {
      volumeName: "V",
      root: directory("", ...Array.from({ length: count }, (_, id) => file(`document_${id}.txt`, 1, id))),
    };
    const frame = { space: appendSpace(0), fixed };
    const lengthOf = async ({ front, back }: { front: number; back: number }): Promise<number> => front + back;
    const plain = await lengthOf(await new Iso9660({ joliet: false }).layout(many, frame));
    const summed = await lengthOf(await new Iso9660({ joliet: false, md5: true }).layout(many, frame));
    // 124 bytes a record without, 140 with a sum: 16 and 14 in a block.
    const directories = Math.ceil(count / 14) - Math.ceil(count / 16);
    expect(summed - plain).toBe(3 + Math.ceil(((count + 2) * 16) / BLOCK_BYTES) + directories);
  });

  it("takes Rock Ridge", () => {
    expect(() => new Iso9660({ md5: true, rockRidge: false })).toThrow(/rockRidge/);
  });

  it("keeps attributes of a file and of the root beside its own", async () => {
    const extended = [{ name: "user.comment", value: Buffer.from("c".repeat(400)) }];
    const short = [{ name: "user.short", value: Buffer.from("s") }];
    const disc = new MemoryDisc();
    const node = file("f", 1, 0);
    const root = directory("", { ...node, attributes: { ...node.attributes, extended } });
    const withAttributes = { volumeName: "V", root: { ...root, attributes: { ...root.attributes, extended: short } } };
    const state = await burnTree(fileSystem, disc, withAttributes, appendSpace(0), [Buffer.from("x")]);
    const volume = await fileSystem.open(disc, state);
    expect(volume.root.attributes.extended).toEqual(short);
    expect((await volume.list(volume.root))[0]?.attributes.extended).toEqual(extended);
    expect(await sumsOf(volume)).toEqual({ f: md5("x").toString("hex") });
    expect(volume.findings).toEqual([]);
  });
});

describe("a later session", () => {
  it("has the sums of old files too, though it reads none of them", async () => {
    const { disc, state } = await firstSession();
    const { volume } = await append(disc, state, "more");
    expect(await sumsOf(volume)).toEqual({ ...expected, more: md5("more").toString("hex") });
    expect(tagsOf(disc)).toHaveLength(6);
  });

  it("that shares folders has no list: old files keep their places in the one before, and new ones have no sum", async () => {
    const { disc, state } = await firstSession();
    const { volume } = await append(disc, state, "more", { isShared: true });
    expect(await sumsOf(volume)).toEqual({ ...expected, more: undefined });
    const [, , , superblock, treeTag, sessionTag] = tagsOf(disc);
    expect(superblock?.fields["range_start"]).toBe("2000");
    // Behind the directories one content, and no list.
    expect((sessionTag?.at ?? 0) - (treeTag?.at ?? 0)).toBe(2);
  });

  it("that shares folders and records no sums names the list all the same, because records in those folders do", async () => {
    const { disc, state } = await firstSession();
    const { volume } = await append(disc, state, "more", { isShared: true, fileSystem: new Iso9660() });
    expect(await sumsOf(volume)).toEqual({ ...expected, more: undefined });
    expect(tagsOf(disc)).toHaveLength(3);
  });

  it("has the sum of a content that was read because a new file is equal to it", async () => {
    const { disc, state } = await firstSession();
    const content = { kind: "recorded", bytes: 1, extents: [{ at: 1234, bytes: 1 }], md5: md5("b") } as const;
    const space = appendSpace(2000);
    const root = directory("", { ...file("same"), content }, { ...file("again"), content });
    const layout = await fileSystem.layout({ volumeName: "V", root }, { space, fixed, base: state });
    // One sum for both.
    expect(layout.back).toBe(2);
    await burnLayout(disc, layout, space);
    const opened = await fileSystem.open(disc, await stateAt(fileSystem, disc, 2000));
    expect(await sumsOf(opened)).toEqual({ same: expected["b.txt"], again: expected["b.txt"] });
  });

  it("leaves old files without a sum where the session before has none", async () => {
    const disc = new MemoryDisc();
    const state = await burnTree(new Iso9660(), disc, tree, appendSpace(START), contents);
    const { volume } = await append(disc, state, "more");
    const sums = await sumsOf(volume);
    expect(sums).toEqual({
      ...Object.fromEntries(Object.keys(expected).map((name) => [name, undefined])),
      more: md5("more").toString("hex"),
    });
  });
});

describe("damaged sums", () => {
  it.each([
    ["a list with a wrong byte", (disc: MemoryDisc, at: Lba) => disc.write(at, Buffer.alloc(BLOCK_BYTES, 7))],
    ["a list that cannot be read", (disc: MemoryDisc, at: Lba) => disc.blocks.delete(at)],
  ])("%s is a finding with its address, and no sum of it counts", async (_, harm) => {
    const { disc, volume } = await firstSession();
    const at = (tagsOf(disc)[2]?.at ?? 0) - 1;
    harm(disc, at);
    expect(Object.values(await sumsOf(volume)).filter((sum) => sum !== undefined)).toEqual([]);
    expect(volume.findings).toEqual([{ at, what: "The list of MD5 sums cannot be read or is damaged." }]);
  });
});

describe("head and directories", () => {
  it.each(["in a session", "in the head of a disc"])(
    "%s come with their sum, for whoever verifies them",
    async (place) => {
      const disc = new MemoryDisc();
      const session = await burnTree(fileSystem, disc, tree, overwriteSpace(32), contents);
      const state = place === "in a session" ? session : await stateAt(fileSystem, disc, 0);
      const summed = await (await fileSystem.open(disc, state)).summedDirectories?.();
      const end = tagsOf(disc)[2]?.at ?? 0;
      expect(summed).toEqual({ at: 32, blocks: end - 32, md5: Buffer.from(await sumOf(disc, 32, end), "hex") });
    },
  );

  it.each([
    ["a tag was changed", (block: Buffer) => block.write("9", block.indexOf("md5=") + 4)],
    [
      "a tag lies elsewhere than it says",
      (block: Buffer) => block.set(encodeTag({ kind: "tree", at: 7, from: 1, pointer: 9 }, block.subarray(0, 16))),
    ],
    ["there is no tag", (block: Buffer) => block.fill(0)],
  ])("have no sum where %s", async (_, harm) => {
    const { disc, state } = await firstSession();
    const at = tagsOf(disc)[1]?.at ?? 0;
    const block = Buffer.from(await disc.read(at, 1));
    harm(block);
    disc.write(at, block);
    expect(await (await fileSystem.open(disc, state)).summedDirectories?.()).toBeUndefined();
  });
});

describe("a tag that another program left in the head", () => {
  // It belongs to a head that is written over, and xorriso refuses a disc whose head is another than its tag says.
  const stale = encodeTag({ kind: "relocated", at: 25, from: 0, pointer: 32 }, md5("what was there"));
  const plain = new Iso9660();
  const space = overwriteSpace(32);
  const { keepsInHead } = { keepsInHead: (block: Uint8Array) => plain.keepsInHead(block) };

  it("is gone after a session without MD5 sums, and nothing else is", async () => {
    const disc = new MemoryDisc();
    for (let block = 0; block < 32; block += 1) disc.write(block, Buffer.alloc(BLOCK_BYTES, 1));
    disc.write(25, stale);
    const head = plain.clear(space, fixed).slice(0, 1);
    disc.burn(assembleHead({ space, keeps: keepsInHead, imageDigest: "" }, head, { start: 0, end: 32, label: "" }), []);
    expect(tagsOf(disc)).toEqual([]);
    expect(disc.blocks.get(25)?.every((byte) => byte === 0)).toBe(true);
    expect(disc.blocks.get(26)?.every((byte) => byte === 1)).toBe(true);
    expect(disc.blocks.get(0)?.every((byte) => byte === 1)).toBe(true);
  });
});
