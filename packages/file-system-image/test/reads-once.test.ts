import type { DiscOptions } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc, verifyDisc } from "../src/index.ts";
import { allPlugins, insert, media, reopen } from "./discs.ts";
import { contentsOf } from "./reading.ts";
import { type Watched, watched } from "./watched-recorder.ts";

const cdR = { name: "CD-R", disc: { medium: "cd-r", capacity: 65_536 }, mechanism: "sequential" } as const;

/** A disc with two sessions, in a recorder that has not read it yet. */
async function recordedDisc(disc: DiscOptions): Promise<Watched> {
  const { virtual, recorder } = await insert(disc);
  const image = await FileSystemImage.open(recorder, allPlugins());
  await image.addBytes("/folder/inner/old.txt", Buffer.from("old"));
  await image.burn(await image.plan());
  await image.addBytes("/folder/new.txt", Buffer.from("new"));
  await image.burn(await image.plan());
  return watched(await reopen(virtual));
}

describe.each([...media, cdR])("$name", ({ disc }) => {
  it("is read once when it is imported: heads, folders and contents", async () => {
    const { recorder, blocks } = await recordedDisc(disc);
    const image = await FileSystemImage.open(recorder, allPlugins());
    expect(await contentsOf(image)).toMatchObject({ "/folder/inner/old.txt": "old", "/folder/new.txt": "new" });
    const again = blocks.filter((block, index) => blocks.indexOf(block) !== index);
    expect(again).toEqual([]);
    expect(blocks.length).toBeGreaterThan(8);
  });

  it("is read anew when it is verified, after it was loaded again", async () => {
    const { recorder, blocks } = await recordedDisc(disc);
    const { reload, reports } = await verifyDisc(recorder, allPlugins());
    expect(reload).toBe("reloaded");
    expect(reports).toHaveLength(2);
    // The head, the folders, the content, the manifest and the trailer; the system area in front of the head too.
    for (const { state } of reports)
      for (let at = state.start; at < state.start + 32; at += 1) expect(blocks).toContain(at);
    for (const { state } of reports) expect(blocks).toContain(state.record?.trailerAt);
  });

  it("is read anew whenever a session of an opened disc is opened", async () => {
    const { recorder, blocks } = await recordedDisc(disc);
    const opened = await openDisc(recorder, allPlugins());
    const { start } = opened.state();
    const before = blocks.length;
    await opened.volume();
    expect(blocks.slice(before)).toContain(start + 16);
  });
});
