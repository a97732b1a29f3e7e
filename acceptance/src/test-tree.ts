import { createHash } from "node:crypto";
import { chmod, lutimes, mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ReadEntry } from "./reader.ts";

/** A node of a test tree. */
export type TestNode = {
  /** Absolute, `/` between names; the root is `/`. */
  readonly path: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly mtime: number;
} & (
  | { readonly kind: "directory"; readonly mode: number }
  | { readonly kind: "file"; readonly mode: number; readonly content: Buffer }
  | { readonly kind: "symlink"; readonly target: string }
);

/** A tree by paths. */
export type TestTree = ReadonlyMap<string, TestNode>;

/** What {@link testTree} is made of. */
export interface TestTreeOptions {
  /** Plain files in three levels of directories, besides the odd ones. 500 unless told. */
  readonly files?: number;
  /**
   * Leaves out what defects of some programs make unusable for them: link targets of more than 100 bytes, names that need
   * a continuation area of Rock Ridge or have characters outside UCS-2, and times in the future.
   */
  readonly isTame?: boolean;
}

const FILES_A_DIRECTORY = 10;
const DIRECTORIES_A_DIRECTORY = 5;
/** Every so many-th plain file is empty. */
const EMPTY = 25;
const CONTINUED_NAME = `${"r".repeat(180)}.with a continued name.txt`;
/** As long as Joliet trees hold names: 103 characters. */
const JOLIET_NAME = `${"as long as Joliet holds it ".repeat(3)}all 103 characters.txt`;
const LONG_LINK = "to a long nowhere";
const LATE_TIME = Date.UTC(2037, 11, 31, 1, 2, 3);
const ASTRAL_NAME = "optical disc \u{1f4bf}.txt";
const WILD = [
  `/names/${JOLIET_NAME}`,
  `/names/${CONTINUED_NAME}`,
  `/names/${ASTRAL_NAME}`,
  `/links/${LONG_LINK}`,
  `/attributes/time ${LATE_TIME}`,
];
const FIRST_TIME = Date.UTC(2001, 8, 9, 1, 46, 40);

/**
 * A tree with what goes wrong on real discs: three levels, empty files and directories, long and non-ASCII names, names
 * that differ only in case or in their Unicode form, links of all kinds, a path deeper than ISO 9660's eight levels, odd
 * modes and times. The same for the same options.
 */
export function testTree({ files = 500, isTame = false }: TestTreeOptions = {}): TestTree {
  const tree = new Map<string, TestNode>();
  const add = (node: TestNode): void => addNode(tree, node);
  for (let number = 0; number < files; number++) add(plainFile(number));
  for (const node of [...oddNames(), ...links(), ...deepPath(), ...oddAttributes()]) add(node);
  if (isTame) for (const path of WILD) tree.delete(path);
  return tree;
}

/**
 * The tree of a second session: files added, changed, removed, renamed and given another mode, a directory added and one
 * removed; everything else as it was.
 */
export function changedTree(tree: TestTree): TestTree {
  const changed = new Map(tree);
  const time = FIRST_TIME + 400_000_000_000;
  const first = fileOf(tree, plainPath(0));
  const second = fileOf(tree, plainPath(1));
  const third = fileOf(tree, plainPath(2));
  changed.set(first.path, { ...first, content: content(9_999, 7_000), mtime: time });
  changed.delete(second.path);
  changed.set(third.path, { ...third, mode: 0o600 });
  changed.delete("/case/report.txt");
  changed.delete("/empty directory");
  const moved = fileOf(tree, plainPath(3));
  changed.delete(moved.path);
  addNode(changed, { ...moved, path: "/second session/moved.dat" });
  addNode(changed, {
    kind: "file",
    path: "/second session/new.txt",
    mode: 0o644,
    mtime: time,
    content: content(10_000, 3_000),
  });
  addNode(changed, { kind: "file", path: "/second session/empty", mode: 0o644, mtime: time, content: Buffer.alloc(0) });
  addNode(changed, {
    kind: "symlink",
    path: "/second session/to the first",
    mtime: time,
    target: "../links/target.txt",
  });
  return changed;
}

/** What a reader that sees everything should show. */
export function expectedEntries(tree: TestTree): readonly ReadEntry[] {
  return [...tree.values()].map((node) => {
    const { path, kind, mtime } = node;
    if (node.kind === "symlink") return { path, kind, mtime, target: node.target };
    if (node.kind === "directory") return { path, kind, mtime, mode: node.mode };
    const sha256 = createHash("sha256").update(node.content).digest("hex");
    return { path, kind, mtime, mode: node.mode, bytes: node.content.length, sha256 };
  });
}

/** Writes a tree into a folder, replacing what is there, with every mode and time. */
export async function writeTree(tree: TestTree, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const nodes = [...tree.values()].sort((left, right) => left.path.length - right.path.length);
  for (const node of nodes) await create(node, join(folder, node.path));
  for (const node of nodes.reverse()) await setAttributes(node, join(folder, node.path));
}

async function create(node: TestNode, local: string): Promise<void> {
  if (node.kind === "directory") await mkdir(local, { recursive: true });
  else if (node.kind === "file") await writeFile(local, node.content);
  else await symlink(node.target, local);
}

async function setAttributes(node: TestNode, local: string): Promise<void> {
  const seconds = node.mtime / 1000;
  if (node.kind === "symlink") return lutimes(local, seconds, seconds);
  await chmod(local, node.mode);
  await utimes(local, seconds, seconds);
}

/** Adds a node, and the directories above it that are not there yet. */
function addNode(tree: Map<string, TestNode>, node: TestNode): void {
  const parent = dirname(node.path);
  if (node.path !== "/" && !tree.has(parent)) {
    addNode(tree, { kind: "directory", path: parent, mode: 0o755, mtime: FIRST_TIME + tree.size * 86_461_000 });
  }
  tree.set(node.path, node);
}

function fileOf(tree: TestTree, path: string): TestNode & { readonly kind: "file" } {
  const node = tree.get(path);
  if (node?.kind !== "file") throw new TypeError(`The tree has no file ${path}; a tree of at least 4 plain files has.`);
  return node;
}

function plainPath(number: number): string {
  const directory = Math.floor(number / FILES_A_DIRECTORY);
  const top = String(Math.floor(directory / DIRECTORIES_A_DIRECTORY)).padStart(2, "0");
  return `/level one ${top}/level two ${directory}/file-${String(number).padStart(4, "0")}.dat`;
}

function plainFile(number: number): TestNode {
  const bytes = number % EMPTY === EMPTY - 1 ? 0 : (number * 977) % 9_000;
  return file(plainPath(number), content(number, bytes), 0o644, FIRST_TIME + number * 1_000_003_000);
}

function oddNames(): TestNode[] {
  const names = [
    `${"a long name ".repeat(5)}.txt`,
    `${"longer than Joliet ".repeat(4)}.txt`,
    CONTINUED_NAME,
    "Grüße aus Köln.txt",
    "日本語の文書.txt",
    "Ελληνικά και Русский.txt",
    "caf\u00e9 composed.txt",
    "cafe\u0301 decomposed.txt",
    ASTRAL_NAME,
    "what is this?.txt",
    "it's quoted.txt",
    'and "quoted" again.txt',
    ".hidden",
    "no extension",
    "two.dots.txt",
    "$dollar & (brackets) [square], 100%.txt",
    JOLIET_NAME,
  ];
  const odd = names.map((name, index) => file(`/names/${name}`, Buffer.from(`content of name ${index}`)));
  const cased = ["Report.txt", "report.txt", "REPORT.TXT"].map((name) =>
    file(`/case/${name}`, Buffer.from(`this is ${name}`)),
  );
  return [...odd, ...cased, { kind: "directory", path: "/empty directory", mode: 0o755, mtime: FIRST_TIME }];
}

function links(): TestNode[] {
  const link = (name: string, target: string): TestNode => ({
    kind: "symlink",
    path: `/links/${name}`,
    target,
    mtime: FIRST_TIME + 12_345_000,
  });
  return [
    file("/links/target.txt", Buffer.from("what the links lead to")),
    file("/links/directory/inside.txt", Buffer.from("inside")),
    link("to a file", "target.txt"),
    link("to a directory", "directory"),
    link("up and down", "../links/./directory/inside.txt"),
    link("to nowhere", "/there/is/no/such/file"),
    link(LONG_LINK, `../${"long/".repeat(50)}${"target".repeat(10)}`),
    link("to Köln", "../names/Grüße aus Köln.txt"),
  ];
}

function deepPath(): TestNode[] {
  const levels = Array.from({ length: 12 }, (_, level) => `level${level + 1}`);
  return [file(`/deep/${levels.join("/")}/bottom.txt`, Buffer.from("deep down"))];
}

function oddAttributes(): TestNode[] {
  const modes = [0o400, 0o444, 0o600, 0o664, 0o755, 0o777, 0o4755, 0o2755];
  const times = [Date.UTC(1970, 0, 2), Date.UTC(1999, 11, 31, 23, 59, 58), Date.UTC(2024, 1, 29, 12), LATE_TIME];
  return [
    ...modes.map((mode) => file(`/attributes/mode ${mode.toString(8)}`, Buffer.from(mode.toString(8)), mode)),
    ...times.map((mtime) => file(`/attributes/time ${mtime}`, Buffer.from(String(mtime)), 0o644, mtime)),
    { kind: "directory", path: "/attributes/only mine", mode: 0o700, mtime: FIRST_TIME },
    { kind: "directory", path: "/attributes/sticky", mode: 0o1777, mtime: FIRST_TIME },
    file("/attributes/sticky/inside.txt", Buffer.from("inside a sticky directory")),
  ];
}

function file(path: string, bytes: Buffer, mode = 0o644, mtime: number = FIRST_TIME): TestNode {
  return { kind: "file", path, content: bytes, mode, mtime };
}

/** Bytes that differ from file to file: SHA-256 in counter mode, so that no two blocks are alike. */
function content(seed: number, bytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let length = 0; length < bytes; length += 32) {
    blocks.push(createHash("sha256").update(`${seed}/${length}`).digest());
  }
  return Buffer.concat(blocks).subarray(0, bytes);
}
