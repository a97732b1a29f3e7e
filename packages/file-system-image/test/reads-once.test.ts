import type { DiscRecorder, Lba } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media, reopen } from "./discs.ts";
import { contentsOf } from "./reading.ts";

/** The recorder, and every block that is read with it. */
function watched(recorder: DiscRecorder): { readonly recorder: DiscRecorder; readonly blocks: readonly Lba[] } {
  const blocks: Lba[] = [];
  const read: DiscRecorder["read"] = (at, count, options) => {
    blocks.push(...Array.from({ length: count }, (_, index) => at + index));
    return recorder.read(at, count, options);
  };
  const bound = (target: DiscRecorder, member: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, member, target);
    return typeof value === "function" ? (value.bind(target) as unknown) : value;
  };
  return {
    recorder: new Proxy(recorder, { get: (target, member) => (member === "read" ? read : bound(target, member)) }),
    blocks,
  };
}

const cdR = { name: "CD-R", disc: { medium: "cd-r", capacity: 65_536 }, mechanism: "sequential" } as const;

describe.each([...media, cdR])("a disc that is imported, $name", ({ disc }) => {
  it("is read once: heads, folders and contents", async () => {
    const { virtual, recorder } = await insert(disc);
    const first = await FileSystemImage.open(recorder, allPlugins());
    await first.addBytes("/folder/inner/old.txt", Buffer.from("old"));
    await first.burn(await first.plan());
    await first.addBytes("/folder/new.txt", Buffer.from("new"));
    await first.burn(await first.plan());
    const { recorder: counting, blocks } = watched(await reopen(virtual));
    const image = await FileSystemImage.open(counting, allPlugins());
    expect(await contentsOf(image)).toMatchObject({ "/folder/inner/old.txt": "old", "/folder/new.txt": "new" });
    const again = blocks.filter((block, index) => blocks.indexOf(block) !== index);
    expect(again).toEqual([]);
    expect(blocks.length).toBeGreaterThan(8);
  });
});
