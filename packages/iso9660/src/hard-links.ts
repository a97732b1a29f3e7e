import type { Content, DirectoryNode, FileNode } from "@multisession/core";
import type { Turns } from "./turns.ts";

/** How many names each file has that has several, by its inode. */
export type HardLinks = ReadonlyMap<number, number>;

/** Counts names. @throws `TypeError` when two nodes with one inode have different contents. */
export async function countHardLinks(root: DirectoryNode, turns: Turns): Promise<HardLinks> {
  const counts = new Map<number, number>();
  const contents = new Map<number, Content>();
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const node of folder.children) {
      if (node.kind === "directory") waiting.push(node);
      if (node.kind !== "file" || node.inode === undefined) continue;
      const known = contents.get(node.inode);
      if (known !== undefined && !isSameContent(known, node.content))
        throw new TypeError(`"${node.name}" has the inode ${node.inode} of a file with another content`);
      contents.set(node.inode, node.content);
      counts.set(node.inode, (counts.get(node.inode) ?? 0) + 1);
    }
    await turns.after(folder.children.length + 1);
  }
  return counts;
}

function isSameContent(a: Content, b: Content): boolean {
  if (a.kind === "new") return b.kind === "new" && a.id === b.id;
  return (
    b.kind === "recorded" &&
    a.bytes === b.bytes &&
    a.encoding === b.encoding &&
    a.extents.length === b.extents.length &&
    a.extents.every(({ at, bytes }, index) => at === b.extents[index]?.at && bytes === b.extents[index]?.bytes)
  );
}

/** Gives the files of a hierarchy their serial numbers and counts of names, in the order of the records. */
export class Serials {
  readonly #links: HardLinks;
  readonly #known = new Map<number, number>();
  #last: number;

  /** `last`: the last number that is taken already. */
  constructor(links: HardLinks, last: number) {
    this.#links = links;
    this.#last = last;
  }

  /** The next node that is no directory. */
  next({ inode }: Pick<FileNode, "inode">): { readonly links: number; readonly serial: number } {
    if (inode === undefined) return { links: 1, serial: ++this.#last };
    const serial = this.#known.get(inode) ?? ++this.#last;
    this.#known.set(inode, serial);
    return { links: this.#links.get(inode) ?? 1, serial };
  }
}
