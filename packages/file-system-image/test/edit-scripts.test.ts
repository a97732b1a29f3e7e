import fc from "fast-check";
import { expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { contentsOf } from "./reading.ts";

const plugins = allPlugins();

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => `/${names.join("/")}`);
const edit = fc.oneof(
  fc.record({ edit: fc.constant("addBytes" as const), path, text: fc.string({ maxLength: 4 }) }),
  fc.record({ edit: fc.constant("replace" as const), path, text: fc.string({ maxLength: 4 }) }),
  fc.record({ edit: fc.constant("mkdir" as const), path }),
  fc.record({ edit: fc.constant("symlink" as const), path, text: fc.constantFrom("x", "y/z") }),
  fc.record({ edit: fc.constant("remove" as const), path, recursive: fc.boolean() }),
  fc.record({ edit: fc.constant("rename" as const), path, to: path }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** The image as a person would keep it on paper: every path with its text, folders with a slash at the end. */
type Reference = ReadonlyMap<string, string>;

/** Does an edit to the reference; nothing when it is not allowed. */
function apply(reference: Reference, step: Edit): Reference | undefined {
  const next = new Map(reference);
  const kindOf = (at: string): "file" | "folder" | "link" | undefined => {
    if (at === "" || next.has(`${at}/`)) return "folder";
    const text = next.get(at);
    return text === undefined ? undefined : text.startsWith("-> ") ? "link" : "file";
  };
  const parentOf = (at: string): string => at.slice(0, at.lastIndexOf("/"));
  const makeFolders = (at: string): boolean => {
    if (kindOf(at) === undefined) {
      if (!makeFolders(parentOf(at))) return false;
      next.set(`${at}/`, "");
    }
    return kindOf(at) === "folder";
  };
  const isInside = (key: string, at: string): boolean => key === at || key.startsWith(`${at}/`);
  const { path: at } = step;
  switch (step.edit) {
    case "addBytes":
    case "symlink":
      if (!makeFolders(parentOf(at)) || kindOf(at) !== undefined) return undefined;
      next.set(at, step.edit === "symlink" ? `-> ${step.text}` : step.text);
      return next;
    case "replace":
      if (kindOf(at) !== "file") return undefined;
      next.set(at, step.text);
      return next;
    case "mkdir":
      if (kindOf(parentOf(at)) !== "folder" || kindOf(at) !== undefined) return undefined;
      next.set(`${at}/`, "");
      return next;
    case "remove": {
      const keys = [...next.keys()].filter((key) => isInside(key, at));
      if (keys.length === 0 || (keys.length > 1 && !step.recursive)) return undefined;
      for (const key of keys) next.delete(key);
      return next;
    }
    case "rename": {
      if (kindOf(at) === undefined) return undefined;
      if (step.to === at) return next;
      if (step.to.startsWith(`${at}/`) || kindOf(step.to) !== undefined || kindOf(parentOf(step.to)) !== "folder")
        return undefined;
      for (const [key, text] of reference) {
        if (!isInside(key, at)) continue;
        next.delete(key);
        next.set(step.to + key.slice(at.length), text);
      }
      return next;
    }
  }
}

async function perform(image: FileSystemImage, step: Edit): Promise<boolean> {
  const run = (): Promise<void> => {
    switch (step.edit) {
      case "addBytes":
        return image.addBytes(step.path, Buffer.from(step.text));
      case "replace":
        return image.replace(step.path, Buffer.from(step.text));
      case "mkdir":
        return image.mkdir(step.path);
      case "symlink":
        return image.symlink(step.path, step.text);
      case "remove":
        return image.remove(step.path, { recursive: step.recursive });
      case "rename":
        return image.rename(step.path, step.to);
    }
  };
  return run().then(
    () => true,
    () => false,
  );
}

const plain = (reference: Reference): Record<string, string> => Object.fromEntries([...reference].sort());
const sorted = (contents: Record<string, string>): Record<string, string> => plain(new Map(Object.entries(contents)));

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
