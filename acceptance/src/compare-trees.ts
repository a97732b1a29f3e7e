import { extname } from "node:path";
import type { ReadEntry, Sees } from "./reader.ts";
import { asSeen, isSure, type TreeEntry, toTree } from "./seen-tree.ts";

/** One point in which a tree differs from the expected one. */
export interface Difference {
  /** Path of the entry: as expected, or as seen where nothing of the kind was expected. */
  readonly path: string;
  readonly what: "missing" | "unexpected" | "twice" | "kind" | "bytes" | "sha256" | "mode" | "mtime" | "target";
  readonly expected?: string;
  readonly seen?: string;
}

/** How a tree compares with the expected one. */
export interface Comparison {
  readonly differences: readonly Difference[];
  /** Entries that the reader should show, the root not counted. */
  readonly expected: number;
  /** Entries that it shows, the root not counted. */
  readonly seen: number;
}

/**
 * Compares a tree with what a reader made of it, within what the reader can see. Equal trees have no differences *and*
 * equal counts; a test asserts both, so that an empty listing can never pass.
 *
 * What an entry of the expected tree leaves out is not compared. What a reader says it sees must be there.
 */
export function compareTrees(expected: readonly ReadEntry[], seen: readonly ReadEntry[], sees: Sees): Comparison {
  const differences: Difference[] = [...duplicates(seen)];
  const expectedRoot = toTree(asSeen(expected, sees));
  const seenRoot = toTree(seen);
  const links =
    sees.symlinks === "no"
      ? new Set(expected.filter(({ kind }) => kind === "symlink").map(({ path }) => path))
      : new Set<string>();
  const dropped = compareDirectories(expectedRoot, seenRoot, { sees, links, differences });
  return { differences, expected: count(expectedRoot), seen: count(seenRoot) - dropped };
}

/** Differences in words, one a line. */
export function describeDifferences({ differences, expected, seen }: Comparison): string {
  const lines = differences.map(({ path, what, expected: wanted, seen: found }) => {
    const values =
      wanted === undefined && found === undefined
        ? ""
        : `: expected ${wanted ?? "nothing"}, seen ${found ?? "nothing"}`;
    return `${what} ${path}${values}`;
  });
  return [`${expected} entries expected, ${seen} seen`, ...lines].join("\n");
}

interface Pass {
  readonly sees: Sees;
  /** Paths of links that the reader may show as empty files. */
  readonly links: ReadonlySet<string>;
  readonly differences: Difference[];
}

/** Compares children; gives the number of seen entries that stand for links, which are not counted. */
function compareDirectories(expected: TreeEntry, seen: TreeEntry, pass: Pass): number {
  compareEntries(expected.entry, seen.entry, pass);
  const left = new Map(seen.children);
  const isDoubtful = doubtfulNames(expected, pass.sees);
  const unmatched: TreeEntry[] = [];
  let dropped = 0;
  for (const child of expected.children.values()) {
    const same = left.get(child.name);
    if (same === undefined) unmatched.push(child);
    else {
      left.delete(child.name);
      dropped += compareDirectories(child, same, pass);
    }
  }
  // Those whose beginning tells most come first, so that no other takes what is theirs.
  const beginning = ({ name }: TreeEntry): string =>
    isSure(name, pass.sees) ? halfStem(name) : surePrefix(name, pass.sees);
  unmatched.sort((one, other) => beginning(other).length - beginning(one).length);
  for (const child of unmatched) {
    const candidates = isDoubtful(child.name) ? [...left.values()] : [];
    const mapped = candidates.find(
      (candidate) =>
        candidate.name.startsWith(beginning(child)) &&
        isCutToLimit(child, candidate, pass.sees) &&
        isAlike(child, candidate),
    );
    if (mapped === undefined) pass.differences.push({ path: child.path, what: "missing" });
    else {
      left.delete(mapped.name);
      dropped += compareDirectories(child, mapped, pass);
    }
  }
  for (const extra of left.values()) {
    if (isLinkAsFile(expected, extra, pass)) dropped += 1;
    else pass.differences.push({ path: extra.path, what: "unexpected", seen: extra.entry?.kind ?? "directory" });
  }
  return dropped;
}

function compareEntries(
  expected: ReadEntry | undefined,
  seen: ReadEntry | undefined,
  { sees, differences }: Pass,
): void {
  if (expected === undefined || seen === undefined) return;
  const differ = (what: Difference["what"], wanted: unknown, found: unknown): void => {
    if (wanted === undefined || wanted === found) return;
    differences.push({
      path: expected.path,
      what,
      expected: String(wanted),
      ...(found !== undefined && { seen: String(found) }),
    });
  };
  differ("kind", expected.kind, seen.kind);
  if (expected.kind !== seen.kind) return;
  if (expected.kind === "file") {
    differ("bytes", expected.bytes, seen.bytes);
    const isMapped = expected.path !== seen.path;
    if (sees.contents && !(isMapped && seen.sha256 === undefined)) differ("sha256", expected.sha256, seen.sha256);
  }
  if (expected.kind === "symlink") {
    if (Buffer.byteLength(expected.target ?? "") <= (sees.maxTarget ?? Infinity))
      differ("target", expected.target, seen.target);
  }
  // A link's own mode means nothing, and systems show different ones.
  else if (sees.modes !== 0) differ("mode", octal(expected.mode, sees), octal(seen.mode, sees));
  if (expected.kind === "symlink" ? sees.linkMtimes : sees.mtimes)
    differ("mtime", time(expected.mtime), time(seen.mtime));
}

function octal(mode: number | undefined, sees: Sees): string | undefined {
  return mode === undefined ? undefined : (mode & sees.modes).toString(8);
}

function time(mtime: number | undefined): string | undefined {
  return mtime === undefined ? undefined : new Date(Math.floor(mtime / 1000) * 1000).toISOString();
}

/**
 * Tells which names of a directory a reader may show changed: those that its tree cannot store, and in a Joliet tree
 * those that differ only in case, because Windows takes them for one.
 */
function doubtfulNames(directory: TreeEntry, sees: Sees): (name: string) => boolean {
  const folded = [...directory.children.keys()].map((name) => name.toLowerCase());
  const clashing = new Set(folded.filter((name, index) => folded.indexOf(name) !== index));
  return (name) => !isSure(name, sees) || (sees.joliet && clashing.has(name.toLowerCase()));
}

/** Whether a name that is only too long is shown as long as names can be, and no shorter. */
function isCutToLimit({ name }: TreeEntry, { name: shown }: TreeEntry, { maxName, ...sees }: Sees): boolean {
  const isOnlyTooLong =
    maxName !== undefined && name.length > maxName && isSure(name, { ...sees, maxName: name.length });
  return !isOnlyTooLong || shown.length >= maxName;
}

/** Whether a seen entry can be an expected one under another name. */
function isAlike({ entry: expected }: TreeEntry, { entry: seen }: TreeEntry): boolean {
  if (expected?.kind !== seen?.kind || expected?.bytes !== seen?.bytes) return false;
  return seen?.sha256 === undefined || seen.sha256 === expected?.sha256;
}

/** The beginning that is kept of a name that has been given a number: half of what comes before its extension. */
function halfStem(name: string): string {
  return name.slice(0, Math.floor((name.length - extname(name).length) / 2));
}

/** The beginning that every mapping keeps: half of the longest name, and not the character before the first doubtful one. */
function surePrefix(name: string, sees: Sees): string {
  const most = Math.min(name.length, Math.floor((sees.maxName ?? name.length) / 2));
  let end = 0;
  while (end < most && isSure(name.slice(0, end + 1), sees)) end++;
  return name.slice(0, end < most ? Math.max(0, end - 1) : end);
}

function isLinkAsFile(directory: TreeEntry, extra: TreeEntry, { links }: Pass): boolean {
  if (extra.entry?.kind !== "file" || extra.entry.bytes !== 0) return false;
  return links.has(`${directory.path === "/" ? "" : directory.path}/${extra.name}`);
}

function duplicates(seen: readonly ReadEntry[]): Difference[] {
  const paths = new Set<string>();
  return seen.flatMap(({ path }) => (paths.size === paths.add(path).size ? [{ path, what: "twice" as const }] : []));
}

function count({ children }: TreeEntry): number {
  let entries = children.size;
  for (const child of children.values()) entries += count(child);
  return entries;
}
