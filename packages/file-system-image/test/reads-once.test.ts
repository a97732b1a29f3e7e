import type { OnEvent } from "@multisession/core";
import type { DiscOptions } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc, revertDisc, verifyDisc } from "../src/index.ts";
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
    expect(repeated(blocks)).toEqual([]);
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

  it("is read once when it is opened, and a session of it; again only for who opens that again", async () => {
    const { recorder, blocks } = await recordedDisc(disc);
    const opened = await openDisc(recorder, allPlugins());
    const volume = await opened.volume();
    await volume.list(volume.root);
    expect(repeated(blocks)).toEqual([]);
    const before = blocks.length;
    await opened.volume();
    expect(blocks.slice(before)).toContain(opened.state().start + 16);
  });

  it("shows a session as it was also when it has changed since, and is read anew", async () => {
    const { recorder, blocks } = await recordedDisc(disc);
    const opened = await openDisc(recorder, allPlugins());
    const image = await FileSystemImage.open(recorder, allPlugins());
    await image.addBytes("/later.txt", Buffer.from("later"));
    await image.burn(await image.plan(), { verify: false });
    const before = blocks.length;
    const volume = await opened.volume();
    expect(blocks.slice(before)).toContain(opened.state().start + 16);
    expect((await volume.list(volume.root)).map((entry) => entry.name)).toEqual(["folder"]);
  });

  it("is read once more after a burn: the image has what proved it", async () => {
    const { recorder, blocks } = await recordedDisc(disc);
    const image = await FileSystemImage.open(recorder, allPlugins());
    await image.addBytes("/later.txt", Buffer.from("later"));
    const plan = await image.plan();
    let written = 0;
    const onEvent: OnEvent = ({ type }) => {
      if (type === "progress") written = blocks.length;
    };
    await image.burn(plan, { verify: false, onEvent });
    expect(await contentsOf(image)).toMatchObject({ "/folder/new.txt": "new", "/later.txt": "later" });
    expect(repeated(blocks.slice(written))).toEqual([]);
    expect(blocks.length - written).toBeGreaterThan(8);
  });

  it("is read once when an older session is made the one that readers see", async () => {
    const { recorder, blocks } = await recordedDisc(disc);
    let planned = 0;
    await revertDisc(recorder, allPlugins(), 1, { onPlan: () => (planned = blocks.length) });
    expect(planned).toBeGreaterThan(8);
    expect(repeated(blocks.slice(0, planned))).toEqual([]);
  });
});

function repeated(blocks: readonly number[]): readonly number[] {
  return blocks.filter((block, index) => blocks.indexOf(block) !== index);
}
