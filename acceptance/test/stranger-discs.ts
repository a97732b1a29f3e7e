import { copyFile, mkdtemp, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { BLOCK_BYTES, type Blocks, type Lba, roundUp } from "@multisession/core";
import { changedTree, run, type TestTree, testTree, writeTree } from "../src/index.ts";

/** A session of a disc that another program wrote. */
interface StrangerSession {
  readonly start: Lba;
  readonly volumeName: string;
  readonly tree: TestTree;
}

/** A disc that another program wrote, as an image file. */
export interface StrangerDisc {
  readonly image: string;
  readonly sessions: readonly StrangerSession[];
}

const FILES = 30;

/** What lies between two sessions of a CD-R (MMC: lead-out, lead-in and pregap). */
const CD_GAP: Blocks = 11_400;

/** Three trees, each a change of the one before. */
function threeTrees({ isTame }: { readonly isTame: boolean }): readonly [TestTree, TestTree, TestTree] {
  const first = testTree({ files: FILES, isTame });
  const second = changedTree(first);
  const third = new Map(second);
  third.delete("/links/to nowhere");
  third.delete("/second session/new.txt");
  return [first, second, third];
}

/** Three sessions by xorriso on an overwritable image: its emulated table of contents, first session at block 32. */
export async function xorrisoDisc(folder: string): Promise<StrangerDisc> {
  const image = join(folder, "xorriso.iso");
  const sessions: StrangerSession[] = [];
  for (const [index, tree] of threeTrees({ isTame: false }).entries()) {
    const source = join(folder, "source");
    await writeTree(tree, source);
    const volumeName = `XORRISO_${index + 1}`;
    const start = index === 0 ? 32 : roundUp((await stat(image)).size / BLOCK_BYTES, 32);
    const change = index === 0 ? ["-map", source, "/"] : ["-update_r", source, "/", ...specialModes(tree)];
    const settings = ["-no_rc", "-joliet", "on", "-padding", "0", "-volid", volumeName, "-dev", `stdio:${image}`];
    await run("xorriso", [...settings, ...change, "-commit_eject", "none"]);
    sessions.push({ start, volumeName, tree });
  }
  return { image, sessions };
}

/** One session by genisoimage that holds nothing; the path of its image. */
export async function emptyDisc(folder: string): Promise<string> {
  const empty = await mkdtemp(join(folder, "empty-"));
  const image = `${empty}.iso`;
  await run("genisoimage", ["-quiet", "-R", "-J", "-V", "EMPTY", "-o", image, empty]);
  return image;
}

/** An update by xorriso 1.5.4 drops set-user, set-group and sticky bits of what it takes for changed: they are set again. */
function specialModes(tree: TestTree): string[] {
  return [...tree.values()].flatMap((node) => {
    if (node.kind === "symlink" || (node.mode & 0o7000) === 0) return [];
    const letters = node.mode & 0o4000 ? "u+s" : node.mode & 0o2000 ? "g+s" : "a+t";
    return ["-chmod", letters, node.path, "--"];
  });
}

/**
 * Two sessions by genisoimage, laid out as on a CD-R. It merges trees: what the second tree lacks is still there, so the
 * second tree is the first with additions. On a link target that needs two entries it never ends, and it stores a time in
 * the future with a time zone that does not exist (1.1.11): the trees are tame.
 */
export async function genisoimageDisc(folder: string): Promise<StrangerDisc> {
  const [first] = threeTrees({ isTame: true });
  const second = withAdditions(first);
  const source = join(folder, "source");
  const image = join(folder, "genisoimage.iso");
  const addition = join(folder, "addition.iso");
  const settings = ["-quiet", "-R", "-D", "-J", "-joliet-long", "-input-charset", "utf-8", "-no-pad"];

  await writeTree(first, source);
  await run("genisoimage", [...settings, "-V", "GENISO_1", "-o", image, source]);
  const base = join(folder, "base.iso");
  await copyFile(image, base);
  const start = roundUp((await stat(image)).size / BLOCK_BYTES, 16) + CD_GAP;
  await writeTree(second, source);
  await run("genisoimage", [...settings, "-V", "GENISO_2", "-C", `0,${start}`, "-M", base, "-o", addition, source]);
  await append(image, start, addition);
  return {
    image,
    sessions: [
      { start: 0, volumeName: "GENISO_1", tree: first },
      { start, volumeName: "GENISO_2", tree: second },
    ],
  };
}

function withAdditions(tree: TestTree): TestTree {
  const additions = [...changedTree(tree)].filter(([path]) => path.startsWith("/second session"));
  return new Map([...tree, ...additions]);
}

async function append(image: string, start: Lba, addition: string): Promise<void> {
  const file = await open(addition, "r");
  const out = await open(image, "r+");
  await out.write(await file.readFile(), 0, undefined, start * BLOCK_BYTES);
  await Promise.all([file.close(), out.close()]);
}
