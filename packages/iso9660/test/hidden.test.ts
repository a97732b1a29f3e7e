import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DirectoryNode, RecordedVolume, Tree, TreeNode } from "@multisession/core";
import { expect, it } from "vitest";
import { Iso9660 } from "../src/index.ts";
import { directory, file, symlink } from "./arbitrary-tree.ts";
import { importTree } from "./import-tree.ts";
import { appendSpace, burnTree, MemoryDisc, stateAt } from "./memory-disc.ts";
import { strangerTest } from "./stranger.ts";

const hidden = <N extends TreeNode>(node: N): N => ({ ...node, attributes: { ...node.attributes, hidden: true } });

/** One hidden item of each kind, and one that is not. */
const root: DirectoryNode = directory(
  "",
  hidden(file("SECRET.TXT", 3, 0)),
  file("PLAIN.TXT", 5, 1),
  hidden(symlink("LINK", "PLAIN.TXT")),
  hidden(directory("FOLDER", file("INSIDE.TXT", 3, 0))),
);
const tree: Tree = { volumeName: "HIDDEN", root };
const contents = [Buffer.from("one"), Buffer.from("plain")];

async function hiddenIn(volume: RecordedVolume): Promise<readonly string[]> {
  const found = await volume.list(volume.root);
  return found
    .filter(({ attributes }) => attributes.hidden === true)
    .map(({ name }) => name)
    .toSorted();
}

it.each([
  ["Rock Ridge", {}, ["FOLDER", "LINK", "SECRET.TXT"]],
  ["Joliet", { rockRidge: false }, ["FOLDER", "SECRET.TXT"]],
  ["plain names", { rockRidge: false, joliet: false }, ["FOLDER", "SECRET.TXT"]],
] as const)("what is hidden is so with %s, and in the next session", async (_, options, expected) => {
  const fileSystem = new Iso9660(options);
  const disc = new MemoryDisc();
  const base = await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
  const volume = await fileSystem.open(disc, base);
  expect(await hiddenIn(volume)).toEqual(expected);
  const imported = await importTree(volume);
  const next = await burnTree(fileSystem, disc, { ...tree, root: imported }, appendSpace(1000), [], base);
  expect(await hiddenIn(await fileSystem.open(disc, next))).toEqual(expected);
});

strangerTest("isoinfo sees the existence bit", ["isoinfo"], async ({ folder, run }) => {
  const disc = new MemoryDisc();
  await burnTree(new Iso9660(), disc, tree, appendSpace(0), contents);
  writeFileSync(join(folder, "image.iso"), disc.toImage());
  const flags = (name: string, ...options: readonly string[]): string | undefined =>
    new RegExp(`\\[\\s*\\d+ (\\d\\d)\\]\\s+${name}\\b`).exec(run("isoinfo", "-l", ...options, "-i", "image.iso"))?.[1];
  for (const hierarchy of [[], ["-J"]]) {
    expect(flags("SECRET.TXT", ...hierarchy)).toBe("01");
    expect(flags("PLAIN.TXT", ...hierarchy)).toBe("00");
    expect(flags("FOLDER", ...hierarchy)).toBe("03");
  }
});

strangerTest("what genisoimage hides is hidden, and stays so", ["genisoimage"], async ({ folder, run }) => {
  for (const name of ["secret.txt", "plain.txt"]) writeFileSync(join(folder, name), name);
  run("genisoimage", "-quiet", "-R", "-J", "-hidden", "secret.txt", "-o", "image.iso", "secret.txt", "plain.txt");
  const disc = new MemoryDisc();
  disc.write(0, readFileSync(join(folder, "image.iso")));
  const fileSystem = new Iso9660();
  const volume = await fileSystem.open(disc, await stateAt(fileSystem, disc, 0));
  expect(await hiddenIn(volume)).toEqual(["secret.txt"]);
  const imported = await importTree(volume);
  const next = await burnTree(fileSystem, disc, { ...tree, root: imported }, appendSpace(1000), []);
  expect(await hiddenIn(await fileSystem.open(disc, next))).toEqual(["secret.txt"]);
});
