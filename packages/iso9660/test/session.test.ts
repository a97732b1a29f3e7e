import { decodeSessionRecord, type Fixed, type StateRef } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import {
  appendSpace,
  burnLayout,
  burnTree,
  fixed,
  MemoryDisc,
  overwriteSpace,
  type Sketch,
  stateAt,
  treeOf,
} from "./memory-disc.ts";
import { listingOf } from "./read-back.ts";

const fileSystem = new Iso9660();

async function burnSketch(
  disc: MemoryDisc,
  sketch: Sketch,
  space: ReturnType<typeof appendSpace>,
  base?: StateRef,
): Promise<StateRef> {
  const { tree, contents } = treeOf(sketch);
  return burnTree(fileSystem, disc, tree, space, contents, base);
}

async function namesAt(disc: MemoryDisc, state: StateRef): Promise<string[]> {
  return Object.keys(await listingOf(await fileSystem.open(disc, state), disc)).filter((path) => path !== "");
}

/** Volume space size of the primary and the Joliet descriptor behind `start`. */
async function sizesAt(disc: MemoryDisc, start: number): Promise<number[]> {
  return Promise.all([16, 17].map(async (offset) => Buffer.from(await disc.read(start + offset, 1)).readUInt32LE(80)));
}

describe("a session that is published by closing", () => {
  it("carries the absolute end of the session as its size, which newest Linux insists on", async () => {
    const disc = new MemoryDisc();
    const state = await burnSketch(disc, { "a.txt": "a" }, appendSpace(12_010));
    expect(await sizesAt(disc, 12_010)).toEqual([state.end, state.end]);
    expect(state.end).toBe((state.record?.trailerAt ?? 0) + 1);
  });

  it("holds the session record at the start of the application use field", async () => {
    const disc = new MemoryDisc();
    const state = await burnSketch(disc, {}, appendSpace(32));
    const descriptor = await disc.read(48, 1);
    expect(decodeSessionRecord(descriptor.subarray(883))).toEqual(state.record);
    expect(state.record).toMatchObject({ ...fixed, start: 32, end: state.end });
  });

  it("keeps the contents of earlier sessions where they are", async () => {
    const disc = new MemoryDisc();
    const first = await burnSketch(disc, { "old.txt": "old", folder: { "older.txt": "older" } }, appendSpace(0));
    const old = await fileSystem.open(disc, first);
    const [folder, file] = await old.list(old.root);
    if (folder?.kind !== "directory" || file?.kind !== "file")
      throw new Error("The first session is not as it was written");
    const { tree, contents } = treeOf({ "new.txt": "new" });
    const kept = {
      kind: "file",
      name: "kept.txt",
      attributes: file.attributes,
      content: { kind: "recorded", bytes: file.bytes, extents: file.extents },
    } as const;
    const second = await burnTree(
      fileSystem,
      disc,
      { ...tree, root: { ...tree.root, children: [...tree.root.children, kept] } },
      appendSpace(12_000),
      contents,
      first,
    );
    const listing = await listingOf(await fileSystem.open(disc, second), disc);
    expect(listing["/kept.txt"]?.content).toBe(Buffer.from("old").toString("base64"));
    expect(listing["/new.txt"]?.content).toBe(Buffer.from("new").toString("base64"));
    expect(
      (await (await fileSystem.open(disc, second)).list((await fileSystem.open(disc, second)).root)).find(
        ({ name }) => name === "kept.txt",
      ),
    ).toMatchObject({ extents: file.extents });
  });
});

describe("a session that is published by the disc's head", () => {
  it("carries its own size in its head and the absolute one in the disc's, up to where the chain goes on", async () => {
    const disc = new MemoryDisc();
    const first = await burnSketch(disc, { "a.txt": "a" }, overwriteSpace(32));
    const second = await burnSketch(disc, { "b.txt": "b" }, overwriteSpace(first.end), first);
    expect(await sizesAt(disc, first.start)).toEqual([first.end - 32, first.end - 32]);
    expect(await sizesAt(disc, second.start)).toEqual([second.end - second.start, second.end - second.start]);
    expect(await sizesAt(disc, 0)).toEqual([second.end, second.end]);
  });

  it("counts the blocks that replaced units take behind the session", async () => {
    const disc = new MemoryDisc();
    const unit = {
      start: 0,
      end: 32,
      rule: "replace",
      unit: 32,
      takesFrom: 32,
      perUnit: [{ resource: "blocks", amount: 32 }],
    } as const;
    const space = overwriteSpace(32, {
      ranges: [unit, { start: 32, end: 100_000, rule: "append", next: 32, unit: 32 }],
    });
    const state = await burnSketch(disc, { "a.txt": "a" }, space);
    expect(state.end).toBe((state.record?.trailerAt ?? 0) + 1 + 32);
    expect(await sizesAt(disc, 0)).toEqual([state.end, state.end]);
  });

  it("has the same digest at the session and at the start of the disc, and another when the tree is another", async () => {
    const disc = new MemoryDisc();
    const first = await burnSketch(disc, { "a.txt": "a" }, overwriteSpace(32));
    const second = await burnSketch(disc, { "b.txt": "b" }, overwriteSpace(first.end), first);
    const head = await stateAt(fileSystem, disc, 0);
    expect(head.digest).toBe(second.digest);
    expect(head.record).toEqual(second.record);
    expect(first.digest).not.toBe(second.digest);
  });

  it("can be opened when its own head is damaged, through the disc's", async () => {
    const disc = new MemoryDisc();
    const state = await burnSketch(disc, { "a.txt": "a" }, overwriteSpace(32));
    disc.blocks.delete(48);
    expect(await namesAt(disc, state)).toEqual(["/a.txt"]);
    disc.blocks.delete(16);
    await expect(namesAt(disc, state)).rejects.toMatchObject({ code: "DAMAGED_CONTENT" });
  });

  it("restores a destroyed head from the session's own, byte for byte", async () => {
    const disc = new MemoryDisc();
    const state = await burnSketch(disc, { "a.txt": "a" }, overwriteSpace(32));
    const before = await disc.read(16, 3);
    const extents = await fileSystem.restoreHead(state, overwriteSpace(32), disc);
    for (const at of [16, 17, 18]) disc.blocks.delete(at);
    disc.burn({ phases: [{ kind: "commit", extents, then: "none" }], state, imageDigest: "" }, []);
    expect(Buffer.from(await disc.read(16, 3)).equals(before)).toBe(true);
  });
});

describe("a bridge", () => {
  const bridged = async (
    base: "none" | "first" | "empty",
  ): Promise<{ disc: MemoryDisc; first: StateRef; second: StateRef }> => {
    const disc = new MemoryDisc();
    const first = await burnSketch(disc, { "a.txt": "a" }, overwriteSpace(32));
    const second = await burnSketch(
      disc,
      { "b.txt": "b" },
      overwriteSpace(first.end + 96, { chainFrom: first.end }),
      base === "none" ? undefined : base === "empty" ? { ...first, start: 0 } : first,
    );
    return { disc, first, second };
  };

  it("leads from where the chain went on to the session, shows the base's tree, and has no record", async () => {
    const { disc, first, second } = await bridged("first");
    const bridge = await stateAt(fileSystem, disc, first.end, 1);
    expect(bridge).toMatchObject({ end: second.start, digest: first.digest });
    expect(bridge.record).toBeUndefined();
    expect(await sizesAt(disc, first.end)).toEqual([96, 96]);
    expect(await namesAt(disc, bridge)).toEqual(["/a.txt"]);
  });

  it.each(["none", "empty"] as const)(
    "shows the session's own tree when the chain has no state before it: %s",
    async (base) => {
      const { disc, first, second } = await bridged(base);
      const bridge = await stateAt(fileSystem, disc, first.end, 1);
      expect(bridge).toMatchObject({ end: second.start, digest: second.digest });
      expect(await namesAt(disc, bridge)).toEqual(["/b.txt"]);
    },
  );
});

describe("a republished state", () => {
  it("is a head of 19 blocks that shows the old tree, with its digest and a record of its own", async () => {
    const disc = new MemoryDisc();
    const old = await burnSketch(disc, { "a.txt": "a" }, appendSpace(0));
    const space = appendSpace(old.end);
    const again: Fixed = { ...fixed, sequence: 2, nonce: "1111111111111111" };
    const layout = await fileSystem.republish(old, { space, base: old, fixed: again }, disc);
    expect(layout).toMatchObject({ front: 19, back: 0 });
    expect(layout.front).toBeLessThanOrEqual(fileSystem.needs(undefined).headBlocks);
    await burnLayout(disc, layout, space, [], again);
    const state = await stateAt(fileSystem, disc, old.end, 1);
    expect(state.digest).toBe(old.digest);
    expect(state.record).toMatchObject({ sequence: 2, start: old.end, nonce: "1111111111111111" });
    expect(await sizesAt(disc, old.end)).toEqual([state.end, state.end]);
    expect(await namesAt(disc, state)).toEqual(["/a.txt"]);
  });

  it("is an empty volume when there is none, of as many blocks as needs says", async () => {
    const disc = new MemoryDisc();
    const space = overwriteSpace(32);
    const layout = await fileSystem.republish(undefined, { space, fixed }, disc);
    expect(layout.front).toBe(fileSystem.needs(undefined).headBlocks);
    expect(layout.front).toBe(25);
    await burnLayout(disc, layout, space);
    expect(await namesAt(disc, await stateAt(fileSystem, disc, 0))).toEqual([]);
  });

  it("is refused when its head cannot be read", async () => {
    const disc = new MemoryDisc();
    const old = await burnSketch(disc, {}, appendSpace(0));
    disc.blocks.delete(16);
    await expect(fileSystem.republish(old, { space: appendSpace(64), fixed }, disc)).rejects.toMatchObject({
      code: "DAMAGED_CONTENT",
    });
  });
});

describe("a cleared disc", () => {
  it.each([
    ["in a unit that starts at block 0", overwriteSpace(32)],
    ["in a unit that starts at block 16", overwriteSpace(32, { published: { by: "head", at: 16, unit: 16 } })],
  ])("holds a valid empty volume of a new life %s", async (_, space) => {
    const disc = new MemoryDisc();
    const extents = fileSystem.clear(space, { ...fixed, sequence: 5 });
    for (const { at, blocks } of extents) {
      expect(at).toBeGreaterThanOrEqual(16);
      expect(at + blocks).toBeLessThanOrEqual(32);
    }
    disc.burn(
      {
        phases: [{ kind: "invalidate", extents, then: "none" }],
        state: { start: 0, end: 32, label: "" },
        imageDigest: "",
      },
      [],
    );
    const head = await fileSystem.probe.head(disc, 0);
    expect(head).toMatchObject({
      start: 0,
      end: 32,
      isTreeReadable: true,
      record: { life: fixed.life, sequence: 0, start: 0, end: 32, trailerAt: 0 },
    });
    expect(await sizesAt(disc, 0)).toEqual([32, 32]);
    expect(await namesAt(disc, await stateAt(fileSystem, disc, 0))).toEqual([]);
  });
});
