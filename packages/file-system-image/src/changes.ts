import type { CallOptions } from "@multisession/core";
import type { Folder } from "./folder.ts";
import { childPath } from "./image-path.ts";
import { type ImageDirectory, type ImageNode, originOf } from "./nodes.ts";
import { TimeSlices } from "./time-slices.ts";

/** One item that differs. */
export interface Change {
  /** Path in the image; of what is gone, where it was. */
  readonly path: string;
  /** What the item is now, or was. */
  readonly kind: "file" | "directory" | "symlink" | "special";
  /** Bytes of a file as it is now, or as it was if it is gone; 0 for what is no file. */
  readonly bytes: number;
}

/** What the image would change on the disc, against the state that it builds on. Lists are sorted by path. */
export interface ImageChanges {
  /** Items that the state did not have. */
  readonly added: readonly Change[];
  /** Items with other content under the same path. */
  readonly replaced: readonly Change[];
  /** Items of the state that the image no longer has; each one, also those in a folder that was removed. */
  readonly removed: readonly Change[];
  /** Items that moved; what is in a folder that moved is not listed again. */
  readonly renamed: readonly (Change & { readonly from: string })[];
  /** Items whose mode, owner or time alone changed. */
  readonly attributes: readonly Change[];
  /** Files that stay as they are, counted; and folders that stay as they are and were not read, so that nothing in them is counted. */
  readonly unchanged: { readonly files: number; readonly bytes: number; readonly unreadFolders: number };
}

/** How an image is compared with what was imported. */
export interface ChangesOptions extends CallOptions {
  /**
   * Whether folders that nobody has looked into are left unread: nothing in them can have changed, but they hold files that
   * are then not counted. Default `false`.
   */
  readonly skipsUnread?: boolean;
}

/** Compares the image with what was imported. Reads every recorded directory that is still there, each once. */
export async function compareWithBase(
  root: ImageDirectory,
  base: ImageDirectory | undefined,
  options: ChangesOptions = {},
): Promise<ImageChanges> {
  const comparison = new Comparison(options);
  await comparison.walkImage(root.folder, "/");
  if (base !== undefined) await comparison.walkBase(base.folder, "/");
  return comparison.result();
}

/** A node that is not where it was, with the path of its folder: paths of 100,000 files are put together only at the end. */
interface Arrival {
  readonly node: ImageNode;
  readonly folder: string;
}

class Comparison {
  readonly #attributes: Change[] = [];
  readonly #options: CallOptions;
  readonly #skipsUnread: boolean;
  readonly #slices: TimeSlices;
  /** Nodes that are not where they were, or were never there, by origin. */
  readonly #arrivals = new Map<ImageNode, Arrival>();
  readonly #gone: { readonly path: string; readonly node: ImageNode; readonly occupant: ImageNode | undefined }[] = [];
  readonly #renamed: (Change & { readonly from: string })[] = [];
  #files = 0;
  #bytes = 0;
  #unreadFolders = 0;

  constructor({ skipsUnread = false, ...options }: ChangesOptions) {
    this.#options = options;
    this.#skipsUnread = skipsUnread;
    this.#slices = new TimeSlices(options);
  }

  /** Finds what is not in its old place. */
  async walkImage(folder: Folder, path: string): Promise<void> {
    for (const node of (await folder.load(this.#options)).values()) {
      if (this.#slices.isOver) await this.#slices.next();
      const at = childPath(path, node.name);
      const isInPlace = folder.baseline.get(node.name) === originOf(node);
      if (!isInPlace) this.#arrivals.set(originOf(node), { node, folder: path });
      else if (node.origin !== undefined) this.#compareAttributes(at, node, node.origin);
      if (node.kind === "directory") await this.#walkFolder(node.folder, at);
      else if (isInPlace) this.#keep(node);
    }
  }

  async #walkFolder(folder: Folder, path: string): Promise<void> {
    if (this.#isSkipped(folder)) this.#unreadFolders++;
    else await this.walkImage(folder, path);
  }

  #isSkipped(folder: Folder): boolean {
    return this.#skipsUnread && folder.loaded === undefined;
  }

  /** Finds what left its old place: renamed, replaced, or removed. `isGone`: the folder itself was removed. */
  async walkBase(folder: Folder, path: string, isGone = false): Promise<void> {
    await folder.load(this.#options);
    for (const node of folder.baseline.values()) {
      if (this.#slices.isOver) await this.#slices.next();
      const from = childPath(path, node.name);
      const occupant = isGone ? undefined : folder.loaded?.get(node.name);
      const isInPlace = occupant !== undefined && originOf(occupant) === node;
      const isMoved = !isInPlace && this.#takeArrival(node, from);
      if (!isInPlace && !isMoved) this.#gone.push({ path: from, node, occupant });
      const isLost = !isInPlace && !isMoved;
      if (node.kind === "directory" && (isLost || !this.#isSkipped(node.folder)))
        await this.walkBase(node.folder, from, isLost);
    }
  }

  result(): ImageChanges {
    const replaced: Change[] = [];
    const removed: Change[] = [];
    for (const { path, node, occupant } of this.#gone) {
      const arrived = occupant && originOf(occupant);
      const arrival = arrived && this.#arrivals.get(arrived);
      if (arrived === undefined || arrival === undefined) removed.push(changeOf(path, node));
      else {
        this.#arrivals.delete(arrived);
        replaced.push(changeOf(pathOf(arrival), arrival.node));
      }
    }
    return {
      added: sorted(Array.from(this.#arrivals.values(), (arrival) => changeOf(pathOf(arrival), arrival.node))),
      replaced: sorted(replaced),
      removed: sorted(removed),
      renamed: sorted(this.#renamed),
      attributes: sorted(this.#attributes),
      unchanged: { files: this.#files, bytes: this.#bytes, unreadFolders: this.#unreadFolders },
    };
  }

  #takeArrival(node: ImageNode, from: string): boolean {
    const arrival = this.#arrivals.get(node);
    if (arrival === undefined) return false;
    this.#arrivals.delete(node);
    this.#renamed.push({ ...changeOf(pathOf(arrival), arrival.node), from });
    return true;
  }

  #compareAttributes(path: string, node: ImageNode, origin: ImageNode): void {
    if (node.attributes !== origin.attributes) this.#attributes.push(changeOf(path, node));
  }

  #keep(node: ImageNode): void {
    if (node.kind !== "file") return;
    this.#files++;
    this.#bytes += node.content.bytes;
  }
}

function changeOf(path: string, node: ImageNode): Change {
  return { path, kind: node.kind, bytes: node.kind === "file" ? node.content.bytes : 0 };
}

function pathOf({ node, folder }: Arrival): string {
  return childPath(folder, node.name);
}

function sorted<T extends Change>(changes: T[]): readonly T[] {
  return changes.sort(({ path: a }, { path: b }) => (a < b ? -1 : a > b ? 1 : 0));
}
