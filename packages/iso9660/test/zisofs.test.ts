import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import {
  BLOCK_BYTES,
  type DirectoryNode,
  type FileNode,
  type RecordedEntry,
  type RecordedVolume,
} from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc, stateAt, treeOf } from "./memory-disc.ts";
import { strangerTest } from "./stranger.ts";

type FileEntry = RecordedEntry & { readonly kind: "file" };

const BLOCK_SHIFT = 15;
const PACKED = 2 ** BLOCK_SHIFT;

/** Text, a block of zeros, and the rest of a block: what a compressed file has inside. */
const plain: Buffer = Buffer.concat([
  Buffer.from("hello, compressed world\n".repeat(2000)).subarray(0, PACKED),
  Buffer.alloc(PACKED),
  Buffer.from("the end\n".repeat(1000)),
]);

/** A file as mkzftree makes it: header, addresses of the blocks, blocks. `version` 2 as libisofs does. */
function packed(bytes: Buffer, version: 1 | 2): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes.length / PACKED) }, (_, index) => {
    const block = bytes.subarray(index * PACKED, (index + 1) * PACKED);
    return block.every((byte) => byte === 0) ? Buffer.alloc(0) : deflateSync(block);
  });
  const [headerBytes, pointerBytes] = version === 1 ? [16, 4] : [24, 8];
  const header = Buffer.alloc(headerBytes + (blocks.length + 1) * pointerBytes);
  header.write(version === 1 ? "37e45396c9dbd607" : "ef2255a1bc1b95a0", "hex");
  if (version === 1) {
    header.writeUInt32LE(bytes.length, 8);
    header.set([4, BLOCK_SHIFT], 12);
  } else {
    header.set([0, 6, 1, BLOCK_SHIFT], 8);
    header.writeBigUInt64LE(BigInt(bytes.length), 12);
  }
  let at = header.length;
  for (const [index, block] of [...blocks, Buffer.alloc(0)].entries()) {
    if (version === 1) header.writeUInt32LE(at, 16 + index * 4);
    else header.writeBigUInt64LE(BigInt(at), 24 + index * 8);
    at += block.length;
  }
  return Buffer.concat([header, ...blocks]);
}

/** A disc whose second session says that the first one's file is compressed. */
async function compressedDisc(
  version: 1 | 2,
  stored: Buffer = packed(plain, version),
  bytes: number = plain.length,
  fileSystem = new Iso9660(),
): Promise<{ disc: MemoryDisc; volume: RecordedVolume; file: FileEntry }> {
  const disc = new MemoryDisc();
  const { tree, contents } = treeOf({ [`${"long name ".repeat(16)}.txt`]: stored, other: "other" });
  const base = await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
  const imported = await importTree(await fileSystem.open(disc, base));
  const encoding = `zisofs ${version} ${version === 1 ? 4 : 6} ${BLOCK_SHIFT}`;
  const children = (imported.children as FileNode[]).map((node) =>
    node.name === "other" ? node : { ...node, content: { ...node.content, bytes, encoding } },
  );
  const root = { ...imported, children } as DirectoryNode;
  await burnTree(fileSystem, disc, { ...tree, root }, appendSpace(4096), [], base);
  const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, 4096));
  const file = (await volume.list(volume.root)).find(({ name }) => name !== "other") as FileEntry;
  return { disc, volume, file };
}

async function decoded(volume: RecordedVolume, file: FileEntry): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of volume.decode?.(file) ?? []) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What is given before it fails, and how it fails. */
async function decodedBeside(volume: RecordedVolume, file: FileEntry): Promise<{ bytes: Buffer; error: unknown }> {
  const pieces: Uint8Array[] = [];
  try {
    for await (const piece of volume.decode?.(file) ?? []) pieces.push(piece);
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error };
  }
  return { bytes: Buffer.concat(pieces), error: undefined };
}

/** Bytes that cannot be compressed, the same each time. */
function createNoise(bytes: number): Buffer {
  const pieces = Array.from({ length: bytes / 32 }, (_, index) => createHash("sha256").update(`${index}`).digest());
  return Buffer.concat(pieces);
}

describe.each([1, 2] as const)("a compressed file (zisofs version %i)", (version) => {
  it("has the length and the bytes that programs see, and lies on the disc as it is", async () => {
    const { volume, file, disc } = await compressedDisc(version);
    expect(file.bytes).toBe(plain.length);
    expect((await decoded(volume, file)).equals(plain)).toBe(true);
    const stored = packed(plain, version);
    expect(file.extents).toEqual([{ at: expect.any(Number), bytes: stored.length }]);
    const at = file.extents[0]?.at ?? 0;
    const raw = await disc.read(at, Math.ceil(stored.length / BLOCK_BYTES));
    expect(Buffer.from(raw).subarray(0, stored.length).equals(stored)).toBe(true);
    expect(volume.findings).toEqual([]);
  });

  it("stays compressed when a session is added", async () => {
    const { file } = await compressedDisc(version);
    expect(file.encoding).toBe(`zisofs ${version} ${version === 1 ? 4 : 6} 15`);
  });

  it("without Rock Ridge is shown as it lies on the disc, which is told", async () => {
    const { volume } = await compressedDisc(version);
    const root = await importTree(volume);
    const { notes } = await new Iso9660({ rockRidge: false }).layout(
      { volumeName: "V", root },
      { space: appendSpace(8192), fixed },
    );
    expect(notes.join("\n")).toMatch(/1 compressed file shown as the compressed bytes/);
  });

  it("cannot be started, and in a profile without Rock Ridge is told of", async () => {
    const { volume } = await compressedDisc(version);
    const imported = await importTree(volume);
    const root = { ...imported, children: imported.children.map((node) => ({ ...node, name: node.name.slice(0, 1) })) };
    const tree = { volumeName: "V", root };
    const frame = { space: appendSpace(8192), fixed };
    const bootable = new Iso9660({ boot: { entries: [{ image: "/l" }] } });
    await expect(bootable.layout(tree, frame)).rejects.toMatchObject({ code: "iso9660/NOT_BOOTABLE", subject: "/l" });
    const named = { ...root, children: root.children.map((node) => ({ ...node, name: node.name.toUpperCase() })) };
    const { notes } = await new Iso9660({ profile: "strict" }).layout({ ...tree, root: named }, frame);
    expect(notes.join("\n")).toMatch(/1 compressed file shown as the compressed bytes/);
  });

  it("in sections of one block is put together", async () => {
    const stored = packed(plain, version);
    const { volume, file } = await compressedDisc(version, stored, plain.length, new Iso9660({ sectionBytes: 2048 }));
    expect((await decoded(volume, file)).equals(plain)).toBe(true);
  });

  const pointersAt = version === 1 ? 16 : 24;
  it.each<[string, (stored: Buffer) => void, RegExp]>([
    ["that does not begin as one", (stored) => stored.writeUInt8(0, 0), /does not begin/],
    ["whose header tells another length", (stored) => stored.writeUInt8(1, version === 1 ? 8 : 12), /says that it has/],
    [
      "whose list of blocks goes backwards",
      (stored) => stored.writeUInt32LE(1, pointersAt + (version === 1 ? 4 : 8)),
      /list of blocks/,
    ],
    [
      "whose list of blocks leads outside",
      (stored) => stored.writeUInt32LE(0x7fff_ffff, pointersAt + (version === 1 ? 4 : 8)),
      /list of blocks/,
    ],
    ["with a damaged block", (stored) => stored.fill(0xff, stored.length - 9), /compressed block is damaged/],
  ])("%s is an error with the address of the damage", async (_, damage, message) => {
    const stored = packed(plain, version);
    damage(stored);
    const { volume, file } = await compressedDisc(version, stored);
    await expect(decoded(volume, file)).rejects.toMatchObject({
      code: "DAMAGED_CONTENT",
      message: expect.stringMatching(message),
      subject: expect.stringMatching(/^block \d+$/),
    });
  });

  it.each<[string, number, (stored: Buffer) => void]>([
    [
      "whose first block is damaged",
      0,
      (stored) => stored.fill(0xff, pointersAt + 4 * (version === 1 ? 4 : 8) + 10, 90),
    ],
    ["whose last block is damaged", 2, (stored) => stored.fill(0xff, stored.length - 9)],
  ])("%s loses that block only, and fails when all others are given", async (_, lost, damage) => {
    const stored = packed(plain, version);
    damage(stored);
    const { volume, file } = await compressedDisc(version, stored);
    const { bytes, error } = await decodedBeside(volume, file);
    const expected = Buffer.from(plain).fill(0, lost * PACKED, Math.min(plain.length, (lost + 1) * PACKED));
    expect(bytes.equals(expected)).toBe(true);
    expect(error).toMatchObject({ code: "DAMAGED_CONTENT", message: expect.stringMatching(/block is damaged\.$/) });
  });

  it("with a pointer that makes no sense loses the two blocks that it parts", async () => {
    const stored = packed(plain, version);
    stored.writeUInt32LE(0x7fff_ffff, pointersAt + (version === 1 ? 4 : 8));
    const { volume, file } = await compressedDisc(version, stored);
    const { bytes, error } = await decodedBeside(volume, file);
    expect(bytes.equals(Buffer.from(plain).fill(0, 0, 2 * PACKED))).toBe(true);
    expect(error).toMatchObject({
      message: expect.stringMatching(/^Block \d+: .* So it is with 1 more of the file's/),
    });
  });

  it("with a block of the disc that cannot be read loses what lies in it", async () => {
    // Bytes that do not become fewer, so that each compressed block takes many of the disc.
    const noise = createNoise(4 * PACKED);
    const stored = packed(noise, version);
    const { disc, volume, file } = await compressedDisc(version, stored, noise.length);
    const at = (file.extents[0]?.at ?? 0) + Math.floor((1.5 * PACKED) / BLOCK_BYTES);
    disc.blocks.delete(at);
    const { bytes, error } = await decodedBeside(volume, file);
    expect(bytes.equals(Buffer.from(noise).fill(0, PACKED, 2 * PACKED))).toBe(true);
    expect(error).toMatchObject({
      code: "DAMAGED_CONTENT",
      message: expect.stringContaining(`cannot be read. Block ${at} cannot be read`),
    });
  });

  it("that cannot be as long as it says is shown as it lies on the disc", async () => {
    const stored = packed(plain, version);
    const { volume, file } = await compressedDisc(version, stored, 2 ** 31);
    expect(file).toMatchObject({ bytes: stored.length });
    expect(file.encoding).toBeUndefined();
    expect(volume.findings).toEqual([{ at: expect.any(Number), what: expect.stringMatching(/cannot be as long/) }]);
  });

  it("that lies where no disc is fails without a read", async () => {
    const { volume, file } = await compressedDisc(version);
    const extents = [{ at: 2 ** 32 - 1, bytes: 4096 }];
    await expect(decoded(volume, { ...file, bytes: 10, extents })).rejects.toMatchObject({ code: "READ_FAILED" });
  });

  it("whose blocks cannot be read fails with their address", async () => {
    const { disc, volume, file } = await compressedDisc(version);
    disc.blocks.delete(file.extents[0]?.at ?? -1);
    await expect(decoded(volume, file)).rejects.toMatchObject({ code: "READ_FAILED" });
  });
});

describe.each([
  ["1", "level=9:block_size=32k"],
  ["2, marked by ZF", "level=9:version_2=on:susp_z2=off"],
  ["2, marked by Z2", "level=9:version_2=on:susp_z2=on"],
])("files that xorriso compressed with zisofs version %s", (_, settings) => {
  strangerTest("are read as they were, and xorriso reads our next session", ["xorriso"], async (bench) => {
    const texts = { "text.txt": "a line of text\n".repeat(20_000), zeros: "\0".repeat(300_000), small: "x", empty: "" };
    for (const [name, text] of Object.entries(texts)) bench.write(`source/${name}`, text);
    const quiet = ["-no_rc", "-report_about", "FAILURE"];
    const filter = ["-zisofs", settings, "-map", "source", "/", "-set_filter_r", "--zisofs", "/", "--"];
    bench.run("xorriso", ...quiet, "-outdev", "disc.iso", ...filter, "-commit");

    const disc = new MemoryDisc();
    disc.write(0, readFileSync(join(bench.folder, "disc.iso")));
    const fileSystem = new Iso9660();
    const base = await stateAt(fileSystem, disc, 0);
    const check = async (volume: RecordedVolume): Promise<void> => {
      let compressed = 0;
      for (const entry of await volume.list(volume.root)) {
        const file = entry as FileEntry;
        const text = texts[file.name as keyof typeof texts];
        expect(file.bytes).toBe(text.length);
        if (file.encoding === undefined) continue;
        compressed += 1;
        expect((await decoded(volume, file)).toString()).toBe(text);
      }
      expect(compressed).toBe(2);
    };
    const volume = await fileSystem.open(disc, base);
    await check(volume);

    const root = await importTree(volume);
    await burnTree(fileSystem, disc, { volumeName: "V", root }, appendSpace(4096), [], base);
    const again = await fileSystem.open(disc, await stateAt(fileSystem, disc, 4096));
    await check(again);
    // The name first: libarchive reads nothing behind a signature that has a digit.
    expect(Buffer.from(await disc.read(again.root.at, 1)).toString("latin1")).toContain("text.txtZ");
    bench.write("image.iso", disc.toImage());
    const load = ["-load", "sbsector", "4096", "-indev", "image.iso"];
    bench.run("xorriso", ...quiet, "-osirrox", "on", ...load, "-extract", "/", "out");
    for (const [name, text] of Object.entries(texts)) {
      expect(readFileSync(join(bench.folder, "out", name), "latin1")).toBe(text);
    }
  });
});
