import type { Lba } from "@multisession/core";
import type { Folder } from "./folder.ts";
import type { ImageFile, RecordedContent } from "./nodes.ts";

/** The names of a recorded file. */
interface RecordedNames {
  readonly inode: number;
  /** How many there are, at most. */
  readonly links: number;
  /** How many of them lie in folders that were read. */
  seen: number;
}

/** Where recorded files with several names lie. */
export class LinkedPlaces {
  /** Of those that the tree has. */
  readonly #kept = new Set<Lba>();
  readonly #names = new Map<Lba, RecordedNames>();

  /** A name that stays in the tree. */
  keep({ extents }: RecordedContent): void {
    for (const { at } of extents) this.#kept.add(at);
  }

  /** Counts the names that a folder had when it was recorded; needed only where others stay unread. */
  count(folder: Folder): void {
    for (const node of folder.baseline.values())
      if (node.kind === "file" && node.content.kind === "recorded" && node.inode !== undefined)
        this.#count(node.content, node.inode, node.links);
  }

  /** Whether a file of the tree with several names may lie somewhere. In folders that were not read any may have a name. */
  has(at: Lba, isAllRead: boolean): boolean {
    if (this.#kept.has(at)) return true;
    const names = this.#names.get(at);
    return !isAllRead && (names === undefined || names.seen < names.links);
  }

  #count({ extents }: RecordedContent, inode: number, links: ImageFile["links"] = Number.POSITIVE_INFINITY): void {
    const at = extents[0]?.at;
    if (at === undefined) return;
    const known = this.#names.get(at);
    if (known === undefined) this.#names.set(at, { inode, links, seen: 1 });
    else if (known.inode === inode) known.seen++;
    else this.#names.set(at, { inode, links: Number.POSITIVE_INFINITY, seen: 0 });
  }
}
