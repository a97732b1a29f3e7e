import type { Blocks, DirectoryNode, Lba, RecordedExtent, TreeNode } from "@multisession/core";
import { BlockPacker } from "./block-packer.ts";
import type { Relocation } from "./relocation.ts";
import type { SharedHierarchy, SharedPlace } from "./shared-hierarchy.ts";
import type { Turns } from "./turns.ts";

/** A node with the identifier that one hierarchy gives it. */
export interface NamedNode {
  /** What the hierarchy sorts by; the dialect makes the identifier from it. */
  readonly key: string;
  readonly node: TreeNode;
}

/** A directory of one hierarchy that the session writes. */
export interface PlannedDirectory {
  readonly kind: "planned";
  readonly named: NamedNode & { readonly node: DirectoryNode };
  /** Place of the parent in the hierarchy's list; the root is its own. */
  readonly parent: number;
  /** Place of the first subdirectory in the hierarchy's list; the others follow it in the order of the records. */
  readonly firstSubdirectory: number;
  readonly subdirectories: number;
  /** Subdirectories as readers of Rock Ridge count them: those that were moved elsewhere are among them. */
  readonly shownSubdirectories: number;
  /** First block, counted from the hierarchy's first. */
  readonly at: Blocks;
  readonly blocks: Blocks;
}

/** A directory that stays where an earlier session recorded it. */
interface SharedDirectory {
  readonly kind: "shared";
  readonly place: Pick<SharedPlace, "table" | "number">;
  readonly parent: number;
  /** What its parent's record says: of one whose parent the session writes. */
  readonly shown?: { readonly named: PlannedDirectory["named"]; readonly bytes: number };
}

/** A directory of one hierarchy. */
export type HierarchyDirectory = PlannedDirectory | SharedDirectory;

/** All directories of one tree of names, parents first: the order of path tables, and as a rule of the blocks on the disc. */
export interface Hierarchy {
  readonly directories: readonly HierarchyDirectory[];
  readonly blocks: Blocks;
  readonly pathTableBytes: number;
  /** Which folders were moved because they lay too deep. */
  readonly relocation?: Relocation;
  /** Places in the list of the directories that are written, by the order of the blocks, where that is another. */
  readonly order?: readonly number[];
}

/** What a directory record says beside its name. */
export interface RecordTarget {
  readonly at: Lba;
  readonly bytes: number;
  /** Another section of the same file follows. */
  readonly isContinued: boolean;
  /** Rock Ridge's count of links. */
  readonly links: number;
  /** Rock Ridge's serial number: where its first record begins on the disc, in units of 32 bytes. */
  readonly serial: number;
  /** In the place of a folder that was moved: where it lies now. */
  readonly childAt?: Lba;
  /** In a folder that was moved: where its true parent lies. */
  readonly parentAt?: Lba;
}

/** What records of folders say outside of their directory: it lies in front of the folders. */
export interface FolderAreas {
  /** Whether a folder's record goes on in an area. */
  has(folder: DirectoryNode): boolean;
  /** Places the areas of folders, from a block of the hierarchy on; gives the number of their blocks. */
  place(folders: Iterable<DirectoryNode>, at: Blocks): Blocks;
  /** Writes a block of them; `base`: address of the hierarchy's first block. */
  put(bytes: Buffer, at: number, block: Blocks, base: Lba): void;
}

/** How one kind of directory hierarchy names and writes its records: ISO 9660 with Rock Ridge, or Joliet. */
export interface Dialect {
  /** Absent where all that a record says lies in it. */
  readonly folderAreas?: FolderAreas;
  /** Names the children and puts them into the order of the records. */
  nameChildren(children: readonly TreeNode[]): NamedNode[];
  /** Bytes of a directory's own record, and of its parent's in it. */
  dotBytes(which: "self" | "parent", isRoot: boolean, directory: DirectoryNode): number;
  /** Bytes of one record of a node. */
  recordBytes(named: NamedNode): number;
  /** Records that a node needs: one for each section of a file. */
  recordCount(node: TreeNode): number;
  /** Writes a directory's own record or its parent's; `shown` is the one that the record is about. */
  putDot(
    bytes: Uint8Array,
    at: number,
    which: "self" | "parent",
    isRoot: boolean,
    shown: DirectoryNode,
    target: RecordTarget,
  ): void;
  /** Writes one record of a node; `length`: its {@link recordBytes}. */
  putRecord(bytes: Buffer, at: number, length: number, named: NamedNode, target: RecordTarget): void;
  /** Bytes of a directory's identifier in the path table, without padding. */
  identifierBytes(named: NamedNode): number;
  /** Writes a directory's identifier. */
  putIdentifier(bytes: Uint8Array, at: number, named: NamedNode): void;
  /** A file's sections; of a symbolic link, which has no data, one empty section. */
  sections(node: TreeNode, extentsOf: ExtentsOf): readonly RecordedExtent[];
}

/** Where a file's content lies. */
export type ExtentsOf = (node: TreeNode & { readonly kind: "file" }) => readonly RecordedExtent[];

/**
 * Lays the directories of a tree out, level by level. Keeps nothing of files: their names are made again when their
 * directory is written, because names for 100,000 files take more memory than time.
 */
export async function planHierarchy(
  root: DirectoryNode,
  dialect: Dialect,
  turns: Turns,
  { relocation, shared }: PlanOptions = {},
): Promise<Hierarchy> {
  const top = relocation?.root ?? root;
  const found: (Pick<PlannedDirectory, "named" | "parent"> | SharedDirectory)[] = [
    { named: { key: "", node: top }, parent: 0 },
  ];
  const directories: (MeasuredDirectory | SharedDirectory)[] = [];
  let pathTableBytes = 0;
  for (let index = 0; index < found.length; index += 1) {
    const next = found[index] as (typeof found)[number];
    if ("kind" in next) {
      directories.push(next);
      found.push(...sharedIn(next, index));
      pathTableBytes += pathRecordBytes(identifierBytesOf(next, dialect));
      await turns.after(1);
      continue;
    }
    const { named, parent } = next;
    const children = dialect.nameChildren(named.node.children);
    const firstSubdirectory = found.length;
    let shownSubdirectories = 0;
    for (const child of children) {
      if (!isDirectory(child)) continue;
      shownSubdirectories += 1;
      if (relocation?.standIns.has(child.node)) continue;
      const place = child.node.sharedAt === undefined ? undefined : placeIn(shared, child.node.sharedAt);
      found.push(
        place === undefined
          ? { named: child, parent: index }
          : { kind: "shared", place, parent: index, shown: { named: child, bytes: place.bytes } },
      );
    }
    const blocks = measure(named.node, children, dialect, index === 0);
    directories.push({
      kind: "planned",
      named,
      parent,
      firstSubdirectory,
      subdirectories: found.length - firstSubdirectory,
      shownSubdirectories,
      at: 0,
      blocks,
    });
    pathTableBytes += pathRecordBytes(index === 0 ? 1 : dialect.identifierBytes(named));
    await turns.after(children.length + 1);
  }
  const order = relocation && movedFirst(directories as readonly MeasuredDirectory[], relocation);
  const blocks = placeDirectories(directories, order ?? directories.keys(), dialect.folderAreas);
  return { directories, blocks, pathTableBytes, ...(relocation && { relocation }), ...(order && { order }) };
}

/** A directory before it has a place. */
type MeasuredDirectory = { -readonly [K in keyof PlannedDirectory]: PlannedDirectory[K] };

/** Gives the directories that are written their places, in an order in which parents come first; gives the blocks of all. */
function placeDirectories(
  directories: readonly (MeasuredDirectory | SharedDirectory)[],
  order: Iterable<number>,
  areas: FolderAreas | undefined,
): Blocks {
  const waiting = new Set<DirectoryNode>();
  let at = 0;
  for (const index of order) {
    const directory = directories[index] as MeasuredDirectory | SharedDirectory;
    if (directory.kind === "shared") continue;
    if (waiting.has(directory.named.node)) {
      at += areas?.place(waiting, at) ?? 0;
      waiting.clear();
    }
    directory.at = at;
    at += directory.blocks;
    if (areas === undefined) continue;
    const { firstSubdirectory: first, subdirectories } = directory;
    for (const child of directories.slice(first, first + subdirectories))
      if (child.kind === "planned" && areas.has(child.named.node)) waiting.add(child.named.node);
  }
  return at;
}

/** What a hierarchy is planned with beside the tree. */
interface PlanOptions {
  readonly relocation?: Relocation | undefined;
  /** Where the folders lie that the tree leaves where they are. */
  readonly shared?: SharedHierarchy | undefined;
}

function placeIn(shared: SharedHierarchy | undefined, at: Lba): SharedPlace {
  if (shared === undefined) throw new TypeError("The tree has folders that were recorded, and nothing says where");
  return shared.placeOf(at);
}

/** The directories in a shared one, which are shared with it. */
function sharedIn({ place: { table, number } }: SharedDirectory, parent: number): SharedDirectory[] {
  const { first, end } = table.childrenOf(number);
  return Array.from({ length: end - first }, (_, index) => ({
    kind: "shared",
    place: { table, number: first + index },
    parent,
  }));
}

/** Bytes of a directory's identifier in the path table, without padding. */
export function identifierBytesOf(directory: HierarchyDirectory, dialect: Dialect): number {
  if (directory.kind === "planned") return dialect.identifierBytes(directory.named);
  const { shown, place } = directory;
  return shown === undefined ? place.table.identifierOf(place.number).length : dialect.identifierBytes(shown.named);
}

/**
 * The order in which all that was moved lies right behind the root: libarchive reads a disc in one pass, and connects a folder
 * that was moved out of a moved one only while it has not seen where the outer one belongs (measured).
 */
function movedFirst(directories: readonly MeasuredDirectory[], { folder }: Relocation): readonly number[] {
  const isMoved: boolean[] = [];
  for (const { named, parent } of directories) isMoved.push(named.node === folder || isMoved[parent] === true);
  const places = [...directories.keys()];
  return [0, ...places.filter((index) => isMoved[index]), ...places.filter((index) => index > 0 && !isMoved[index])];
}

/** Bytes of a path table record with an identifier of so many bytes (ECMA-119 9.4). */
export function pathRecordBytes(identifierBytes: number): number {
  return 8 + identifierBytes + (identifierBytes % 2);
}

function measure(directory: DirectoryNode, children: readonly NamedNode[], dialect: Dialect, isRoot: boolean): Blocks {
  const packer = new BlockPacker();
  packer.add(dialect.dotBytes("self", isRoot, directory));
  packer.add(dialect.dotBytes("parent", isRoot, directory));
  for (const child of children) {
    const bytes = dialect.recordBytes(child);
    for (let left = dialect.recordCount(child.node); left > 0; left -= 1) packer.add(bytes);
  }
  return packer.blocks;
}

function isDirectory(named: NamedNode): named is NamedNode & { readonly node: DirectoryNode } {
  return named.node.kind === "directory";
}
