import { posix } from "node:path";
import type { ReadEntry, Sees } from "./reader.ts";

/** An entry in its place. Directories that no entry names, such as the root, have none of their own. */
export interface TreeEntry {
  readonly path: string;
  readonly name: string;
  entry: ReadEntry | undefined;
  readonly children: Map<string, TreeEntry>;
}

/** Links that lead to links are followed so often, as POSIX systems allow. */
const MOST_LINKS = 40;

/** Joliet's forbidden characters, and those that UCS-2 has not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: Joliet forbids control characters.
const NOT_JOLIET = /[\u0000-\u001f*/:;?\\\u{d800}-\u{dfff}\u{10000}-\u{10ffff}]/u;

/** Whether a reader is sure to show a name as it is. */
export function isSure(name: string, { maxName, showsName }: Sees): boolean {
  const isStored = maxName === undefined || (name.length <= maxName && !NOT_JOLIET.test(name));
  return isStored && (showsName?.(name) ?? true);
}

/**
 * The tree that a reader should show when the disc is right: links as targets, followed, or left out. GRUB, the one
 * reader that follows, does not get past a `.` in a target (2.06), so such links are not expected.
 */
export function asSeen(expected: readonly ReadEntry[], sees: Sees): readonly ReadEntry[] {
  if (sees.symlinks === "targets") return expected;
  const plain = expected.filter(({ kind }) => kind !== "symlink");
  if (sees.symlinks === "no") return plain;
  const root = toTree(expected);
  const links = expected.filter(({ kind, target }) => kind === "symlink" && !/(^|\/)\.(\/|$)/.test(target ?? ""));
  return [...plain, ...links.flatMap((link) => follow(root, link))];
}

/** The file that a link leads to, under the link's name: without a time, because readers give either the link's or the file's. */
function follow(root: TreeEntry, link: ReadEntry): ReadEntry[] {
  const found = resolveLink(root, link);
  if (found?.entry?.kind !== "file") return [];
  const { mtime: _, ...rest } = found.entry;
  return [{ ...rest, path: link.path }];
}

function resolveLink(root: TreeEntry, link: ReadEntry): TreeEntry | undefined {
  let entry: ReadEntry | undefined = link;
  for (let links = 0; links < MOST_LINKS && entry !== undefined; links++) {
    const found = find(root, posix.resolve(posix.dirname(entry.path), entry.target ?? ""));
    if (found?.entry?.kind !== "symlink") return found;
    entry = found.entry;
  }
  return undefined;
}

function find(root: TreeEntry, path: string): TreeEntry | undefined {
  let at: TreeEntry | undefined = root;
  for (const name of path.split("/").filter(Boolean)) at = at?.children.get(name);
  return at;
}

/** Arranges entries by their directories. */
export function toTree(entries: readonly ReadEntry[]): TreeEntry {
  const root: TreeEntry = { path: "/", name: "", entry: undefined, children: new Map() };
  for (const entry of entries) {
    let at = root;
    for (const name of entry.path.split("/").filter(Boolean)) {
      const path = `${at.path === "/" ? "" : at.path}/${name}`;
      const child = at.children.get(name) ?? { path, name, entry: undefined, children: new Map() };
      at.children.set(name, child);
      at = child;
    }
    at.entry = entry;
  }
  return root;
}
