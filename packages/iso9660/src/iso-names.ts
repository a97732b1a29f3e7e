import type { TreeNode } from "@multisession/core";
import type { NamedNode } from "./hierarchy.ts";

/**
 * Longest identifier that is given, without the version: well under the 31 of level 3. The true name is in Rock Ridge
 * and Joliet; with 14 characters a record of an ordinary name leaves room for 15 in a block instead of 14.
 */
const ISO_NAME_CHARACTERS = 14;

/** Longest extension that is kept: `HTML`, `JPEG`. */
const EXTENSION_CHARACTERS = 4;

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
  if (name.length > ISO_NAME_CHARACTERS) return undefined;
  if (kind === "directory") return /^[A-Z0-9_]+$/.test(name) ? `${name}.` : undefined;
  return /^[A-Z0-9_]+\.[A-Z0-9_]{0,4}$/.test(name) ? name : undefined;
}

function freeKey(node: TreeNode, used: Set<string>, counters: Map<string, number>): string {
  const { base, extension } = partsOf(node);
  const room = ISO_NAME_CHARACTERS - 1 - extension.length;
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
  return {
    base: dCharacters(name.slice(0, dot)),
    extension: dCharacters(name.slice(dot + 1)).slice(0, EXTENSION_CHARACTERS),
  };
}

/** Text in d-characters: capital letters, digits, underscores for everything else. */
export function dCharacters(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9_]/g, "_");
}
