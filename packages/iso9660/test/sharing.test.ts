import type { Lba, RecordedVolume, Sharing, StateRef } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { directory } from "./arbitrary-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc, stateAt, treeOf } from "./memory-disc.ts";

const fileSystem = new Iso9660({ level: 4 });
const { tree, contents } = treeOf({ a: { "1.txt": "1", inner: {} }, b: { "2.txt": "2" }, "Größe: 5": {}, c: {} });

/** A disc with the tree, as it is or with something wrong, and its root's folders by name. */
async function opened(
  harm: (disc: MemoryDisc) => Promise<void> = async () => undefined,
): Promise<{ state: StateRef; volume: RecordedVolume; folders: Record<string, Lba> }> {
  const disc = new MemoryDisc();
  const state = await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
  await harm(disc);
  const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, 0));
  const folders: Record<string, Lba> = {};
  for (const entry of await volume.list(volume.root)) if (entry.kind === "directory") folders[entry.name] = entry.at;
  return { state, volume, folders };
}

async function sharingOf(volume: RecordedVolume): Promise<Sharing | string> {
  const answer = await volume.share?.();
  if (answer === undefined) throw new TypeError("ISO 9660 shares");
  return "reason" in answer ? answer.reason : answer;
}

/** Changes a block by its bytes. */
async function change(disc: MemoryDisc, at: Lba, edit: (bytes: Buffer) => void): Promise<void> {
  const bytes = Buffer.from(await disc.read(at, 1));
  edit(bytes);
  disc.write(at, bytes);
}

/** A number of the primary, Joliet's or the enhanced descriptor. */
async function pointer(disc: MemoryDisc, descriptor: 0 | 1 | 2, field: "root" | "tableL"): Promise<number> {
  return Buffer.from(await disc.read(16 + descriptor, 1)).readUInt32LE(field === "root" ? 158 : 140);
}

describe("what a volume shares", () => {
  it("is every folder that was listed, whatever its name is in each hierarchy", async () => {
    const { volume, folders } = await opened();
    const sharing = await sharingOf(volume);
    if (typeof sharing === "string") throw new Error(sharing);
    expect(Object.keys(folders)).toHaveLength(4);
    for (const [name, at] of Object.entries(folders)) expect(await sharing.canShare(at), name).toBe(true);
  });

  it("is no folder that nobody has listed", async () => {
    const { volume, folders } = await opened();
    const sharing = await sharingOf(volume);
    if (typeof sharing === "string") throw new Error(sharing);
    const inner = (
      await volume.list({ kind: "directory", name: "a", at: folders["a"] ?? 0, attributes: tree.root.attributes })
    ).flatMap((entry) => (entry.kind === "directory" ? [entry.at] : []));
    expect(await sharing.canShare(inner[0] ?? 0)).toBe(true);
    const { volume: other } = await opened();
    const fresh = await sharingOf(other);
    if (typeof fresh === "string") throw new Error(fresh);
    expect(await fresh.canShare(inner[0] ?? 0)).toBe(false);
    expect(await fresh.canShare(5)).toBe(false);
  });

  it.each([0, 1, 2] as const)("is nothing where path table %d has a folder before its parent", async (descriptor) => {
    const { volume } = await opened(async (disc) =>
      // The second record's parent: the root's record takes ten bytes.
      change(disc, await pointer(disc, descriptor, "tableL"), (bytes) => bytes.writeUInt16LE(9, 10 + 6)),
    );
    expect(await sharingOf(volume)).toMatch(/path tables cannot be read/);
  });

  it.each([0, 1, 2] as const)("is nothing where path table %d cannot be read", async (descriptor) => {
    const { volume } = await opened(async (disc) => {
      disc.blocks.delete(await pointer(disc, descriptor, "tableL"));
    });
    expect(await sharingOf(volume)).toMatch(/path tables cannot be read/);
    if (descriptor === 0) expect(await volume.directories?.()).toBeUndefined();
  });

  it.each([1, 2] as const)("is no folder that hierarchy %d does not show", async (descriptor) => {
    const { volume, folders } = await opened(async (disc) => {
      disc.blocks.delete(await pointer(disc, descriptor, "root"));
    });
    const sharing = await sharingOf(volume);
    if (typeof sharing === "string") throw new Error(sharing);
    for (const [name, at] of Object.entries(folders)) expect(await sharing.canShare(at), name).toBe(false);
  });

  it("lies before the session that shares it", async () => {
    const { state, volume } = await opened();
    const sharing = await sharingOf(volume);
    if (typeof sharing === "string") throw new Error(sharing);
    const layout = (at: Lba) =>
      fileSystem.layout({ ...tree, root: directory("") }, { space: appendSpace(at), fixed, base: state, sharing });
    await expect(layout(state.end - 16)).rejects.toThrow(TypeError);
    await expect(layout(state.end)).resolves.toBeDefined();
  });

  it("is laid out only where somebody has asked", async () => {
    const { state, volume, folders } = await opened();
    const sharing = await sharingOf(volume);
    if (typeof sharing === "string") throw new Error(sharing);
    const root = directory("", { ...directory("a"), sharedAt: folders["a"] ?? 0 });
    const space = appendSpace(state.end);
    await expect(fileSystem.layout({ ...tree, root }, { space, fixed, base: state, sharing })).rejects.toThrow(
      TypeError,
    );
    await expect(fileSystem.layout({ ...tree, root }, { space, fixed, base: state })).rejects.toThrow(TypeError);
  });
});
