import { createHash } from "node:crypto";
import type { TreeNode } from "@multisession/core";
import type { NamedNode } from "./hierarchy.ts";
import { filesAndFolders, type LeftOut } from "./left-out.ts";
import { decodeRecordedAs } from "./recorded-as.ts";

/** Longest identifier of the enhanced hierarchy in bytes (ISO 9660:1999 7.5, 7.6): its record has room for no more. */
export const ENHANCED_NAME_BYTES = 207;

/** Digits that stand for a whole name in one that was changed: 48 bits of its hash. */
const MARK_DIGITS = 12;

/** Names that the enhanced hierarchy cannot hold as they are. */
export interface EnhancedChanges extends LeftOut {
  /** Names that are too long, that readers would take a version or a final dot from, or that end as changed ones do. */
  mapped: number;
}

/**
 * Names the children of a directory for the enhanced hierarchy, in UTF-8 without versions, and sorts them by bytes. A name
 * that it cannot hold ends in `~` and digits made from the whole name; so does one that looks as if it did already. What a
 * file is called thus depends on no other name of the directory, so that an old file keeps it when a new one arrives, with
 * nothing remembered: only where the disc is read by these names is it remembered which of them have such an end. Symbolic
 * links and special files are left out.
 *
 * The key has one character for each byte.
 */
export function nameForEnhanced(children: readonly TreeNode[], changes: EnhancedChanges): NamedNode[] {
  const shown = filesAndFolders(children, changes);
  const named: NamedNode[] = [];
  const others: TreeNode[] = [];
  for (const node of shown) {
    const key = bytesOf(node.name);
    if (isEnhancedKey(key) && (!isMarked(key) || decodeRecordedAs(node)?.enhanced === node.name))
      named.push({ key, node });
    else others.push(node);
  }
  if (others.length > 0) {
    changes.mapped += others.length;
    const used = new Set(named.map(({ key }) => key));
    for (const node of others.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
      named.push({ key: markedKey(node.name, used), node });
  }
  return named.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The identifier of a name that no other is confused with. One character for each byte. */
export function enhancedKeyAlone(name: string): string {
  const key = bytesOf(name);
  return isEnhancedKey(key) && !isMarked(key) ? key : markedKey(name, new Set());
}

/** What is remembered of a name that was read from the enhanced hierarchy: the name, where a new file would not be called so. */
export function rememberedEnhanced(name: string): string | undefined {
  return isMarked(bytesOf(name)) ? name : undefined;
}

/** Readers take `;1` for a version, and a final dot for an empty extension, as in the primary hierarchy. */
function isEnhancedKey(key: string): boolean {
  return key.length <= ENHANCED_NAME_BYTES && !key.includes(";") && !key.endsWith(".");
}

/** Whether a key ends as {@link markedKey} makes them end. */
function isMarked(key: string): boolean {
  return MARK_AT_END.test(key);
}

const MARK_AT_END = new RegExp(`~[0-9a-f]{${MARK_DIGITS}}(?:\\.[^.]+)?$`);

function markedKey(name: string, used: Set<string>): string {
  const dot = name.lastIndexOf(".");
  const hasExtension = dot > 0 && dot < name.length - 1 && name.length - dot <= 12;
  const extension = hasExtension ? bytesOf(name.slice(dot)).replaceAll(";", "_") : "";
  const base = (hasExtension ? name.slice(0, dot) : name).replaceAll(";", "_");
  const stem = cutBytes(base, ENHANCED_NAME_BYTES - extension.length - MARK_DIGITS - 1);
  // More than one attempt is needed only beside a name that is remembered, or one of equal hash.
  for (let attempt = 0; ; attempt += 1) {
    const mark = createHash("sha256").update(`${attempt}/${name}`).digest("hex").slice(0, MARK_DIGITS);
    const key = `${stem}~${mark}${extension}`;
    if (used.size !== used.add(key).size) return key;
  }
}

/** UTF-8 with one character for each byte; nearly all names are ASCII and are that already. */
function bytesOf(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for ASCII.
  return /^[\u0000-\u007f]*$/.test(text) ? text : Buffer.from(text).toString("latin1");
}

/** The first bytes, as far as they are whole characters. */
function cutBytes(text: string, most: number): string {
  const bytes = bytesOf(text);
  let end = Math.min(bytes.length, most);
  while (end < bytes.length && (bytes.charCodeAt(end) & 0xc0) === 0x80) end -= 1;
  return bytes.slice(0, end);
}
