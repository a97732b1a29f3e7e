import type { TreeNode } from "@multisession/core";
import type { NamedNode } from "./hierarchy.ts";
import { filesAndFolders, type LeftOut } from "./left-out.ts";
import { decodeRecordedAs } from "./recorded-as.ts";
import { sortDistinct } from "./sort-distinct.ts";

/** Longest name in UTF-16 units: 64 in the specification, 103 by an extension that all known readers take. */
export const JOLIET_NAME_UNITS = 103;

/** How long a name may be: as the specification says, or as all known readers take it. */
export type JolietUnits = 64 | 103;

/** Names that Joliet cannot hold as they are. */
export interface JolietChanges extends LeftOut {
  /** Names with characters that Joliet forbids or UCS-2 lacks, or with a final dot or space, or that differ only in case. */
  mapped: number;
  /** Names that are too long. */
  cut: number;
}

/**
 * Names the children of a directory for Joliet and sorts them by code units. Names stay as they are where Joliet and its readers
 * allow; a character outside UCS-2 becomes `_`, as with xorriso, because libcdio loses a whole folder that has one (measured);
 * two that would differ only in case, or only behind the limit, are told apart by `~1`, `~2` before the extension,
 * because Windows opens names without regard to case. What was recorded before keeps its name, as in the primary
 * hierarchy. Symbolic links and special files are left out.
 */
export function nameForJoliet(
  children: readonly TreeNode[],
  changes: JolietChanges,
  units: JolietUnits = JOLIET_NAME_UNITS,
): NamedNode[] {
  const shown = filesAndFolders(children, changes);
  return namedAlone(shown, units) ?? namedInTurn(shown, changes, units);
}

/** Where each can be called as it is, which needs no turns; nothing where one cannot, or two would be the same. */
function namedAlone(shown: readonly TreeNode[], units: JolietUnits): NamedNode[] | undefined {
  for (const node of shown)
    if (!isJolietName(node.name, units) || toldApartName(node, units) !== undefined) return undefined;
  if (sortDistinct(shown.map(({ name }) => ({ key: foldCase(name) }))) === undefined) return undefined;
  return namedAsTheyAre(shown);
}

/** Each by its own name; nothing where two have the same. */
export function namedAsTheyAre(children: readonly TreeNode[]): NamedNode[] | undefined {
  return sortDistinct(children.map((node) => ({ key: node.name, node })));
}

/** For any: who was recorded first, and who keeps its name, before others that would be called the same. */
export function namedInTurn(children: readonly TreeNode[], changes: JolietChanges, units: JolietUnits): NamedNode[] {
  const used = new Set<string>();
  const named: NamedNode[] = [];
  const take = (node: TreeNode, key: string | undefined): boolean => {
    if (key === undefined || used.size === used.add(foldCase(key)).size) return false;
    named.push({ key, node });
    if (key === node.name) return true;
    if (node.name.length > units) changes.cut += 1;
    else changes.mapped += 1;
    return true;
  };
  const shown = sortedByName(children);
  const taken = new Set(shown.filter((node) => take(node, toldApartName(node, units))));
  let others = taken.size === 0 ? shown : shown.filter((node) => !taken.has(node));
  for (const [isRecorded, nameOf] of [
    [true, ownName],
    [true, nameAlone],
    [false, ownName],
  ] as const) {
    const left = others.filter(
      (node) => (node.recordedAs !== undefined) !== isRecorded || !take(node, nameOf(node, units)),
    );
    others = left;
  }
  if (others.length === 0) return named.sort(byKey);
  const counters = new Map<string, number>();
  for (const node of others) {
    if (node.name.length > units) changes.cut += 1;
    else changes.mapped += 1;
    named.push({ key: freeName(node.name, used, counters, units), node });
  }
  return named.sort(byKey);
}

function byKey(a: NamedNode, b: NamedNode): number {
  return a.key < b.key ? -1 : 1;
}

/** What a node was called when it was not called as it would be alone, if it still may. */
function toldApartName(node: TreeNode, units: JolietUnits): string | undefined {
  const name = decodeRecordedAs(node)?.joliet;
  return name !== undefined && isJolietName(name, units) ? name : undefined;
}

function ownName({ name }: TreeNode, units: JolietUnits): string | undefined {
  return isJolietName(name, units) ? name : undefined;
}

/** Whether Joliet can hold a name as it is. */
export function isJolietName(name: string, units: JolietUnits): boolean {
  return name.length <= units && !FORBIDDEN.test(name);
}

/** The name that a node has when no other is called the same. */
export function nameAlone({ name }: Pick<TreeNode, "name">, units: JolietUnits): string {
  if (isJolietName(name, units)) return name;
  const { base, extension } = partsOf(name);
  return withoutEnd(cutUnits(base, units - extension.length) + extension);
}

/**
 * What Joliet forbids, and what it allows at the end and its readers leave out there: Linux, libcdio and 7-Zip take `b.` for
 * `b` (measured), Windows opens it so, and a name that ends in spaces too.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what Joliet forbids.
const FORBIDDEN = /[\u0000-\u001f*/:;?\\\ud800-\udfff]|[. ]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const EVERY_FORBIDDEN = /[\u0000-\u001f*/:;?\\]|[\ud800-\udbff][\udc00-\udfff]/g;

function sortedByName(children: readonly TreeNode[]): readonly TreeNode[] {
  return children.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function partsOf(name: string): { readonly base: string; readonly extension: string } {
  const mapped = withoutEnd(name.replaceAll(EVERY_FORBIDDEN, "_"));
  const dot = mapped.lastIndexOf(".");
  const extension = dot > 0 && mapped.length - dot <= 12 ? mapped.slice(dot) : "";
  return { base: mapped.slice(0, mapped.length - extension.length), extension };
}

/** Final dots and spaces become `_`. */
export function withoutEnd(name: string): string {
  return name.replace(/[. ]+$/, (end) => "_".repeat(end.length));
}

function freeName(name: string, used: Set<string>, counters: Map<string, number>, units: JolietUnits): string {
  const plain = nameAlone({ name }, units);
  const { base, extension } = partsOf(name);
  if (used.size !== used.add(foldCase(plain)).size) return plain;
  const start = foldCase(plain);
  for (let count = (counters.get(start) ?? 0) + 1; ; count += 1) {
    const suffix = `~${count}`;
    const candidate = cutUnits(base, units - extension.length - suffix.length) + suffix + extension;
    if (used.size === used.add(foldCase(candidate)).size) continue;
    counters.set(start, count);
    return candidate;
  }
}

/** The first `units` UTF-16 units; a surrogate pair is never cut in half. */
export function cutUnits(text: string, units: number): string {
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}

/** Upper case unit by unit, as Windows folds names: a letter whose capital is longer stays as it is. */
export function foldCase(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for ASCII.
  if (/^[\u0000-\u007f]*$/.test(name)) return name.toUpperCase();
  let folded = "";
  for (const unit of name) {
    const upper = unit.toUpperCase();
    folded += upper.length === unit.length ? upper : unit;
  }
  return folded;
}
