import type { Change, ImageChanges } from "@multisession/file-system-image";
import type { Paint } from "../paint.ts";
import { printable } from "../printable.ts";
import { bytesText, count } from "../size.ts";

/** Paths that are listed for one kind of change before the rest is counted. */
const LISTED = 12;

/** Whether a session would change nothing. */
export function isUnchanged({ added, replaced, removed, renamed, attributes }: ImageChanges): boolean {
  return [added, replaced, removed, renamed, attributes].every((list) => list.length === 0);
}

/** What a session changes, for people. `isListed`: with the paths, not only counted. */
export function changeLines(changes: ImageChanges, paint: Paint, isListed: boolean): readonly string[] {
  const { added, replaced, removed, renamed, attributes, unchanged } = changes;
  const paths = (list: readonly Change[]): readonly string[] =>
    list.slice(0, LISTED).map(({ path, kind }) => `${printable(path)}${kind === "directory" ? "/" : ""}`);
  const sized = (list: readonly Change[]): string => `  ${bytesText(list.reduce((sum, { bytes }) => sum + bytes, 0))}`;
  const moves = renamed.slice(0, LISTED).map(({ from, path }) => `${printable(from)} → ${printable(path)}`);
  const groups: readonly (readonly [string, string, string, readonly Change[], readonly string[], string])[] = [
    [paint("good", "+"), "added", "", added, paths(added), sized(added)],
    [paint("warning", "~"), "replaced", "", replaced, paths(replaced), sized(replaced)],
    [paint("bad", "-"), "removed", " (older sessions keep them)", removed, paths(removed), ""],
    [paint("name", "→"), "renamed", "", renamed, moves, ""],
    [paint("quiet", "·"), "with another mode, owner or time", "", attributes, paths(attributes), ""],
  ];
  const lines = groups.flatMap(([mark, what, remark, { length }, names, size]) => {
    if (length === 0) return [];
    const shown = isListed ? names.map((name) => `      ${name}`) : [];
    const more = isListed && length > LISTED ? [`      and ${count(length - LISTED, "more", "more")}`] : [];
    return [`  ${mark} ${count(length, what, what)}${size}${remark}`, ...shown, ...more];
  });
  const { files, bytes, unreadFolders } = unchanged;
  const kept = `  ${paint("quiet", "=")} ${count(files, "file")} unchanged  ${bytesText(bytes)}`;
  const unread = `  ${paint("quiet", "=")} ${count(unreadFolders, "folder")} unchanged, with all that is in ${unreadFolders === 1 ? "it" : "them"}`;
  return [...lines, ...(files > 0 ? [kept] : []), ...(unreadFolders > 0 ? [unread] : [])];
}
