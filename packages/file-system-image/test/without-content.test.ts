import { describe, expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";

describe.each(media)("no content is written again on $name", ({ disc }) => {
  it.each<[string, (image: FileSystemImage) => Promise<void>]>([
    ["when a file is removed", (image) => image.remove("/a/file")],
    ["when a file is renamed", (image) => image.rename("/a/file", "/a/other")],
    ["when a file is moved", (image) => image.rename("/a/file", "/b/file")],
    ["when a folder is renamed", (image) => image.rename("/a", "/c")],
    ["when a file is hidden", (image) => image.setAttributes("/a/file", { hidden: true })],
    ["when a file gets another time", (image) => image.setAttributes("/a/file", { modified: 86_400_000 })],
  ])("%s", async (_, edit) => {
    const { recorder } = await insert(disc);
    await using image = await FileSystemImage.open(recorder, allPlugins());
    await image.addBytes("/a/file", Buffer.alloc(500_000, "large"), { modified: 0 });
    await image.addBytes("/b/stays", Buffer.alloc(300_000, "stays"), { modified: 0 });
    await image.burn(await image.plan());
    await edit(image);
    // As a file of the same bytes is found again by its hash, none may be looked for.
    const { planned } = await image.plan({ deduplicate: false });
    const extents = planned.shape?.phases.flatMap((phase) => phase.extents) ?? [];
    expect(extents.length).toBeGreaterThan(0);
    expect(extents.filter(({ source }) => source.from === "content")).toEqual([]);
  });
});
