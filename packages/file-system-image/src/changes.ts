import type { CallOptions } from "@multisession/core";
import type { Folder } from "./folder.ts";
import { childPath } from "./image-path.ts";
import { hasSameAttributes, type ImageDirectory, type ImageNode, originOf } from "./nodes.ts";
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

/** What can be different of an item. `attributes`: nothing but these. */
export type Difference = "added" | "replaced" | "removed" | "renamed" | "attributes";

/** What stays as it is. */
export interface Unchanged {
  /** Files that were counted. */
  readonly files: number;
  /** Bytes of these files. */
  readonly bytes: number;
  /** Folders that were not read, so that nothing in them is counted. */
  readonly unreadFolders: number;
}

/** What the image would change on the disc, against the state that it builds on. Lists are sorted by path. */
export interface ImageChanges extends Record<Difference, readonly Change[]> {
  /** Items that the state did not have. */
  readonly added: readonly Change[];
  /** Items with other content under the same path. */
  readonly replaced: readonly Change[];
  /** Items of the state that the image no longer has; each one, also those in a folder that was removed. */
  readonly removed: readonly Change[];
  /** Items that moved; what is in a folder that moved is not listed again. */
  readonly renamed: readonly (Change & { readonly from: string })[];
  /** Items of which nothing changed but mode, owner, time or another attribute. */
  readonly attributes: readonly Change[];
  /** What stays as it is, counted. */
  readonly unchanged: Unchanged;
}

/** The same, counted: a plan says it without the paths of 100,000 files. */
export interface ChangeSummary
  extends Readonly<Record<Difference, { readonly items: number; readonly bytes: number }>> {
  /** What stays as it is, counted. */
  readonly unchanged: Unchanged;
}

/** How an image is compared with what was imported. */
export interface ChangesOptions extends CallOptions {
  /**
   * Whether folders that nobody has looked into are left unread: nothing in them can have changed, but they hold files that
   * are then not counted. Default `false`.
   */
  readonly skipsUnread?: boolean;
}

/** Lists what differs from what was imported. Reads every recorded directory that is still there, each once. */
export async function compareWithBase(
  root: ImageDirectory,
  base: ImageDirectory | undefined,
  options: ChangesOptions = {},
): Promise<ImageChanges> {
  const renamed: (Change & { readonly from: string })[] = [];
  const lists: Record<Difference, Change[]> = { added: [], replaced: [], removed: [], renamed, attributes: [] };
  const unchanged = await compare(root, base, options, (difference, node, folder, from) => {
    const change: Change = { path: childPath(folder, node.name), kind: node.kind, bytes: bytesOf(node) };
    if (from === undefined) lists[difference].push(change);
    else renamed.push({ ...change, from });
  });
  for (const list of Object.values(lists)) list.sort(({ path: a }, { path: b }) => (a < b ? -1 : a > b ? 1 : 0));
  return { ...lists, renamed, unchanged };
}

/** Counts what {@link compareWithBase} lists. */
export async function summarizeChanges(
  root: ImageDirectory,
  base: ImageDirectory | undefined,
  options: ChangesOptions = {},
): Promise<ChangeSummary> {
  const none = (): { items: number; bytes: number } => ({ items: 0, bytes: 0 });
  const counts = { added: none(), replaced: none(), removed: none(), renamed: none(), attributes: none() };
  const unchanged = await compare(root, base, options, (difference, node) => {
    counts[difference].items++;
    counts[difference].bytes += bytesOf(node);
  });
  return { ...counts, unchanged };
}

/** Hears what differs. `folder`: path of the folder that has the item now, or had it. `from`: where it was before. */
type OnDifference = (difference: Difference, node: ImageNode, folder: string, from?: string) => void;

async function compare(
  root: ImageDirectory,
  base: ImageDirectory | undefined,
  options: ChangesOptions,
  onDifference: OnDifference,
): Promise<Unchanged> {
  const comparison = new Comparison(options, onDifference);
  await comparison.walkImage(root.folder, "/");
  if (base !== undefined) {
    comparison.compareAttributes("/", root);
    await comparison.walkBase(base.folder, "/");
  }
  return comparison.finish();
}

/** A node that is not where it was, with the path of its folder. */
interface Arrival {
  readonly node: ImageNode;
  readonly folder: string;
}

class Comparison {
  readonly #options: CallOptions;
  readonly #skipsUnread: boolean;
  readonly #tell: OnDifference;
  readonly #slices: TimeSlices;
  /** Nodes that are not where they were, by origin, as far as the walk through the base may still meet them. */
  readonly #arrivals = new Map<ImageNode, Arrival>();
  readonly #gone: { readonly folder: string; readonly node: ImageNode; readonly occupant: ImageNode | undefined }[] =
    [];
  #files = 0;
  #bytes = 0;
  #unreadFolders = 0;

  constructor({ skipsUnread = false, ...options }: ChangesOptions, onDifference: OnDifference) {
    this.#options = options;
    this.#skipsUnread = skipsUnread;
    this.#tell = onDifference;
    this.#slices = new TimeSlices(options);
  }

  /** Finds what is not in its old place. */
  async walkImage(folder: Folder, path: string): Promise<void> {
    for (const node of (await folder.load(this.#options)).values()) {
      if (this.#slices.isOver) await this.#slices.next();
      const previous = folder.baseline.get(node.name);
      const isInPlace = previous === originOf(node);
      if (isInPlace) this.compareAttributes(path, node);
      else if (previous === undefined && isNew(node)) this.#tell("added", node, path);
      else this.#arrivals.set(originOf(node), { node, folder: path });
      if (node.kind === "directory") await this.#walkFolder(node.folder, childPath(path, node.name));
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

  /** Tells of a node that is still in its place, if its attributes differ. */
  compareAttributes(folder: string, node: ImageNode): void {
    const { origin } = node;
    if (origin !== undefined && !hasSameAttributes(node.attributes, origin.attributes))
      this.#tell("attributes", node, folder);
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
      if (!isInPlace && !isMoved) this.#gone.push({ folder: path, node, occupant });
      const isLost = !isInPlace && !isMoved;
      if (node.kind === "directory" && (isLost || !this.#isSkipped(node.folder)))
        await this.walkBase(node.folder, from, isLost);
    }
  }

  /** Tells what is left when both walks are over. */
  finish(): Unchanged {
    for (const { folder, node, occupant } of this.#gone) {
      const arrived = occupant && originOf(occupant);
      const arrival = arrived && this.#arrivals.get(arrived);
      if (arrived === undefined || arrival === undefined) this.#tell("removed", node, folder);
      else {
        this.#arrivals.delete(arrived);
        this.#tell("replaced", arrival.node, arrival.folder);
      }
    }
    for (const { node, folder } of this.#arrivals.values()) this.#tell("added", node, folder);
    return { files: this.#files, bytes: this.#bytes, unreadFolders: this.#unreadFolders };
  }

  #takeArrival(node: ImageNode, from: string): boolean {
    const arrival = this.#arrivals.get(node);
    if (arrival === undefined) return false;
    this.#arrivals.delete(node);
    this.#tell("renamed", arrival.node, arrival.folder, from);
    return true;
  }

  #keep(node: ImageNode): void {
    if (node.kind !== "file") return;
    this.#files++;
    this.#bytes += node.content.bytes;
  }
}

/** Whether the disc surely has it nowhere. */
function isNew(node: ImageNode): boolean {
  return node.kind === "file" && node.origin === undefined && node.content.kind === "source";
}

function bytesOf(node: ImageNode): number {
  return node.kind === "file" ? node.content.bytes : 0;
}
