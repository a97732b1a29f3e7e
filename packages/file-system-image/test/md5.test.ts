import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BLOCK_BYTES, type DiscReader, type Lba } from "@multisession/core";
import { iso9660 } from "@multisession/iso9660";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc } from "../src/index.ts";
import { insert, media, pluginsOf } from "./discs.ts";
import { hostFolder } from "./host-files.ts";

const plugins = pluginsOf(iso9660({ md5: true }));

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

/** Enough to be read in a worker, and one file of several pieces. */
async function folderOf(files: number): Promise<{ folder: string; sums: ReadonlyMap<string, string> }> {
  const folder = await hostFolder();
  const sums = new Map<string, string>();
  for (let index = 0; index < files; index += 1) {
    const bytes = Buffer.alloc(index === 0 ? 700_001 : index % 50, `content of ${index} `);
    await writeFile(join(folder, `file ${index}`), bytes);
    sums.set(`file ${index}`, md5(bytes));
  }
  return { folder, sums };
}

/** The sums of the newest session by the names of its files. */
async function sumsOn(recorder: DiscReader & Parameters<typeof openDisc>[0]): Promise<ReadonlyMap<string, string>> {
  const volume = await (await openDisc(recorder, plugins)).volume();
  const entries = await volume.list(volume.root);
  const sums = await volume.md5Sums?.();
  return new Map(
    entries.map((entry) => {
      const sum = entry.kind === "file" ? sums?.(entry) : undefined;
      return [entry.name, Buffer.from(sum ?? []).toString("hex")];
    }),
  );
}

/** The tags of blocks, each with whether its sum is that of the blocks before it. */
async function tagsIn(recorder: DiscReader, end: Lba): Promise<readonly { name: string; isTrue: boolean }[]> {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < end; at += 1) {
    const block = await recorder.read(at, 1).catch(() => Buffer.alloc(BLOCK_BYTES));
    blocks.push(block);
  }
  return blocks.flatMap((block, at) => {
    const text = Buffer.from(block).toString("latin1").split("\n")[0] ?? "";
    const found = /^libisofs_(\w+)_tag_v1 pos=(\d+) range_start=(\d+) .*md5=(\w{32}) self=\w{32}$/.exec(text);
    if (found === null || Number(found[2]) !== at) return [];
    return [{ name: found[1] ?? "", isTrue: md5(Buffer.concat(blocks.slice(Number(found[3]), at))) === found[4] }];
  });
}

describe.each(media)("on $name, MD5 sums", ({ disc, mechanism }) => {
  it("are right for every file, read in this thread or in a worker, and every tag has the sum of what is on the disc", async () => {
    const { recorder } = await insert(disc);
    const { folder, sums } = await folderOf(600);
    const image = await FileSystemImage.open(recorder, plugins, { mechanism });
    await image.add(folder, { into: "/" });
    await image.burn(await image.plan());
    expect(await sumsOn(recorder)).toEqual(sums);
    const more = Buffer.from("one more");
    await image.addBytes("/more", more);
    await image.burn(await image.plan());
    expect(await sumsOn(recorder)).toEqual(new Map([...sums, ["more", md5(more)]]));
    const tags = await tagsIn(recorder, image.history.states.at(-1)?.end ?? 0);
    expect(tags.filter(({ isTrue }) => !isTrue)).toEqual([]);
    const head = mechanism === "sequential" ? [] : ["rlsb32_checksum"];
    const session = ["sb_checksum", "tree_checksum", "checksum"];
    expect(tags.map(({ name }) => name)).toEqual([...head, ...session, ...session]);
  });
});

describe("equal contents", () => {
  it("of the disc and of a new file have one sum", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
    const image = await FileSystemImage.open(recorder, plugins);
    const bytes = Buffer.alloc(9000, "again ");
    await image.addBytes("/first", bytes);
    await image.burn(await image.plan());
    await image.addBytes("/second", bytes);
    const plan = await image.plan();
    expect(plan.planned.shape?.phases.flatMap(({ extents }) => extents.map(({ label }) => label))).not.toContain(
      "/second",
    );
    await image.burn(plan);
    expect(await sumsOn(recorder)).toEqual(
      new Map([
        ["first", md5(bytes)],
        ["second", md5(bytes)],
      ]),
    );
  });
});

describe("sessions that share folders", () => {
  it("record no sums of their new files, but the next one with the whole tree does", async () => {
    const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/kept/file", Buffer.from("kept"));
    const contents = ["first", "second", "third", "fourth"].map((name) => Buffer.alloc(3000, name));
    const known: (string | undefined)[][] = [];
    for (const [index, bytes] of contents.entries()) {
      await image.addBytes(`/${index}`, bytes);
      const tree = index === 1 || index === 2 ? "delta" : "full";
      const plan = await image.plan({ tree });
      expect(plan.plan.tree).toBe(tree);
      await image.burn(plan);
      const sums = await sumsOn(recorder);
      known.push(contents.map((_, number) => sums.get(`${number}`)));
    }
    const [first, second, third, fourth] = contents.map(md5);
    expect(known).toEqual([
      [first, undefined, undefined, undefined],
      [first, "", undefined, undefined],
      [first, "", "", undefined],
      [first, second, third, fourth],
    ]);
  });
});
