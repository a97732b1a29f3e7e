import fc from "fast-check";
import { expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { apply, edit, perform, plain, type Reference, sorted } from "./edit-model.ts";
import { contentsOf } from "./reading.ts";

const plugins = allPlugins();

it("does what a list of paths does, for any script of edits, over a recorded tree, and goes back to each point", async () => {
  const { recorder } = await insert(media[0].disc);
  const first = await FileSystemImage.open(recorder, plugins);
  const recorded = new Map([
    ["/a/", ""],
    ["/a/a", "recorded a"],
    ["/a/b/", ""],
    ["/a/b/c", "recorded c"],
    ["/b", "recorded b"],
    ["/c", "-> b"],
  ]);
  for (const [at, text] of recorded)
    if (text.startsWith("-> ")) await first.symlink(at, text.slice(3));
    else if (!at.endsWith("/")) await first.addBytes(at, Buffer.from(text));
  await first.burn(await first.plan(), { verify: false });

  await fc.assert(
    fc.asyncProperty(fc.array(edit, { maxLength: 12 }), fc.nat(), async (script, back) => {
      const image = await FileSystemImage.open(recorder, plugins);
      const points = new Map<number, Reference>([[image.changePoint, recorded]]);
      let reference: Reference = recorded;
      for (const step of script) {
        const next = apply(reference, step);
        expect(await perform(image, step)).toBe(next !== undefined);
        reference = next ?? reference;
        points.set(image.changePoint, reference);
      }
      expect(sorted(await contentsOf(image))).toEqual(plain(reference));
      await expectChangesAddUp(image, recorded, reference);
      const [point, earlier] = [...points][back % points.size] as [number, Reference];
      image.rollbackToChangePoint(point);
      expect(sorted(await contentsOf(image))).toEqual(plain(earlier));
    }),
    { numRuns: 150 },
  );
});

/** Renames, removals, replacements and additions, done to the recorded paths, give the paths of the image. */
async function expectChangesAddUp(image: FileSystemImage, recorded: Reference, now: Reference): Promise<void> {
  const changes = await image.changes();
  const { unchanged, ...lists } = changes;
  const counted = Object.entries(lists).map(([difference, list]) => {
    const bytes = list.reduce((sum, change) => sum + change.bytes, 0);
    return [difference, { items: list.length, bytes }];
  });
  expect(await image.changeSummary()).toEqual({ ...Object.fromEntries(counted), unchanged });
  const bare = (at: string): string => at.replace(/(.)\/$/, "$1");
  const moves = changes.renamed.map(({ from, path: to }) => ({ from, to }));
  const moved = new Set<string>();
  const paths = new Set<string>();
  for (const at of [...recorded.keys()].map(bare)) {
    if (changes.removed.some((change) => change.path === at)) continue;
    const way = moves
      .filter(({ from }) => at === from || at.startsWith(`${from}/`))
      .sort((a, b) => b.from.length - a.from.length)[0];
    paths.add(way === undefined ? at : way.to + at.slice(way.from.length));
    if (way !== undefined) moved.add(way.from);
  }
  expect(moved.size).toBe(moves.length);
  for (const { path: at } of [...changes.added, ...changes.replaced]) paths.add(at);
  expect([...paths].sort()).toEqual([...now.keys()].map(bare).sort());
}
