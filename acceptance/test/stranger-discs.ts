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
  /** Longest name in its Joliet tree, where that is shorter than Joliet trees can hold. */
  readonly jolietUnits?: number;
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

/** Three sessions by xorriso with all that it stores for backups: hard links, access control lists, attributes, checksums. */
export function xorrisoBackup(folder: string): Promise<StrangerDisc> {
  return xorrisoDisc(folder, { before: ["-for_backup"] });
}

/** Three sessions by xorriso in which what gets smaller is compressed, in either version of zisofs. */
export function xorrisoCompressed(version: 1 | 2): (folder: string) => Promise<StrangerDisc> {
  const settings = version === 1 ? "level=9:block_size=32k" : "level=9:version_2=on:susp_z2=on";
  const filter = ["-set_filter_r", "--zisofs", "/", "--"];
  return (folder) => xorrisoDisc(folder, { before: ["-zisofs", settings], after: filter, isCompressible: true });
}

/** A tree whose files are worth compressing: half of them are longer and repeat themselves, or are full of zeros. */
function compressible(tree: TestTree): TestTree {
  return new Map(
    [...tree].map(([path, node], index) => {
      if (node.kind !== "file" || index % 2 === 0) return [path, node];
      const content =
        index % 4 === 1 ? Buffer.alloc(200_000 + index) : Buffer.alloc(150_000 + index, `${path}, again `);
      return [path, { ...node, content }];
    }),
  );
}

/** What makes one disc by xorriso another than the next. */
interface XorrisoDiscOptions {
  /** Commands before the tree is changed. */
  readonly before?: readonly string[];
  /** Commands behind it. */
  readonly after?: readonly string[];
  readonly isCompressible?: boolean;
}

/** Three sessions by xorriso on an overwritable image: its emulated table of contents, first session at block 32. */
export async function xorrisoDisc(
  folder: string,
  { before = [], after = [], isCompressible = false }: XorrisoDiscOptions = {},
): Promise<StrangerDisc> {
  const image = join(folder, "xorriso.iso");
  const sessions: StrangerSession[] = [];
  for (const [index, made] of threeTrees({ isTame: false }).entries()) {
    const tree = isCompressible ? compressible(made) : made;
    const source = join(folder, "source");
    await writeTree(tree, source);
    const volumeName = `XORRISO_${index + 1}`;
    const start = index === 0 ? 32 : roundUp((await stat(image)).size / BLOCK_BYTES, 32);
    const change = index === 0 ? ["-map", source, "/"] : ["-update_r", source, "/", ...specialModes(tree)];
    const settings = ["-no_rc", ...before, "-joliet", "on", "-padding", "0", "-volid", volumeName];
    await run("xorriso", [...settings, "-dev", `stdio:${image}`, ...change, ...after, "-commit_eject", "none"]);
    sessions.push({ start, volumeName, tree });
  }
  // Without its `joliet_long_names`, xorriso keeps to the specification, but counts no dot of a name that it cuts (measured, 1.5.4).
  return { image, sessions, jolietUnits: 64 };
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

/** What makes one disc by genisoimage another than the next. */
export interface GenisoimageOptions {
  /** Whether folders that lie too deep are moved aside, as ECMA-119 wants it and genisoimage does unless told. */
  readonly deepFolders?: "kept" | "relocated";
  /** Where the second session starts, behind the image of the first. */
  readonly nextSession?: (image: string) => Promise<Lba>;
}

async function behindGap(image: string): Promise<Lba> {
  return roundUp((await stat(image)).size / BLOCK_BYTES, 16) + CD_GAP;
}

/**
 * Two sessions by genisoimage, laid out as on a CD-R. It merges trees: what the second tree lacks is still there, so the
 * second tree is the first with additions. On a link target that needs two entries it never ends, and it stores a time in
 * the future with a time zone that does not exist (1.1.11): the trees are tame.
 */
export async function genisoimageDisc(
  folder: string,
  { deepFolders = "kept", nextSession = behindGap }: GenisoimageOptions = {},
): Promise<StrangerDisc> {
  const [first] = threeTrees({ isTame: true });
  const second = withAdditions(first);
  const source = join(folder, "source");
  const image = join(folder, "genisoimage.iso");
  const addition = join(folder, "addition.iso");
  const settings = [
    "-quiet",
    "-R",
    ...(deepFolders === "kept" ? ["-D"] : []),
    "-J",
    "-joliet-long",
    "-input-charset",
    "utf-8",
    "-no-pad",
  ];

  await writeTree(first, source);
  await run("genisoimage", [...settings, "-V", "GENISO_1", "-o", image, source]);
  const base = join(folder, "base.iso");
  await copyFile(image, base);
  const start = await nextSession(image);
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
