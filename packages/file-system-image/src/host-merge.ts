import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  type Attributes,
  type CallOptions,
  MultisessionError,
  type SpecialFile,
  type TimeRange,
} from "@multisession/core";
import { FileSource, unreadable } from "./file-source.ts";
import type { Folder } from "./folder.ts";
import { type HostEntry, type HostFolder, type HostItem, pathText } from "./host-folder.ts";
import type { HostListing } from "./host-listing.ts";
import type { HostListings } from "./host-listings.ts";
import { childPath } from "./image-path.ts";
import { newDirectory } from "./image-tree.ts";
import type { Journal } from "./journal.ts";
import { hasSameStats, type ImageFile, type ImageNode, withAttributes } from "./nodes.ts";
import type { RecordedHashes } from "./recorded-hashes.ts";
import { TimeSlices } from "./time-slices.ts";

/** By what a file counts as unchanged. */
export type Compare = "size-and-mtime" | "hash";

/** Where an `add` stands. */
export interface AddProgress {
  /** Files looked at so far. */
  readonly files: number;
  /** Bytes of these files. */
  readonly bytes: number;
  /** The file of the host that was looked at last. */
  readonly path: string;
}

/** Something about one item that a person should know. */
export interface AddNote {
  /** Path of the item on the host. */
  readonly path: string;
  /** One sentence for people. */
  readonly what: string;
}

/** What an `add` did. */
export interface AddReport {
  /** Files, links and folders that the image did not have. */
  readonly added: number;
  /** Files and links that took the place of another version. */
  readonly replaced: number;
  /** Files and links that the image has in the same version. */
  readonly unchanged: number;
  /** Items that were taken out of the image; only `mirror` does that. */
  readonly removed: number;
  /** Bytes of the files that were added or replaced. */
  readonly bytes: number;
  /** What was left out (sockets, devices, pipes) or had to be renamed. */
  readonly notes: readonly AddNote[];
}

/** How files of the host are merged into the image. */
export interface MergeOptions extends CallOptions {
  /** By what a file counts as unchanged. Default `size-and-mtime`. */
  readonly compare?: Compare;
  /** Leaves out what it answers `true` for: a path relative to the source, with `/`; a folder with all that is in it. */
  readonly exclude?: (path: string) => boolean;
  /** Is told of every file that was looked at. */
  readonly onProgress?: (progress: AddProgress) => void;
}

const MAKE_ROOM = "Mirror the folder (`--mirror`), or remove what is there in a burn before (`--remove`).";

/** What files and folders of the host are merged into. */
export interface MergeTarget {
  readonly tree: { readonly journal: Journal };
  /** Of the contents that are on the disc. */
  readonly hashes: RecordedHashes;
  /** Which times are recorded as they are; all without it. */
  readonly times: TimeRange | undefined;
}

/** Brings files and folders of the host into the image. */
export class HostMerge {
  readonly notes: AddNote[] = [];
  added = 0;
  replaced = 0;
  unchanged = 0;
  removed = 0;
  bytes = 0;
  readonly #journal: Journal;
  readonly #hashes: RecordedHashes;
  readonly #times: TimeRange | undefined;
  readonly #listings: HostListings;
  readonly #options: MergeOptions;
  readonly #slices: TimeSlices;
  readonly #isMirror: boolean;
  #seenFiles = 0;
  #seenBytes = 0;

  constructor({ tree, hashes, times }: MergeTarget, listings: HostListings, options: MergeOptions, isMirror: boolean) {
    this.#journal = tree.journal;
    this.#listings = listings;
    this.#hashes = hashes;
    this.#times = times;
    this.#options = options;
    this.#slices = new TimeSlices(options);
    this.#isMirror = isMirror;
  }

  /** What was done. */
  report(): AddReport {
    const { added, replaced, unchanged, removed, bytes, notes } = this;
    return { added, replaced, unchanged, removed, bytes, notes };
  }

  /** Brings the contents of a folder of the host into a folder of the image. `path`: of the latter. */
  async mergeFolder(source: HostFolder, into: Folder, path: string, relative = ""): Promise<void> {
    const listing = await this.#listings.list(source);
    const entries = this.#entriesOf(source, listing);
    await into.load(this.#options);
    const inside = ({ name }: HostEntry): string => (relative === "" ? name : `${relative}/${name}`);
    const excluded = this.#excluded(entries, inside);
    const folders = source.foldersIn(listing, entries, excluded);
    this.#listings.expect([...folders.values()]);
    const kept = new Set<string>();
    for (const entry of entries) {
      if (this.#slices.isOver) await this.#slices.next();
      if (!excluded.has(entry)) {
        const item = this.#inspected(source, listing, entry);
        if (item === undefined) continue;
        const folder = folders.get(entry);
        const merging =
          folder === undefined
            ? this.#mergeItem(source, entry, item, into, path)
            : this.#mergeDirectory(folder, entry, item.attributes, into, path, inside(entry));
        if (merging !== undefined) await merging;
      }
      if (this.#isMirror) kept.add(entry.name);
    }
    if (this.#isMirror) this.#removeOthers(into, kept);
  }

  #excluded(entries: readonly HostEntry[], inside: (entry: HostEntry) => string): ReadonlySet<HostEntry> {
    const { exclude } = this.#options;
    return new Set(exclude && entries.filter((entry) => exclude(inside(entry))));
  }

  /** Puts a file of the host at a name. */
  async mergeFile(source: FileSource, attributes: Attributes, into: Folder, path: string, name: string): Promise<void> {
    await into.load(this.#options);
    await this.#mergeFile(source, attributes, into, path, name);
  }

  /** A promise only where a file that is there must be looked at: there can be 100,000 new ones. */
  #mergeFile(
    source: FileSource,
    attributes: Attributes,
    into: Folder,
    path: string,
    name: string,
  ): Promise<void> | undefined {
    const existing = into.loaded?.get(name);
    this.#tell(source);
    if (existing !== undefined) return this.#mergeKnown(existing, source, attributes, into, path);
    this.added++;
    this.bytes += source.bytes;
    this.#put(into, name, { kind: "file", name, attributes, content: source, origin: undefined });
    return undefined;
  }

  async #mergeKnown(
    existing: ImageNode,
    source: FileSource,
    attributes: Attributes,
    into: Folder,
    path: string,
  ): Promise<void> {
    const { name } = existing;
    this.#refuseDirectory(existing, childPath(path, name), source.path);
    if (existing.kind === "file" && (await this.#isSame(existing, source))) {
      this.unchanged++;
      this.#takeAttributes(existing, attributes, into);
      return;
    }
    this.#count(existing, source.bytes);
    this.#put(into, name, { kind: "file", name, attributes, content: source, origin: undefined });
  }

  /** What an entry is; nothing where there is nothing to record. */
  #inspected(source: HostFolder, listing: HostListing, entry: HostEntry): HostItem | undefined {
    const { hostName, note } = entry;
    let item: HostItem | undefined;
    try {
      item = source.itemIn(listing, entry);
    } catch (error) {
      throw unreadable(pathText(source.pathOf(hostName)), error);
    }
    if (item === undefined) return this.#leaveOut(source, hostName, "It vanished while the folder was read.");
    if (item.kind === "special" && item.special === undefined)
      return this.#leaveOut(source, hostName, "A socket is nothing without the program that made it.");
    if (note !== undefined) this.#note(source, hostName, note);
    return item;
  }

  #mergeItem(
    source: HostFolder,
    entry: HostEntry,
    { kind, attributes, state, special }: HostItem,
    into: Folder,
    path: string,
  ): Promise<void> | undefined {
    if (kind === "file")
      return this.#mergeFile(new FileSource(source, entry.hostName, state), attributes, into, path, entry.name);
    if (special === undefined) this.#mergeLink(source, entry, attributes, into, path);
    else this.#mergeSpecial(source, entry, special, attributes, into, path);
    return undefined;
  }

  #mergeLink(
    source: HostFolder,
    { name, hostName }: HostEntry,
    attributes: Attributes,
    into: Folder,
    path: string,
  ): void {
    const { target, isExact } = this.#targetOf(source, hostName);
    if (!isExact) this.#note(source, hostName, "The target of this link is no valid UTF-8 and was replaced.");
    const existing = into.loaded?.get(name);
    this.#refuseDirectory(existing, childPath(path, name), pathText(source.pathOf(hostName)));
    if (existing?.kind === "symlink" && existing.target === target) {
      this.unchanged++;
      this.#takeAttributes(existing, attributes, into);
      return;
    }
    this.#count(existing, 0);
    this.#put(into, name, { kind: "symlink", name, attributes, target, origin: undefined });
  }

  #mergeSpecial(
    source: HostFolder,
    { name, hostName }: HostEntry,
    special: SpecialFile,
    attributes: Attributes,
    into: Folder,
    path: string,
  ): void {
    const existing = into.loaded?.get(name);
    this.#refuseDirectory(existing, childPath(path, name), pathText(source.pathOf(hostName)));
    const isSame = existing?.kind === "special" && existing.type === special.type;
    if (isSame && isDeepStrictEqual(existing.device, special.device)) {
      this.unchanged++;
      this.#takeAttributes(existing, attributes, into);
      return;
    }
    this.#count(existing, 0);
    this.#put(into, name, { kind: "special", name, attributes, ...special, origin: undefined });
  }

  async #mergeDirectory(
    source: HostFolder,
    { name }: HostEntry,
    attributes: Attributes,
    into: Folder,
    path: string,
    inside: string,
  ): Promise<void> {
    const existing = into.loaded?.get(name);
    if (existing !== undefined && existing.kind !== "directory" && !this.#isMirror)
      throw new MultisessionError(
        "ITEM_EXISTS",
        `The folder ${pathText(source.path)} cannot be added: the image has a ${existing.kind} at ${childPath(path, name)}.`,
        { subject: childPath(path, name), advice: MAKE_ROOM },
      );
    let folder: Folder;
    if (existing?.kind === "directory") {
      folder = existing.folder;
      this.#takeAttributes(existing, attributes, into);
    } else {
      const made = newDirectory(name, attributes);
      folder = made.folder;
      this.#count(existing, 0);
      this.#put(into, name, made);
    }
    await this.mergeFolder(source, folder, childPath(path, name), inside);
  }

  /** An item that is there already may belong to somebody else by now. */
  #takeAttributes(existing: ImageNode, attributes: Attributes, into: Folder): void {
    const recorded = { ...attributes, modified: this.#recordedTime(attributes.modified) };
    if (existing.attributes === undefined || !hasSameStats(existing.attributes, recorded))
      this.#put(into, existing.name, withAttributes(existing, keptWith(existing, attributes)));
  }

  #removeOthers(into: Folder, kept: ReadonlySet<string>): void {
    for (const name of [...(into.loaded?.keys() ?? [])].filter((name) => !kept.has(name))) {
      this.removed++;
      this.#put(into, name, undefined);
    }
  }

  async #isSame(existing: ImageFile, source: FileSource): Promise<boolean> {
    const { content, attributes } = existing;
    if (content.bytes !== source.bytes) return false;
    if (content.kind === "source") return source.isSame(content);
    if (this.#options.compare === "hash")
      return Buffer.from(await this.#hashes.sha256(content, this.#options)).equals(await this.#hashOf(source));
    // A directory of ISO 9660 holds whole seconds.
    if (Math.floor(attributes.modified / 1000) !== Math.floor(this.#recordedTime(source.modified) / 1000)) return false;
    return !(await this.#hashes.isDamaged(content, this.#options));
  }

  /** What becomes of a time of the host on the disc. */
  #recordedTime(modified: number): number {
    const { first, last } = this.#times ?? { first: modified, last: modified };
    return Math.min(Math.max(modified, first), last);
  }

  async #hashOf(source: FileSource): Promise<Buffer> {
    const hash = createHash("sha256");
    try {
      for await (const piece of source.read(this.#slices)) {
        this.#options.signal?.throwIfAborted();
        hash.update(piece);
      }
    } catch (error) {
      if (MultisessionError.is(error) || this.#options.signal?.aborted) throw error;
      throw unreadable(source.path, error);
    }
    return hash.digest();
  }

  #entriesOf(source: HostFolder, listing: HostListing): readonly HostEntry[] {
    try {
      return source.entries(listing);
    } catch (error) {
      throw unreadable(pathText(source.path), error);
    }
  }

  #targetOf(source: HostFolder, hostName: string | Buffer): ReturnType<HostFolder["target"]> {
    try {
      return source.target(hostName);
    } catch (error) {
      throw unreadable(pathText(source.pathOf(hostName)), error);
    }
  }

  /** A file never takes the place of a whole folder, except where the image is to become what the source is. */
  #refuseDirectory(existing: ImageNode | undefined, path: string, source: string): void {
    if (existing?.kind !== "directory" || this.#isMirror) return;
    throw new MultisessionError("ITEM_EXISTS", `${source} cannot be added: the image has a folder at ${path}.`, {
      subject: path,
      advice: MAKE_ROOM,
    });
  }

  #count(existing: ImageNode | undefined, bytes: number): void {
    if (existing === undefined) this.added++;
    else this.replaced++;
    this.bytes += bytes;
  }

  #put(into: Folder, name: string, node: ImageNode | undefined): void {
    this.#journal.put(into, name, node);
  }

  #leaveOut(source: HostFolder, hostName: string | Buffer, what: string): undefined {
    this.#note(source, hostName, what);
  }

  #note(source: HostFolder, hostName: string | Buffer, what: string): void {
    this.notes.push({ path: pathText(source.pathOf(hostName)), what });
  }

  #tell(source: FileSource): void {
    this.#seenFiles++;
    this.#seenBytes += source.bytes;
    const { onProgress } = this.#options;
    if (onProgress) onProgress({ files: this.#seenFiles, bytes: this.#seenBytes, path: source.path });
  }
}

/** What the host says, with what is recorded that the host is not asked for. */
function keptWith({ attributes: recorded }: ImageNode, attributes: Attributes): Attributes {
  const { extended, hidden } = recorded ?? {};
  if (extended === undefined && hidden === undefined) return attributes;
  return { ...attributes, ...(extended && { extended }), ...(hidden !== undefined && { hidden }) };
}
