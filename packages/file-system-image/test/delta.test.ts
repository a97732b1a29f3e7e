import { bdrPow } from "@multisession/bdr-pow";
import type { RecordedEntry, RecordedVolume } from "@multisession/core";
import { createPlugins } from "@multisession/core";
import { type Iso9660Options, iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import { FileSystemImage, openDisc, recoverDisc, revertDisc, verifyDisc } from "../src/index.ts";
import { insert, media, type TestDisc } from "./discs.ts";

const pluginsWith = (options: Iso9660Options) => createPlugins(iso9660(options), sequential(), randomWrite(), bdrPow());

/** Three folders of ten files, and one in another. */
async function burnFirst({ recorder }: TestDisc, options: Iso9660Options): Promise<void> {
  const image = await FileSystemImage.open(recorder, pluginsWith(options), { volumeName: "DELTA" });
  for (const folder of ["a", "b", "b/deep", "c"])
    for (let index = 0; index < 10; index += 1)
      await image.addBytes(`/${folder}/file ${index}.txt`, Buffer.from(`${folder} ${index}`));
  await image.burn(await image.plan());
}

/** Where each folder of the newest session lies, by path. */
async function placesOf({ recorder }: TestDisc, options: Iso9660Options): Promise<Record<string, number>> {
  const volume = await (await openDisc(recorder, pluginsWith(options))).volume();
  const places: Record<string, number> = {};
  const visit = async (entry: RecordedEntry & { kind: "directory" }, path: string): Promise<void> => {
    places[path] = entry.at;
    for (const child of await volume.list(entry))
      if (child.kind === "directory") await visit(child, `${path}/${child.name}`);
  };
  await visit(volume.root, "");
  expect(volume.findings).toEqual([]);
  return places;
}

describe.each(media)("on $name", ({ disc }) => {
  describe.each<[string, Iso9660Options]>([
    ["Rock Ridge and Joliet", {}],
    ["Rock Ridge 1.12 alone", { joliet: false, rockRidge: "1.12" }],
    ["all three hierarchies", { level: 4 }],
  ])("with %s", (_, options) => {
    it("a delta session leaves folders where they lie in which nothing has changed", async () => {
      const test = await insert(disc);
      await burnFirst(test, options);
      const before = await placesOf(test, options);
      const image = await FileSystemImage.open(test.recorder, pluginsWith(options));
      await image.addBytes("/b/new.txt", Buffer.from("new"));
      const plan = await image.plan({ tree: "delta" });
      expect(plan.plan.tree).toBe("delta");
      expect(plan.notes).toEqual([]);
      const { verification } = await image.burn(plan);
      expect(verification?.report.outcome).toBe("good");
      const after = await placesOf(test, options);
      expect(Object.keys(after).sort()).toEqual(["", "/a", "/b", "/b/deep", "/c"]);
      for (const path of ["/a", "/b/deep", "/c"]) expect(after[path], path).toBe(before[path]);
      for (const path of ["", "/b"]) expect(after[path], path).toBeGreaterThan(before["/c"] as number);
    });
  });
});
