import { isDeepStrictEqual } from "node:util";
import type {
  Attributes,
  CallOptions,
  DamagedContent,
  DirectoryNode,
  Lba,
  NewContent,
  Sharing,
  Tree,
  TreeNode,
} from "@multisession/core";
import type { Folder } from "./folder.ts";
import { byName, childPath } from "./image-path.ts";
import { LinkedPlaces } from "./linked-places.ts";
import {
  attributesFor,
  type ImageDirectory,
  type ImageFile,
  type ImageNode,
  originOf,
  type RecordedContent,
} from "./nodes.ts";
import type { RecordedContents } from "./recorded-copies.ts";
import { repeatedKeys } from "./repeated-keys.ts";
import { findSameContents, type NewSources, type SameContents } from "./same-contents.ts";
import type { Source } from "./source.ts";
import { TimeSlices } from "./time-slices.ts";

/** The image at one moment: what file systems render, and where the new contents come from. */
export interface Snapshot {
  readonly tree: Tree;
  /** New contents, in the order of the tree by path; shared by all file systems. */
  readonly contents: readonly NewContent[];
  /** The source of each of them. */
  readonly sources: readonly Source[];
  /** Sources whose bytes are recorded from another source, or are on the disc. */
  readonly shared: readonly SharedSource[];
  /** Further names of sources that have several. */
  readonly names: readonly FurtherName[];
  /** What people should know. */
  readonly notes: readonly string[];
  /** Folders that the tree names where they lie; those in them are not counted. */
  readonly sharedFolders: number;
}

/**
 * Takes a snapshot. Every recorded directory is read, each once, unless it is shared. Contents are numbered by path, so that the same tree
 * gives the same plan; hard links of one file share one content.
 */
export async function takeSnapshot(
  root: ImageDirectory,
  volumeName: string,
  options: SnapshotOptions = {},
): Promise<Snapshot> {
  const repeated = await repeatedKeys(root, options);
  const first = new Taking(options, repeated);
  const plain = await first.directory(root, "/");
  const { recorded, signal } = options;
  const found = recorded && (await findSameContents(first, recorded, signal && { signal }));
  const notes = found?.notes ?? [];
  if (found === undefined || found.same.size === 0) return { ...first.snapshot(volumeName, plain), notes };
  // Contents are numbered again without those that need no place.
  for (const there of found.same.values()) if (there.kind === "source") repeated.add(there.key);
  const taking = new Taking(options, repeated, found);
  return { ...taking.snapshot(volumeName, await taking.directory(root, "/")), notes };
}

/** A source whose bytes are not read for the burn. */
export interface SharedSource {
  readonly source: Source;
  /** Path in the image, for people. */
  readonly label: string;
  /** The new content that it shares, with the hash by which they are equal; absent where the bytes are on the disc. */
  readonly with?: { readonly id: number; readonly label: string; readonly sha256: Uint8Array };
}

/** A name of a source that an earlier one has too: they are one file, or it was added twice. */
export interface FurtherName {
  readonly content: NewContent;
  readonly folder: string;
  readonly name: string;
}

/** The names that share a content which was damaged. */
export function damagedToo(
  damaged: readonly DamagedContent[],
  { shared, names }: Pick<Snapshot, "shared" | "names">,
): readonly DamagedContent[] {
  if (damaged.length === 0) return [];
  const byLabel = new Map(damaged.map((one) => [one.label, one]));
  const found: DamagedContent[] = [];
  const tell = (label: string, first: string | undefined): void => {
    const known = first === undefined ? undefined : byLabel.get(first);
    if (known !== undefined) found.push({ ...known, label });
  };
  for (const { label, with: first } of shared) tell(label, first?.label);
  for (const { content, folder, name } of names) tell(childPath(folder, name), content.label);
  return found;
}

/** How a snapshot is taken. */
interface SnapshotOptions extends CallOptions {
  /** What may stay where it lies: folders in which nothing has changed are not read, and the tree names them there. */
  readonly sharing?: Sharing | undefined;
  /** Where equal contents are looked for, so that each is stored once; without it every source is stored. */
  readonly recorded?: RecordedContents | undefined;
}

/**
 * A new content as file systems see it, and as core lists it: one object for both, whose label is put together only
 * where it is shown, because paths of 100,000 files take space.
 */
class PlacedContent implements NewContent {
  readonly bytes: number;
  readonly id: number;
  readonly #folder: string;
  readonly #name: string;

  constructor(bytes: number, id: number, folder: string, name: string) {
    this.bytes = bytes;
    this.id = id;
    this.#folder = folder;
    this.#name = name;
  }

  get kind(): "new" {
    return "new";
  }

  get label(): string {
    return childPath(this.#folder, this.#name);
  }
}

/** A source, where its bytes will lie, and its number should it have several names. */
interface PlacedSource {
  readonly source: Source;
  readonly content: PlacedContent | RecordedContent;
  readonly inode: number;
}

class Taking implements NewSources {
  readonly contents: PlacedContent[] = [];
  readonly sources: Source[] = [];
  readonly shared: SharedSource[] = [];
  readonly names: FurtherName[] = [];
  /** Sources that more than one name of the tree has. */
  readonly linked = new Set<Source>();
  readonly replaced = new Map<Source, Lba>();
  readonly #linkedPlaces = new LinkedPlaces();
  /** Sources that may come again, by key. */
  readonly #known = new Map<unknown, PlacedSource[]>();
  readonly #repeated: ReadonlySet<unknown>;
  /** Counts sources, for the numbers of files with several names. */
  #inodes = 0;
  /** Attributes of files with several names. */
  readonly #links = new Map<number, Attributes>();
  readonly #slices: TimeSlices;
  readonly #options: CallOptions;
  readonly #sharing: Sharing | undefined;
  readonly #unchanged = new Unchanged();
  readonly #same: SameContents | undefined;
  sharedFolders = 0;

  /** `repeated`: keys of the sources that may come again. */
  constructor(
    { sharing, recorded: _, ...options }: SnapshotOptions,
    repeated: ReadonlySet<unknown>,
    same?: SameContents,
  ) {
    this.#options = options;
    this.#repeated = repeated;
    this.#sharing = sharing;
    this.#slices = new TimeSlices(options);
    this.#same = same;
  }

  snapshot(volumeName: string, root: DirectoryNode): Omit<Snapshot, "notes"> {
    const { contents, sources, shared, names, sharedFolders } = this;
    return { tree: { volumeName, root }, contents, sources, shared, names, sharedFolders };
  }

  mayBeLinked(at: Lba): boolean {
    return this.#linkedPlaces.has(at, this.sharedFolders === 0);
  }

  async directory({ name, attributes, folder, recordedAs }: ImageDirectory, path: string): Promise<DirectoryNode> {
    const children: TreeNode[] = [];
    for (const node of [...(await folder.load(this.#options)).values()].sort(byName)) {
      if (this.#slices.isOver) await this.#slices.next();
      if (node.kind === "directory")
        children.push((await this.#shared(node)) ?? (await this.directory(node, childPath(path, node.name))));
      else children.push(node.kind === "file" ? this.#file(node, path, folder) : node);
    }
    if (this.#sharing !== undefined) this.#linkedPlaces.count(folder);
    const newest = (): number => children.reduce((time, child) => Math.max(time, child.attributes.modified), 0);
    const shown = attributes ?? attributesFor("directory", {}, newest());
    return {
      kind: "directory",
      name,
      attributes: shown,
      children,
      ...(recordedAs === undefined ? {} : { recordedAs }),
    };
  }

  /** A folder that may stay where it lies; nothing when it may not. */
  async #shared(node: ImageDirectory): Promise<DirectoryNode | undefined> {
    const { name, attributes, folder, recordedAs } = node;
    const at = folder.recordedAt;
    if (this.#sharing === undefined || at === undefined || attributes === undefined) return undefined;
    if (!this.#unchanged.has(node) || !(await this.#sharing.canShare(at, this.#options))) return undefined;
    this.sharedFolders += 1;
    return {
      kind: "directory",
      name,
      attributes,
      children: [],
      sharedAt: at,
      ...(recordedAs === undefined ? {} : { recordedAs }),
    };
  }

  #file(node: ImageFile, path: string, folder: Folder): TreeNode {
    const { name, attributes, content } = node;
    if (content.kind === "recorded") return this.#recorded(node as ImageFile & { readonly content: typeof content });
    const found = this.#find(content);
    if (found !== undefined) {
      this.linked.add(found.source);
      if (found.content.kind === "new") this.names.push({ content: found.content, folder: path, name });
    }
    if (this.#same === undefined) this.#remember(found?.source ?? content, folder.baseline.get(name));
    const { content: placed, inode } = found ?? this.#place(content, path, name);
    return content.isLinked && this.#isLink(inode, attributes)
      ? { kind: "file", name, attributes, content: placed, inode }
      : { kind: "file", name, attributes, content: placed };
  }

  /** Remembers where the file lies whose place a source takes. */
  #remember(source: Source, before: ImageNode | undefined): void {
    if (before?.kind !== "file" || before.content.kind !== "recorded" || before.content.bytes !== source.bytes) return;
    const at = before.content.extents[0]?.at;
    if (at !== undefined) this.replaced.set(source, at);
  }

  #recorded(node: ImageFile & { readonly content: RecordedContent }): TreeNode {
    if (node.inode !== undefined) this.#linkedPlaces.keep(node.content);
    if (node.inode === undefined || this.#isLink(node.inode, node.attributes)) return node;
    const { inode: _, ...alone } = node;
    return alone;
  }

  /**
   * Names of one file have the same attributes; one whose attributes were changed alone is a file of its own. Hidden is a
   * name, not the file.
   */
  #isLink(inode: number, { hidden: _, ...attributes }: Attributes): boolean {
    const known = this.#links.get(inode);
    if (known === undefined) this.#links.set(inode, attributes);
    return known === undefined || isDeepStrictEqual(known, attributes);
  }

  #find(source: Source): PlacedSource | undefined {
    return this.#known.get(source.key)?.find((placed) => source.isSame(placed.source));
  }

  #place(source: Source, folder: string, name: string): PlacedSource {
    const content = this.#sharedContent(source, folder, name) ?? this.#newContent(source, folder, name);
    // Numbers of the volume are positive. Equal contents are not links: those have one source.
    const placed = { source, content, inode: -1 - this.#inodes++ };
    const { key } = source;
    if (!this.#repeated.has(key)) return placed;
    const alike = this.#known.get(key);
    if (alike === undefined) this.#known.set(key, [placed]);
    else alike.push(placed);
    return placed;
  }

  #newContent(source: Source, folder: string, name: string): PlacedContent {
    const content = new PlacedContent(source.bytes, this.contents.length, folder, name);
    this.contents.push(content);
    this.sources.push(source);
    return content;
  }

  /** Where the bytes lie that a source has in common with an earlier one or with the disc; nothing when it has none. */
  #sharedContent(source: Source, folder: string, name: string): PlacedContent | RecordedContent | undefined {
    const same = this.#same?.same.get(source);
    if (same === undefined) return undefined;
    const label = childPath(folder, name);
    const content = same.kind === "recorded" ? same : (this.#find(same) as PlacedSource).content;
    const sha256 = same.kind === "source" ? this.#same?.sha256.get(same) : undefined;
    const isNew = content.kind === "new" && sha256 !== undefined;
    this.shared.push({ source, label, ...(isNew ? { with: { id: content.id, label: content.label, sha256 } } : {}) });
    return content;
  }
}

/** Tells folders in which nothing has changed, however deep. Its own name may be another: that is in the folder above it. */
class Unchanged {
  readonly #known = new Map<ImageDirectory, boolean>();

  has(node: ImageDirectory): boolean {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const isUnchanged = this.#find(node);
    this.#known.set(node, isUnchanged);
    return isUnchanged;
  }

  #find(node: ImageDirectory): boolean {
    const { folder, attributes } = node;
    const { attributes: recorded } = originOf(node) as ImageDirectory;
    if (folder.isEdited || (attributes !== recorded && !isDeepStrictEqual(attributes, recorded))) return false;
    for (const child of folder.loaded?.values() ?? []) if (child.kind === "directory" && !this.has(child)) return false;
    return true;
  }
}
