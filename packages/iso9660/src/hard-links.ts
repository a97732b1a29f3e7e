import type { Content, DirectoryNode, FileNode } from "@multisession/core";
import { decodeRecordedLinks, type RecordedLinks } from "./recorded-as.ts";
import type { Turns } from "./turns.ts";

/** Files with several names, by inode. */
export type HardLinks = ReadonlyMap<number, RecordedLinks>;

/**
 * Counts names. `isPartial`: directories of the tree stay where they lie, and the names in them are not seen; then a file
 * has at least as many as it had, and the serial number that they say.
 *
 * @throws `TypeError` when two nodes with one inode have different contents.
 */
export async function countHardLinks(root: DirectoryNode, turns: Turns, isPartial = false): Promise<HardLinks> {
  const files = new Map<number, RecordedLinks>();
  const contents = new Map<number, Content>();
  const seen = new Map<number, number>();
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const node of folder.children) {
      if (node.kind === "directory") waiting.push(node);
      if (node.kind !== "file" || node.inode === undefined) continue;
      const known = contents.get(node.inode);
      if (known !== undefined && !isSameContent(known, node.content))
        throw new TypeError(`"${node.name}" has the inode ${node.inode} of a file with another content`);
      contents.set(node.inode, node.content);
      seen.set(node.inode, (seen.get(node.inode) ?? 0) + 1);
      const recorded = isPartial ? decodeRecordedLinks(node) : undefined;
      const links = Math.max(seen.get(node.inode) ?? 1, recorded?.links ?? 1);
      files.set(node.inode, { ...recorded, links });
    }
    await turns.after(folder.children.length + 1);
  }
  return files;
}

function isSameContent(a: Content, b: Content): boolean {
  if (a.kind === "new") return b.kind === "new" && a.id === b.id;
  return (
    b.kind === "recorded" &&
    a.bytes === b.bytes &&
    a.encoding === b.encoding &&
    a.remark === b.remark &&
    a.extents.length === b.extents.length &&
    a.extents.every(({ at, bytes }, index) => at === b.extents[index]?.at && bytes === b.extents[index]?.bytes)
  );
}

/** Gives the files of a hierarchy their serial numbers and counts of names, in the order of the records. */
export class Serials {
  readonly #files: HardLinks;
  readonly #known = new Map<number, number>();

  constructor(files: HardLinks) {
    this.#files = files;
  }

  /** The next node that is no directory; `serial`: its own, if no other name of it came before. */
  next(inode: FileNode["inode"], serial: number): { readonly links: number; readonly serial: number } {
    if (inode === undefined) return { links: 1, serial };
    const file = this.#files.get(inode);
    const shared = this.#known.get(inode) ?? file?.serial ?? serial;
    this.#known.set(inode, shared);
    return { links: file?.links ?? 1, serial: shared };
  }
}
