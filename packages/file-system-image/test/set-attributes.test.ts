import { describe, expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { hostFolder, writeHost } from "./host-files.ts";

const plugins = allPlugins();

describe.each(media)("attributes that are set, on $name,", ({ disc }) => {
  it("take no content again, and stay in later sessions", async () => {
    const { recorder } = await insert(disc);
    await using image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/a/secret", Buffer.alloc(100_000, "secret"), { modified: 0 });
    await image.addBytes("/a/plain", Buffer.from("plain"), { modified: 0 });
    await image.burn(await image.plan());

    await image.setAttributes("/a/secret", { hidden: true });
    await image.setAttributes("/a", { mode: 0o700 });
    await image.setAttributes("/a/plain", { modified: 86_400_000 });
    const plan = await image.plan();
    expect(plan.summary.attributes).toEqual({ items: 3, bytes: 100_005 });
    expect(
      plan.planned.shape?.phases.flatMap(({ extents }) => extents.filter(({ source }) => source.from === "content")),
    ).toEqual([]);
    await image.burn(plan);
    await image.addBytes("/later", Buffer.from("later"));
    await image.burn(await image.plan());

    await using opened = await FileSystemImage.open(recorder, plugins);
    expect((await opened.stat("/a/secret")).attributes).toMatchObject({ hidden: true, modified: 0, mode: 0o644 });
    expect((await opened.stat("/a/plain")).attributes).toMatchObject({ modified: 86_400_000 });
    expect((await opened.stat("/a/plain")).attributes.hidden).toBeUndefined();
    expect((await opened.stat("/a")).attributes.mode).toBe(0o700);
    await opened.setAttributes("/a/secret", { hidden: false });
    await opened.burn(await opened.plan());
    await using shown = await FileSystemImage.open(recorder, plugins);
    expect((await shown.stat("/a/secret")).attributes.hidden).toBeUndefined();
  });
});

it("a file of the host that is added again stays hidden", async () => {
  const folder = await hostFolder();
  await writeHost(`${folder}/file`, "bytes");
  const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
  await using image = await FileSystemImage.open(recorder, plugins);
  await image.add(folder);
  await image.setAttributes("/file", { hidden: true });
  await image.burn(await image.plan());
  await using opened = await FileSystemImage.open(recorder, plugins);
  expect(await opened.add(folder)).toMatchObject({ unchanged: 1 });
  expect((await opened.stat("/file")).attributes.hidden).toBe(true);
});

it("attributes that are set back to what they were are no change", async () => {
  const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
  await using image = await FileSystemImage.open(recorder, plugins);
  const extended = [{ name: "user.comment", value: Buffer.from("kept") }];
  await image.addBytes("/file", Buffer.from("bytes"), { modified: 0, extended });
  await image.burn(await image.plan());
  for (const { mode, expected } of [
    { mode: 0o600, expected: 1 },
    { mode: 0o644, expected: 0 },
  ]) {
    await image.setAttributes("/file", { mode, hidden: false, modified: 900 });
    expect((await image.changeSummary()).attributes.items).toBe(expected);
  }
  await image.setAttributes("/file", { extended: [{ name: "user.comment", value: Buffer.from("other") }] });
  expect((await image.changeSummary()).attributes.items).toBe(1);
});

describe.each(media)("attributes of the root, on $name,", ({ disc }) => {
  it("are set alone, told, undone, and stay in later sessions", async () => {
    const { recorder } = await insert(disc);
    await using image = await FileSystemImage.open(recorder, plugins);
    await image.setAttributes("/", { mode: 0o750, uid: 7, gid: 8, modified: 86_400_000 });
    await image.addBytes("/file", Buffer.from("bytes"), { modified: 0 });
    expect((await image.changeSummary()).attributes.items).toBe(0);
    await image.burn(await image.plan());

    const { changePoint } = image;
    await image.setAttributes("/", { mode: 0o700 });
    expect((await image.changes()).attributes).toEqual([{ path: "/", kind: "directory", bytes: 0 }]);
    image.rollbackToChangePoint(changePoint);
    expect((await image.changes()).attributes).toEqual([]);
    await image.setAttributes("/", { mode: 0o711 });
    await image.burn(await image.plan({ tree: "delta" }));
    await image.addBytes("/later", Buffer.from("later"));
    await image.burn(await image.plan({ tree: "delta" }));

    await using opened = await FileSystemImage.open(recorder, plugins);
    expect((await opened.stat("/")).attributes).toMatchObject({ mode: 0o711, uid: 7, gid: 8, modified: 86_400_000 });
    expect((await opened.list("/")).map(({ name }) => name)).toEqual(["file", "later"]);
  });
});

it("what is not there has none to set, and the root is never hidden", async () => {
  const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
  await using image = await FileSystemImage.open(recorder, plugins);
  await expect(image.setAttributes("/none", { hidden: true })).rejects.toMatchObject({ code: "ITEM_NOT_FOUND" });
  await expect(image.setAttributes("/", { hidden: true })).rejects.toMatchObject({ code: "INVALID_PATH" });
});
