import type { TreeNode } from "@multisession/core";
import type { NamedNode } from "./hierarchy.ts";

/** Longest name of a file, name and extension together (ECMA-119 7.5.1, levels 2 and 3). */
const FILE_CHARACTERS = 30;

/** Longest name of a folder (ECMA-119 7.6.3, levels 2 and 3). */
const DIRECTORY_CHARACTERS = 31;

/** Longest extension of a name that is cut: `HTML`, `JPEG`. */
const EXTENSION_CHARACTERS = 4;

/** Longest extension that is kept whole: it leaves room to count names that become the same. */
const MAX_EXTENSION_CHARACTERS = 20;

/** Characters kept from the end of a name that is cut: numbered series stay apart without a counter. */
const TAIL_CHARACTERS = 6;

/**
 * Gives every node of a directory an identifier of d-characters (ECMA-119 7.5, 7.6), unique in the directory, and puts
 * them into the order of ECMA-119 9.3. The same children give the same identifiers, in whatever order they come.
 *
 * The key is name, dot, extension; a directory's identifier is its key without the dot. Compared as text, keys are in the
 * order that the standard asks for, because the dot sorts before every d-character as the padding would.
 */
export function nameForIso(children: readonly TreeNode[]): NamedNode[] {
  const used = new Set<string>();
  const named: NamedNode[] = [];
  const others: TreeNode[] = [];
  for (const node of children) {
    const key = ownKey(node);
    if (key === undefined) others.push(node);
    else if (used.size !== used.add(key).size) named.push({ key, node });
    else others.push(node);
  }
  const counters = new Map<string, number>();
  for (const node of others.sort((a, b) => (a.name < b.name ? -1 : 1)))
    named.push({ key: freeKey(node, used, counters), node });
  return named.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The key of a node whose name is an identifier as it stands. */
function ownKey({ name, kind }: TreeNode): string | undefined {
  if (kind === "directory") return /^[A-Z0-9_]{1,31}$/.test(name) ? `${name}.` : undefined;
  return name.length <= FILE_CHARACTERS + 1 && /^[A-Z0-9_]+\.[A-Z0-9_]*$/.test(name) ? name : undefined;
}

function freeKey(node: TreeNode, used: Set<string>, counters: Map<string, number>): string {
  const { base, extension } = partsOf(node);
  const room = node.kind === "directory" ? DIRECTORY_CHARACTERS : FILE_CHARACTERS - extension.length;
  const tail = Math.min(TAIL_CHARACTERS, room - 1);
  const stem = base.length > room ? base.slice(0, room - tail) + base.slice(-tail) : base;
  const plain = `${stem}.${extension}`;
  if (used.size !== used.add(plain).size) return plain;
  // Counted from 1 for each start of a name that several cut names share, so that a long run of them stays fast.
  const start = `${base.slice(0, room - tail)}.${extension}`;
  for (let count = (counters.get(start) ?? 0) + 1; ; count += 1) {
    const suffix = `_${count.toString(36).toUpperCase()}`;
    const key = `${base.slice(0, Math.max(0, Math.min(room - tail, room - suffix.length)))}${suffix}.${extension}`;
    if (used.size === used.add(key).size) continue;
    counters.set(start, count);
    return key;
  }
}

function partsOf({ name, kind }: TreeNode): { base: string; extension: string } {
  const dot = kind === "directory" ? -1 : name.lastIndexOf(".");
  if (dot <= 0) return { base: dCharacters(name), extension: "" };
  const base = dCharacters(name.slice(0, dot));
  const extension = dCharacters(name.slice(dot + 1));
  const isWhole = extension.length <= MAX_EXTENSION_CHARACTERS && base.length + extension.length <= FILE_CHARACTERS;
  return { base, extension: isWhole ? extension : extension.slice(0, EXTENSION_CHARACTERS) };
}

/** Text in d-characters: capital letters, digits, underscores for everything else. */
export function dCharacters(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9_]/g, "_");
}
