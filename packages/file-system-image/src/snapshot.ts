import { isDeepStrictEqual } from "node:util";
import type { Attributes, CallOptions, DirectoryNode, NewContent, Sharing, Tree, TreeNode } from "@multisession/core";
import { byName, childPath } from "./image-path.ts";
import { attributesFor, type ImageDirectory, type ImageFile, originOf, type RecordedContent } from "./nodes.ts";
import type { Source } from "./source.ts";
import { TimeSlices } from "./time-slices.ts";

/** The image at one moment: what file systems render, and where the new contents come from. */
export interface Snapshot {
  readonly tree: Tree;
  /** New contents, in the order of the tree by path; shared by all file systems. */
  readonly contents: readonly NewContent[];
  /** The source of each of them. */
  readonly sources: readonly Source[];
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
  const taking = new Taking(options);
  const tree: Tree = { volumeName, root: await taking.directory(root, "/") };
  const { contents, sources, sharedFolders } = taking;
  return { tree, contents, sources, sharedFolders };
}

/** How a snapshot is taken. */
interface SnapshotOptions extends CallOptions {
  /** What may stay where it lies: folders in which nothing has changed are not read, and the tree names them there. */
  readonly sharing?: Sharing | undefined;
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

class Taking {
  readonly contents: PlacedContent[] = [];
  readonly sources: Source[] = [];
  /** The first content of each key, and the rare further ones: most keys have one, and an array for each takes space. */
  readonly #known = new Map<unknown, PlacedContent>();
  readonly #others = new Map<unknown, readonly PlacedContent[]>();
  /** Attributes of recorded files with several names. */
  readonly #links = new Map<number, Attributes>();
  readonly #slices: TimeSlices;
  readonly #options: CallOptions;
  readonly #sharing: Sharing | undefined;
  readonly #unchanged = new Unchanged();
  sharedFolders = 0;

  constructor({ sharing, ...options }: SnapshotOptions) {
    this.#options = options;
    this.#sharing = sharing;
    this.#slices = new TimeSlices(options);
  }

  async directory({ name, attributes, folder, recordedAs }: ImageDirectory, path: string): Promise<DirectoryNode> {
    const children: TreeNode[] = [];
    for (const node of [...(await folder.load(this.#options)).values()].sort(byName)) {
      if (this.#slices.isOver) await this.#slices.next();
      if (node.kind === "directory")
        children.push((await this.#shared(node)) ?? (await this.directory(node, childPath(path, node.name))));
      else children.push(node.kind === "file" ? this.#file(node, path) : node);
    }
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

  #file(node: ImageFile, folder: string): TreeNode {
    const { name, attributes, content } = node;
    if (content.kind === "recorded") return this.#recorded(node as ImageFile & { readonly content: typeof content });
    const placed = this.#place(content, folder, name);
    // Numbers of the volume are positive.
    return { kind: "file", name, attributes, content: placed, ...(content.isLinked ? { inode: -1 - placed.id } : {}) };
  }

  /** Names of one file have the same attributes; one whose attributes were changed alone is a file of its own. */
  #recorded(node: ImageFile & { readonly content: RecordedContent }): TreeNode {
    if (node.inode === undefined) return node;
    const known = this.#links.get(node.inode);
    if (known === undefined) this.#links.set(node.inode, node.attributes);
    if (known === undefined || isDeepStrictEqual(known, node.attributes)) return node;
    const { inode: _, ...alone } = node;
    return alone;
  }

  #place(source: Source, folder: string, name: string): PlacedContent {
    const first = this.#known.get(source.key);
    const others = first && this.#others.get(source.key);
    if (first !== undefined) {
      const known = [first, ...(others ?? [])].find((placed) => source.isSame(this.#sourceOf(placed)));
      if (known !== undefined) return known;
    }
    const content = new PlacedContent(source.bytes, this.contents.length, folder, name);
    if (first === undefined) this.#known.set(source.key, content);
    else this.#others.set(source.key, [...(others ?? []), content]);
    this.contents.push(content);
    this.sources.push(source);
    return content;
  }

  #sourceOf({ id }: PlacedContent): Source {
    return this.sources[id] as Source;
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
