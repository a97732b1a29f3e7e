import type { TreeNode } from "@multisession/core";
import type { NamedNode } from "./hierarchy.ts";
import { decodeRecordedAs } from "./recorded-as.ts";
import { sortDistinct } from "./sort-distinct.ts";

/** What an identifier may be. */
export interface IsoNameRules {
  /** Level of interchange (ECMA-119 10). */
  readonly level: 1 | 2 | 3;
  /** The standard's d-characters; or, against the standard, its a-characters; or printable ASCII with small letters. */
  readonly characters: "d" | "a" | "relaxed";
}

/** Rules where nothing else is wanted. */
export const defaultIsoNames: IsoNameRules = { level: 3, characters: "d" };

/** Longest names in characters, without dot and version (ECMA-119 7.5.1, 7.6.3, 10.1). */
interface Lengths {
  readonly base: number;
  readonly extension: number;
  /** Name and extension together. */
  readonly file: number;
  readonly directory: number;
}

const longest: Readonly<Record<IsoNameRules["level"], Lengths>> = {
  1: { base: 8, extension: 3, file: 11, directory: 8 },
  2: { base: 30, extension: 30, file: 30, directory: 31 },
  3: { base: 30, extension: 30, file: 30, directory: 31 },
};

/** Other characters than those of names: d- and a-characters of ECMA-119 7.4, without the separators. */
const outside: Readonly<Record<IsoNameRules["characters"], RegExp>> = {
  d: /[^A-Z0-9_]/,
  a: /[^A-Z0-9_ !"%&'()*+,\-:<=>?]/,
  relaxed: /[^\u0020-\u007e]|[./;]/,
};

/** The same, to replace each of them. */
const everyOutside: typeof outside = {
  d: new RegExp(outside.d, "g"),
  a: new RegExp(outside.a, "g"),
  relaxed: new RegExp(outside.relaxed, "g"),
};

/** Names that only need capital letters to be identifiers, as far as they are short enough: nearly all there are. */
const PLAIN = /^[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]*)?$/;

/** Longest extension of a name that is cut: `HTML`, `JPEG`. */
const EXTENSION_CHARACTERS = 4;

/** Longest extension that is kept whole: it leaves room to count names that become the same. */
const MAX_EXTENSION_CHARACTERS = 20;

/** Characters kept from the end of a name that is cut: numbered series stay apart without a counter. */
const TAIL_CHARACTERS = 6;

/**
 * Gives every node of a directory an identifier (ECMA-119 7.5, 7.6), unique in the directory, and puts them into the order
 * of ECMA-119 9.3. The same children give the same identifiers, in whatever order they come. What was recorded before
 * keeps its identifier: first come those that had to be told apart then, then the others, then new nodes.
 *
 * The key is name, dot, extension; a directory's identifier is its key without the dot.
 */
export function nameForIso(children: readonly TreeNode[], rules: IsoNameRules = defaultIsoNames): NamedNode[] {
  return namedAlone(children, rules) ?? namedInTurn(children, rules);
}

/** Where each can have the key that it would have alone, which needs no turns; nothing where two would have the same. */
function namedAlone(children: readonly TreeNode[], rules: IsoNameRules): NamedNode[] | undefined {
  // Other characters have an order of their own, or are the same without regard to case.
  if (rules.characters !== "d") return undefined;
  const keyOf = (node: TreeNode): string =>
    toldApartKey(node, rules) ?? plainKey(node, rules) ?? ownKey(node, rules) ?? madeKey(node, rules);
  return sortDistinct(children.map((node) => ({ key: keyOf(node), node })));
}

/** For any: who was recorded first, and whose name is an identifier, before others that would have the same key. */
export function namedInTurn(children: readonly TreeNode[], rules: IsoNameRules): NamedNode[] {
  const used = new UsedKeys(rules);
  const named: NamedNode[] = [];
  const take = (node: TreeNode, key: string | undefined): boolean => {
    if (key === undefined || !used.take(key)) return false;
    named.push({ key, node });
    return true;
  };
  const isLeft = (node: TreeNode): boolean => !taken.has(node);
  const taken = new Set(children.filter((node) => take(node, toldApartKey(node, rules))));
  let others = taken.size === 0 ? children : children.filter(isLeft);
  // Of those that were recorded as they would be alone, a name that is an identifier goes first, as it did then.
  for (const [isRecorded, keyOf] of [
    [true, ownKey],
    [true, keyAlone],
    [false, ownKey],
  ] as const) {
    const left = others.filter(
      (node) => (node.recordedAs !== undefined) !== isRecorded || !take(node, keyOf(node, rules)),
    );
    others = left;
  }
  const counters = new Map<string, number>();
  for (const node of others.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
    named.push({ key: freeKey(node, used, counters, rules), node });
  return rules.characters === "d" ? named.sort(byKey) : named.sort(byParts);
}

/** Keys that are in use, without regard to case. */
class UsedKeys {
  readonly #keys = new Set<string>();
  /** Otherwise they are in capital letters anyway. */
  readonly #hasCase: boolean;

  constructor({ characters }: IsoNameRules) {
    this.#hasCase = characters === "relaxed";
  }

  /** Takes a key; tells whether it was free. */
  take(key: string): boolean {
    const keys = this.#keys;
    return keys.size !== keys.add(this.#hasCase ? key.toUpperCase() : key).size;
  }
}

/** Among d-characters the dot sorts before every other, as the padding would that the standard wants. */
function byKey(a: NamedNode, b: NamedNode): number {
  return a.key < b.key ? -1 : 1;
}

/** Some a-characters sort before the dot; the end of a name must come before them. */
function byParts(a: NamedNode, b: NamedNode): number {
  return a.key.replace(".", "\0") < b.key.replace(".", "\0") ? -1 : 1;
}

/** What a node was called when it was not called as it would be alone, if the rules still allow it. */
function toldApartKey(node: TreeNode, rules: IsoNameRules): string | undefined {
  const key = decodeRecordedAs(node)?.iso;
  return key !== undefined && isKey(key, node.kind, rules) ? key : undefined;
}

/** The key of a node whose name is an identifier as it stands. */
function ownKey({ name, kind }: TreeNode, rules: IsoNameRules): string | undefined {
  const key = kind === "directory" ? `${name}.` : name;
  return isKey(key, kind, rules) ? key : undefined;
}

function isKey(key: string, kind: TreeNode["kind"], { level, characters }: IsoNameRules): boolean {
  // A dot only parts name and extension.
  const name = key.indexOf(".");
  if (name < 1 || key.includes(".", name + 1) || withoutPadding(key) !== key) return false;
  if (outside[characters].test(key.slice(0, name)) || outside[characters].test(key.slice(name + 1))) return false;
  const most = longest[level];
  const extension = key.length - name - 1;
  if (kind === "directory") return extension === 0 && name <= most.directory;
  return name <= most.base && extension <= most.extension && name + extension <= most.file;
}

/**
 * Why a name is not what readers of the primary hierarchy would show: nothing when it is. They show neither version nor
 * the dot before an empty extension.
 */
export function whyNoIdentifier(
  { name, kind }: Pick<TreeNode, "name" | "kind">,
  { level, characters }: IsoNameRules,
): string | undefined {
  const { base, extension, file, directory } = longest[level];
  const isDirectory = kind === "directory";
  const [first = "", second, ...more] = name.split(".");
  if (isDirectory && second !== undefined) return "is a folder with a dot in its name";
  if (more.length > 0) return "has more than one dot";
  if (first === "") return "has nothing before its dot";
  if (second === "") return "ends in a dot, which readers leave out";
  const text = first + (second ?? "");
  if (inCharacters(text, characters) !== text)
    return characters === "d"
      ? "has other characters than A to Z, 0 to 9 and underscore"
      : "has characters that are not allowed";
  if (isDirectory) return first.length > directory ? `is longer than ${directory} characters` : undefined;
  if (first.length > base || (second ?? "").length > extension)
    return `has more than ${base} characters before the dot or ${extension} behind it`;
  return text.length > file ? `is longer than ${file} characters and a dot` : undefined;
}

/** Names that are identifiers as they stand, all of them, in the order of ECMA-119 9.3. */
export function nameAsGiven(children: readonly TreeNode[]): NamedNode[] {
  return children
    .map((node) => ({ key: node.kind !== "directory" && node.name.includes(".") ? node.name : `${node.name}.`, node }))
    .sort(byKey);
}

/** The key that a node has when no other is called the same. */
export function keyAlone(node: Pick<TreeNode, "name" | "kind">, rules: IsoNameRules): string {
  return plainKey(node, rules) ?? madeKey(node, rules);
}

/** The same for a name that only needs capital letters; nothing for others. */
function plainKey(
  { name, kind }: Pick<TreeNode, "name" | "kind">,
  { level, characters }: IsoNameRules,
): string | undefined {
  if (characters !== "d" || !PLAIN.test(name)) return undefined;
  const most = longest[level];
  const dot = name.indexOf(".");
  if (kind === "directory") return dot < 0 && name.length <= most.directory ? `${name.toUpperCase()}.` : undefined;
  const base = dot < 0 ? name.length : dot;
  const extension = dot < 0 ? 0 : name.length - dot - 1;
  if (base > most.base || extension > Math.min(most.extension, MAX_EXTENSION_CHARACTERS)) return undefined;
  if (base + extension > most.file) return undefined;
  return dot < 0 ? `${name.toUpperCase()}.` : name.toUpperCase();
}

function madeKey(node: Pick<TreeNode, "name" | "kind">, rules: IsoNameRules): string {
  const { base, extension } = partsOf(node, rules);
  const { room, tail } = roomFor(node, extension, rules);
  const stem = base.length > room ? base.slice(0, room - tail) + base.slice(-tail) : base;
  return withoutPadding(`${stem}.${extension}`);
}

function freeKey(node: TreeNode, used: UsedKeys, counters: Map<string, number>, rules: IsoNameRules): string {
  const plain = keyAlone(node, rules);
  if (used.take(plain)) return plain;
  const { base, extension } = partsOf(node, rules);
  const { room, tail } = roomFor(node, extension, rules);
  // Counted from 1 for each start of a name that several cut names share, so that a long run of them stays fast.
  const start = `${base.slice(0, room - tail)}.${extension}`;
  for (let count = (counters.get(start) ?? 0) + 1; ; count += 1) {
    const suffix = `_${count.toString(36).toUpperCase()}`;
    const head = base.slice(0, Math.max(0, Math.min(room - tail, room - suffix.length)));
    const key = withoutPadding(`${head}${suffix}.${extension}`);
    if (!used.take(key)) continue;
    counters.set(start, count);
    return key;
  }
}

/** A space at the end of a name or an extension is the padding that names are compared with. */
function withoutPadding(key: string): string {
  return key.includes(" ") ? key.replaceAll(/ +(?=\.|$)/g, (spaces) => "_".repeat(spaces.length)) : key;
}

function roomFor(
  { kind }: Pick<TreeNode, "kind">,
  extension: string,
  { level }: IsoNameRules,
): { readonly room: number; readonly tail: number } {
  const { base, file, directory } = longest[level];
  const room = kind === "directory" ? directory : Math.min(base, file - extension.length);
  return { room, tail: Math.min(TAIL_CHARACTERS, room - 1) };
}

function partsOf(
  { name, kind }: Pick<TreeNode, "name" | "kind">,
  { level, characters }: IsoNameRules,
): { base: string; extension: string } {
  const dot = kind === "directory" ? -1 : name.lastIndexOf(".");
  if (dot <= 0) return { base: inCharacters(name, characters), extension: "" };
  const { file, extension: most } = longest[level];
  const base = inCharacters(name.slice(0, dot), characters);
  const extension = inCharacters(name.slice(dot + 1), characters);
  const isWhole = extension.length <= MAX_EXTENSION_CHARACTERS && base.length + extension.length <= file;
  return { base, extension: extension.slice(0, isWhole ? most : Math.min(most, EXTENSION_CHARACTERS)) };
}

function inCharacters(text: string, characters: IsoNameRules["characters"]): string {
  const folded = characters === "relaxed" ? text : text.toUpperCase();
  return outside[characters].test(folded) ? folded.replaceAll(everyOutside[characters], "_") : folded;
}

/** Text in d-characters: capital letters, digits, underscores for everything else. */
export function dCharacters(text: string): string {
  return inCharacters(text, "d");
}
