import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { link } from "node:fs/promises";
import { join } from "node:path";
import type { DiscRecorder, RecordedEntry } from "@multisession/core";
import { beforeEach, describe, expect, it } from "vitest";
import { extract, FileSystemImage, type ImagePlan, openDisc, verifyDisc } from "../src/index.ts";
import { allPlugins, insert, media, type TestDisc } from "./discs.ts";
import { hostFolder, MODIFIED, writeHost } from "./host-files.ts";
import { codeOf, textOf } from "./reading.ts";

const plugins = allPlugins();
type FileEntry = RecordedEntry & { readonly kind: "file" };

let recorder: DiscRecorder;
let image: FileSystemImage;

beforeEach(async () => {
  ({ recorder } = await insert({ medium: "bd-r", capacity: 16_384 }));
  image = await FileSystemImage.open(recorder, plugins);
});

/** Blocks of contents that a plan writes, by path. */
function contentsOf(plan: ImagePlan, of: FileSystemImage = image): Record<string, number> {
  const items = [...of.progressItems(plan)].filter(({ description }) => description.startsWith("/"));
  return Object.fromEntries(items.map(({ description, blockCount }) => [description, blockCount]));
}

async function filesOn(disc: DiscRecorder): Promise<Readonly<Record<string, FileEntry>>> {
  const volume = await (await openDisc(disc, plugins)).volume();
  const files = (await volume.list(volume.root)).filter((entry): entry is FileEntry => entry.kind === "file");
  return Object.fromEntries(files.map((file) => [file.name, file]));
}

const text = "the same text, ".repeat(400);
const large = "y".repeat(200_000);

describe("a content that stands under several names", () => {
  it("is stored once in a session, whether it is small or large, from the host or from memory", async () => {
    await image.add(await hostFolder({ a: text, b: text, c: large, "d/e": large, f: "one", g: "two" }));
    await image.addBytes("/h", Buffer.from(text));
    const plan = await image.plan();
    expect(contentsOf(plan)).toEqual({ "/a": 3, "/c": 98, "/f": 1, "/g": 1 });
    expect(contentsOf(await image.plan({ deduplicate: false }))).toEqual({
      ...{ "/a": 3, "/b": 3, "/c": 98, "/d/e": 98, "/f": 1, "/g": 1, "/h": 3 },
    });
    expect(await image.burn(await image.plan())).toMatchObject({
      outcome: "done",
      verification: { report: { outcome: "good", contents: 4 } },
    });
    for (const path of ["/a", "/b", "/h"]) expect(await textOf(image, path)).toBe(text);
    for (const path of ["/c", "/d/e"]) expect(await textOf(image, path)).toBe(large);
    const { a, b, h } = await filesOn(recorder);
    expect([b?.extents, h?.extents]).toEqual([a?.extents, a?.extents]);
    expect([a?.inode, b?.inode, h?.inode]).toEqual([undefined, undefined, undefined]);
  });

  it("is stored once when it is on the disc already, also after its first name is gone", async () => {
    await image.add(await hostFolder({ a: text }));
    await image.burn(await image.plan());
    const first = (await filesOn(recorder))["a"]?.extents;
    await image.remove("/a");
    await image.add(await hostFolder({ "in/b": text }));
    await image.addBytes("/c", Buffer.from(text));
    await image.addBytes("/new", Buffer.from(text.replace("same", "SAME")));
    const plan = await image.plan();
    expect(contentsOf(plan)).toEqual({ "/new": 3 });
    await image.burn(plan);
    const files = await filesOn(recorder);
    expect(files["c"]?.extents).toEqual(first);
    expect(await textOf(image, "/in/b")).toBe(text);
    expect((await verifyDisc(recorder, plugins)).reports.at(-1)).toMatchObject({ outcome: "good" });
  });

  it("costs no content when a file moves, is touched or goes", async () => {
    await image.add(await hostFolder({ a: text, b: large, c: "c" }));
    await image.burn(await image.plan());
    const folder = await hostFolder({ "moved/a": text });
    await image.mirror(folder);
    expect(contentsOf(await image.plan())).toEqual({});
    await writeHost(join(folder, "moved/a"), text, MODIFIED + 60_000);
    await image.add(folder);
    const plan = await image.plan();
    expect(contentsOf(plan)).toEqual({});
    await image.burn(plan);
    expect((await image.stat("/moved/a")).attributes?.modified).toBe(MODIFIED + 60_000);
  });

  it("is stored again when the disc does not give it any more", async () => {
    const { virtual, recorder: failing } = await insert({ medium: "bd-r", capacity: 16_384 });
    const damaged = await FileSystemImage.open(failing, plugins);
    await damaged.add(await hostFolder({ a: text }));
    await damaged.burn(await damaged.plan());
    const at = (await filesOn(failing))["a"]?.extents[0]?.at as number;
    virtual.arm([{ fault: "bad-block", on: "read", at }], 1);
    await damaged.addBytes("/b", Buffer.from(text));
    expect(contentsOf(await damaged.plan(), damaged)).toEqual({ "/b": 3 });
  });

  it("is stored again when the disc gives other bytes than were recorded", async () => {
    const { virtual, recorder: rewritable } = await insert({ medium: "dvd+rw", capacity: 16_384 });
    const changed = await FileSystemImage.open(rewritable, plugins);
    await changed.add(await hostFolder({ a: text }));
    await changed.burn(await changed.plan());
    const at = (await filesOn(rewritable))["a"]?.extents[0]?.at as number;
    const block = Buffer.from(await rewritable.read(at, 1));
    block.write("that");
    const write = Buffer.alloc(10);
    write[0] = 0x2a;
    write.writeUInt32BE(at, 2);
    write.writeUInt16BE(1, 7);
    expect(virtual.run({ cdb: write, dataOut: block }).status).toBe("good");
    await changed.addBytes("/b", Buffer.from(text));
    expect(contentsOf(await changed.plan(), changed)).toEqual({ "/b": 3 });
    await changed.burn(await changed.plan());
    expect(await textOf(changed, "/b")).toBe(text);
  });

  it("is stored for each group of hard links, which readers know by their blocks", async () => {
    const folder = await hostFolder({ a: text, b: text });
    await link(join(folder, "a"), join(folder, "a2"));
    await link(join(folder, "b"), join(folder, "b2"));
    await image.add(folder);
    await image.burn(await image.plan());
    const { a, a2, b, b2 } = await filesOn(recorder);
    expect(a2).toMatchObject({ inode: a?.inode, extents: a?.extents });
    expect(b2).toMatchObject({ inode: b?.inode, extents: b?.extents });
    expect(a?.inode).toBeDefined();
    expect(b?.inode).toBeDefined();
    expect(b?.inode).not.toBe(a?.inode);
  });

  it.each([
    ["is read", "a"],
    ["is not read", "b"],
  ])("stops the burn when the name that %s has changed since the plan", async (_, name) => {
    const folder = await hostFolder({ a: text, b: text });
    await image.add(folder);
    const plan = await image.plan();
    utimesSync(join(folder, name), 1000, 1000);
    expect(await codeOf(() => image.burn(plan))).toBe("SOURCE_CHANGED");
    expect(image.medium.status).toBe("blank");
  });

  it("is damaged under every name when the file that is read turns out to be another", async () => {
    const folder = await hostFolder({ a: text, b: text });
    await image.add(folder);
    const plan = await image.plan();
    writeFileSync(join(folder, "a"), readFileSync(join(folder, "a"), "utf8").replace("same", "SAME"));
    utimesSync(join(folder, "a"), MODIFIED / 1000, MODIFIED / 1000);
    const report = await image.burn(plan);
    expect(report.outcome).toBe("done-with-damage");
    expect(report.damaged.map(({ label }) => label)).toEqual(["/a", "/b"]);
    expect(report.verification?.report.faults).toMatchObject([{ fault: "damaged" }]);
  });

  it("is matched in a saved plan as it was planned", async () => {
    const folder = await hostFolder({ a: text, b: text });
    await image.add(folder);
    const saved = JSON.stringify((await image.plan({ deduplicate: false })).plan);
    expect(await codeOf(() => image.burnSaved(saved))).toBe("PLAN_DIFFERS");
    expect((await image.burnSaved(saved, { deduplicate: false })).outcome).toBe("done");
    const { a, b } = await filesOn(recorder);
    expect(a?.extents).not.toEqual(b?.extents);
  });
});

it("of more tiny files with equal sizes than are worth reading none is compared, and the plan says so", async () => {
  for (let index = 0; index < 4097; index++) await image.addBytes(`/tiny/${index}`, Buffer.from("tiny"));
  const { notes } = await image.plan();
  expect(notes).toContain("4097 files of 2048 bytes or less with equal sizes were not compared with each other.");
});

describe("tiny files that take the place of recorded ones of the same size", () => {
  const contentOf = (index: number): Buffer => Buffer.from(`tiny ${index}`.padEnd(300, "."));
  const tiny = Array.from({ length: 100 }, (_, index) => ({ path: `/tiny/${index}`, content: contentOf(index) }));
  let test: TestDisc;

  beforeEach(async () => {
    test = await insert({ medium: "bd-r", capacity: 16_384 });
    image = await FileSystemImage.open(test.recorder, plugins);
    for (const { path, content } of tiny) await image.addBytes(path, content);
    await image.burn(await image.plan());
    for (const { path, content } of tiny) await image.replace(path, content);
  });

  it("are compared also beside more new ones than are worth reading", async () => {
    await image.replace("/tiny/7", contentOf(7000));
    for (let index = 0; index < 4097; index++) await image.addBytes(`/new/${index}`, contentOf(index));
    const plan = await image.plan();
    const stored = Object.keys(contentsOf(plan));
    expect(stored).toHaveLength(4098);
    expect(stored.filter((path) => path.startsWith("/tiny"))).toEqual(["/tiny/7"]);
    expect(plan.notes).toContain(
      "4097 files of 2048 bytes or less with equal sizes were not compared with each other.",
    );
  });

  it("are read from the disc many at once, and one by one where a block cannot be read", async () => {
    const reads = (): number => test.virtual.log.filter(({ cdb }) => cdb[0] === 0x28).length;
    const before = reads();
    expect(contentsOf(await image.plan())).toEqual({});
    expect(reads() - before).toBeLessThan(20);
    const volume = await (await openDisc(test.recorder, plugins)).volume();
    let at = 0;
    for await (const { path, entry } of extract(test.recorder, volume))
      if (path === "/tiny/50" && entry.kind === "file") at = entry.extents[0]?.at ?? 0;
    test.virtual.arm([{ fault: "bad-block", on: "read", at }], 1);
    expect(contentsOf(await image.plan())).toEqual({ "/tiny/50": 1 });
  });
});

it.each([
  ["of one file of 500 kB the manifests of 1,500 others too", "/large", Buffer.alloc(500_000, "large"), {}],
  ["of one small file only a few of them", "/few/small", Buffer.from("small"), { "/few/small": 1 }],
])(
  "a delta session reads as many manifests as its new contents would take blocks: %s",
  async (_, path, bytes, blocks) => {
    await image.addBytes(path, bytes);
    for (let index = 0; index < 1500; index++) await image.addBytes(`/many/${index}`, Buffer.from(`file ${index}`));
    await image.burn(await image.plan());
    await image.replace(path, bytes);
    const delta = await image.plan({ tree: "delta" });
    expect(delta.plan.tree).toBe("delta");
    expect(contentsOf(delta)).toEqual(blocks);
    expect(contentsOf(await image.plan())).toEqual({});
  },
);

it.each(media)("the same content is stored once over sessions on a $name", async ({ disc }) => {
  const { recorder: one } = await insert(disc);
  const first = await FileSystemImage.open(one, plugins);
  await first.addBytes("/a", Buffer.from(large));
  await first.burn(await first.plan());
  await first.addBytes("/b", Buffer.from(large));
  const plan = await first.plan();
  expect(contentsOf(plan, first)).toEqual({});
  await first.burn(plan);
  expect(await textOf(first, "/b")).toBe(large);
  const { a, b } = await filesOn(one);
  expect(b?.extents).toEqual(a?.extents);
});
