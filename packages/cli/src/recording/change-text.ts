import type { Change, ChangeSummary, Difference, ImageChanges } from "@multisession/file-system-image";
import type { Paint } from "../paint.ts";
import { printable } from "../printable.ts";
import { bytesText, count } from "../size.ts";

/** Paths that are listed for one kind of change before the rest is counted. */
const LISTED = 12;

/** Whether a session would change nothing. */
export function isUnchanged({ unchanged: _, ...differences }: ChangeSummary): boolean {
  return Object.values(differences).every(({ items }) => items === 0);
}

/** What a session changes, for people; with the paths where they are given. */
export function changeLines(summary: ChangeSummary, paint: Paint, changes?: ImageChanges): readonly string[] {
  const groups: readonly (readonly [Difference, string, string, string])[] = [
    ["added", paint("good", "+"), "added", sizeOf(summary.added)],
    ["replaced", paint("warning", "~"), "replaced", sizeOf(summary.replaced)],
    ["removed", paint("bad", "-"), "removed", " (older sessions keep them)"],
    ["renamed", paint("name", "→"), "renamed", ""],
    ["attributes", paint("quiet", "·"), "with other attributes", ""],
  ];
  const lines = groups.flatMap(([difference, mark, what, remark]) => {
    const { items } = summary[difference];
    if (items === 0) return [];
    const names = changes?.[difference].slice(0, LISTED).map((change) => `      ${changeText(change)}`) ?? [];
    const more = changes && items > LISTED ? [`      and ${count(items - LISTED, "more", "more")}`] : [];
    return [`  ${mark} ${count(items, what, what)}${remark}`, ...names, ...more];
  });
  const { files, bytes, unreadFolders } = summary.unchanged;
  const kept = `  ${paint("quiet", "=")} ${count(files, "file")} unchanged  ${bytesText(bytes)}`;
  const unread = `  ${paint("quiet", "=")} ${count(unreadFolders, "folder")} unchanged, with all that is in ${unreadFolders === 1 ? "it" : "them"}`;
  return [...lines, ...(files > 0 ? [kept] : []), ...(unreadFolders > 0 ? [unread] : [])];
}

function sizeOf({ bytes }: ChangeSummary["added"]): string {
  return `  ${bytesText(bytes)}`;
}

function changeText({ path, kind, from }: Change & { readonly from?: string }): string {
  if (from !== undefined) return `${printable(from)} → ${printable(path)}`;
  return `${printable(path)}${kind === "directory" ? "/" : ""}`;
}
