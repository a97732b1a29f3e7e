import { type DirectoryNode, MultisessionError, type TimeRange, type Tree, type TreeNode } from "@multisession/core";
import { MAX_LEVELS } from "./check-depth.ts";
import { recordedTimes } from "./dates.ts";
import { dCharacters } from "./iso-names.ts";
import { cutUnits } from "./joliet-names.ts";
import { MAX_PARENTS } from "./path-table.ts";
import { MAX_NAME_BYTES } from "./rock-ridge.ts";
import { countSections } from "./sections.ts";
import type { Turns } from "./turns.ts";
import { volumeNameLimit } from "./volume-descriptor.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** xorriso loads no volume that holds a longer target, and isoinfo fails on it. */
const MAX_TARGET_BYTES = 1023;

/** Printable ASCII without a slash: nearly all names, and seen in a third of the time that other tests take. */
const ORDINARY = /^[ -.0-~]*$/;

/** What is unusual about a tree, for the notes. */
interface Oddities {
  levels: number;
  directories: number;
  longNames: string[];
  longTargets: string[];
  unusualTimes: string[];
}

/**
 * Checks that a tree can be stored, and says what readers may not see as it is.
 *
 * @throws `NAME_NOT_ALLOWED` for a name that no file system could give back, `INVALID_VOLUME_NAME`; in levels 1 and 2
 * `iso9660/FILE_TOO_LONG` for a file that needs several sections.
 */
export async function checkTree(
  { volumeName, root }: Tree,
  volume: VolumeOptions,
  turns: Turns,
): Promise<readonly string[]> {
  checkVolumeName(volumeName);
  const range = recordedTimes(volume);
  const oddities: Oddities = { levels: 0, directories: 0, longNames: [], longTargets: [], unusualTimes: [] };
  // Not recursive: a deep tree must not end the stack.
  const waiting: { node: DirectoryNode; level: number }[] = [{ node: root, level: 1 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, level } = next;
    oddities.directories += 1;
    oddities.levels = Math.max(oddities.levels, level);
    const names = new Set<string>();
    for (const child of node.children) {
      checkNode(child, names);
      if (volume.names.level < 3) checkOneSection(child, volume);
      notice(child, oddities, range);
      if (child.kind === "directory") waiting.push({ node: child, level: level + 1 });
    }
    await turns.after(node.children.length + 1);
  }
  return [...volumeNameNotes(volumeName, volume), ...notesOf(oddities, volume)];
}

function checkVolumeName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (name.length <= volumeNameLimit.primary && !/[\u0000-\u001f]|\p{Surrogate}/u.test(name)) return;
  throw new MultisessionError(
    "INVALID_VOLUME_NAME",
    `The volume name "${name}" is longer than ${volumeNameLimit.primary} characters, or holds control characters.`,
    { subject: name },
  );
}

function volumeNameNotes(name: string, { joliet }: VolumeOptions): string[] {
  const capitals = dCharacters(name);
  if (!joliet)
    return capitals === name ? [] : [`The volume is called "${capitals}": only Joliet keeps other characters.`];
  if (name.length <= volumeNameLimit.joliet) return [];
  const cut = cutUnits(name, volumeNameLimit.joliet);
  return [`The volume is called "${capitals}", on Windows "${cut}": longer names are not kept as they are.`];
}

function checkNode(node: TreeNode, names: Set<string>): void {
  const { name } = node;
  if (
    name === "" ||
    name === "." ||
    name === ".." ||
    (!ORDINARY.test(name) && (isUnspeakable(name) || name.includes("/")))
  )
    refuseName(name, "is no name for a file");
  if (names.size === names.add(name).size) refuseName(name, "is there twice in one folder");
  if (node.kind === "symlink" && (node.target === "" || isUnspeakable(node.target)))
    refuseName(name, "is a link without a usable target");
}

/** Levels 1 and 2 know only files of one section (ECMA-119 10.1, 10.2). */
function checkOneSection(node: TreeNode, { names, sectionBytes }: VolumeOptions): void {
  if (node.kind !== "file" || countSections(node.content, sectionBytes) === 1) return;
  throw new MultisessionError(
    "iso9660/FILE_TOO_LONG",
    `"${node.name}" is longer than ${sectionBytes} bytes or lies in pieces, which level ${names.level} of ISO 9660 does not allow.`,
    { subject: node.name, advice: "Use level 3.", retry: "after-change" },
  );
}

/** Whether text holds a zero or half a surrogate pair: neither can be stored and read back. */
function isUnspeakable(text: string): boolean {
  return /\0|\p{Surrogate}/u.test(text);
}

function refuseName(name: string, why: string): never {
  throw new MultisessionError("NAME_NOT_ALLOWED", `"${name}" ${why}, so ISO 9660 cannot hold it.`, { subject: name });
}

function notice(node: TreeNode, oddities: Oddities, range: TimeRange): void {
  const { name, attributes } = node;
  if (name.length * 3 > MAX_NAME_BYTES && Buffer.byteLength(name) > MAX_NAME_BYTES) oddities.longNames.push(name);
  if (node.kind === "symlink" && Buffer.byteLength(node.target) > MAX_TARGET_BYTES) oddities.longTargets.push(name);
  if (attributes.modified < range.first || attributes.modified > range.last) oddities.unusualTimes.push(name);
}

function notesOf(
  { levels, directories, longNames, longTargets, unusualTimes }: Oddities,
  { rockRidge, stamps, deepFolders, joliet, jolietUnits }: VolumeOptions,
): string[] {
  const notes: string[] = [];
  if (levels > MAX_LEVELS && deepFolders === "allowed")
    notes.push(
      `Folders lie ${levels} levels deep; ISO 9660 allows ${MAX_LEVELS}, which only very old readers insist on.`,
    );
  if (directories > MAX_PARENTS)
    notes.push(`There are ${directories} folders; readers that rely on path tables can follow only ${MAX_PARENTS}.`);
  if (rockRidge !== false && longNames.length > 0)
    notes.push(
      `${countOf(longNames.length, "name")} longer than ${MAX_NAME_BYTES} bytes, which Linux cuts, such as "${longNames[0]?.slice(0, 60)}…".`,
    );
  // Linux counts the bytes of a Joliet name and its version in 8 bits (measured, 6.1).
  const lostNames = longNames.filter((name) => Buffer.byteLength(cutUnits(name, jolietUnits)) > MAX_NAME_BYTES);
  if (rockRidge === false && joliet && lostNames.length > 0)
    notes.push(
      `${countOf(lostNames.length, "name")} longer than ${MAX_NAME_BYTES} bytes, which Linux does not show without Rock Ridge, such as "${lostNames[0]?.slice(0, 60)}…".`,
    );
  if (rockRidge !== false && longTargets.length > 0)
    notes.push(
      `${countOf(longTargets.length, "link")} with a target longer than ${MAX_TARGET_BYTES} bytes, at which some programs fail, such as "${longTargets[0]}".`,
    );
  if (unusualTimes.length > 0)
    notes.push(
      `${countOf(unusualTimes.length, "time")} outside the years ${stamps === "long" ? "1 to 9999" : "1900 to 2155"} stored as the nearest that can be, such as that of "${unusualTimes[0]}".`,
    );
  return notes;
}

/** A number and its noun. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
