import { BLOCK_BYTES, type Blocks, type DirectoryNode, type Lba, type TreeNode } from "@multisession/core";
import { BlockWriter } from "./block-packer.ts";
import { type HardLinks, Serials } from "./hard-links.ts";
import type {
  Dialect,
  ExtentsOf,
  Hierarchy,
  HierarchyDirectory,
  NamedNode,
  PlannedDirectory,
  RecordTarget,
} from "./hierarchy.ts";

/** Where a hierarchy's directories and their files lie. */
interface Placed {
  readonly hierarchy: Hierarchy;
  readonly dialect: Dialect;
  /** First block of the directories. */
  readonly base: Lba;
  readonly extentsOf: ExtentsOf;
  /** Files with several names, in hierarchies that say so. */
  readonly hardLinks?: HardLinks;
}

/** The directories' blocks from `base` on, made while they are taken. */
export function directoryBytes(placed: Placed): Iterable<Uint8Array> {
  return new DirectoryWriter(placed).pieces();
}

/** Writes the directories of one hierarchy, one behind the other. */
class DirectoryWriter {
  readonly #placed: Placed;
  readonly #serials: Serials;
  readonly #writer = new BlockWriter();
  /** Places of the directories in the hierarchy's list, where some were moved. */
  readonly #places: ReadonlyMap<DirectoryNode | undefined, number> | undefined;

  constructor(placed: Placed) {
    const { directories, relocation } = placed.hierarchy;
    this.#placed = placed;
    this.#serials = new Serials(placed.hardLinks ?? new Map());
    this.#places = relocation && new Map(directories.map((one, index) => [nodeOf(one), index]));
  }

  *pieces(): Generator<Uint8Array> {
    const { directories, order = directories.keys() } = this.#placed.hierarchy;
    for (const index of order) {
      const directory = directories[index] as HierarchyDirectory;
      if (directory.kind === "shared") continue;
      this.#putAreas(directory.at);
      this.#putDots(directory, index);
      yield* this.#writer.takeFull();
      let subdirectory = directory.firstSubdirectory;
      for (const child of this.#placed.dialect.nameChildren(directory.named.node.children)) {
        if (this.#putChild(child, subdirectory)) subdirectory += 1;
        if (this.#writer.isFull) yield* this.#writer.takeFull();
      }
      this.#writer.endBlock();
    }
    yield* this.#writer.takeRest();
  }

  /** Writes the blocks of continuation areas that lie in front of a directory. */
  #putAreas(end: Blocks): void {
    const { dialect, base } = this.#placed;
    for (let block = this.#writer.next(BLOCK_BYTES) / BLOCK_BYTES; block < end; block += 1) {
      const at = this.#writer.place(BLOCK_BYTES);
      dialect.folderAreas?.put(this.#writer.bytes, at, block, base);
    }
  }

  #putDots(directory: PlannedDirectory, index: number): void {
    const { hierarchy, dialect } = this.#placed;
    const own = directory.named.node;
    const realParent = hierarchy.relocation?.realParents.get(own);
    for (const which of ["self", "parent"] as const) {
      const at = this.#writer.place(dialect.dotBytes(which, index === 0, own));
      const shown = which === "self" ? index : directory.parent;
      const { node } = (hierarchy.directories[shown] as PlannedDirectory).named;
      const parentAt = which === "parent" && realParent !== undefined ? { parentAt: this.#placeOf(realParent).at } : {};
      const target = { ...this.#targetOf(shown), ...parentAt };
      dialect.putDot(this.#writer.bytes, at, which, index === 0, node, target);
    }
  }

  /**
   * Writes a child's records.
   *
   * @param subdirectory - the place in the hierarchy's list that the child has if it is a directory of it.
   * @returns whether it is.
   */
  #putChild(child: NamedNode, subdirectory: number): boolean {
    const { node } = child;
    const size = this.#placed.dialect.recordBytes(child);
    const moved = this.#placed.hierarchy.relocation?.standIns.get(node);
    if (moved !== undefined) {
      const target = this.#placeOf(moved);
      this.#put(child, size, { ...target, at: 0, bytes: 0, childAt: target.at });
      return false;
    }
    if (node.kind !== "directory") {
      this.#putSections(child, size);
      return false;
    }
    this.#put(child, size, this.#targetOf(subdirectory));
    return true;
  }

  #putSections(child: NamedNode, size: number): void {
    const { node } = child;
    const { dialect, extentsOf, base } = this.#placed;
    const sections = dialect.sections(node, extentsOf);
    checkCount(sections.length, dialect.recordCount(node), node);
    const own = serialAt(base * BLOCK_BYTES + this.#writer.next(size));
    const { links, serial } = this.#serials.next(node.kind === "file" ? node.inode : undefined, own);
    for (let section = 0; section < sections.length; section += 1) {
      const { at, bytes } = sections[section] as (typeof sections)[number];
      this.#put(child, size, { at, bytes, isContinued: section < sections.length - 1, links, serial });
    }
  }

  #put(child: NamedNode, size: number, target: RecordTarget): void {
    const at = this.#writer.place(size);
    this.#placed.dialect.putRecord(this.#writer.bytes, at, size, child, target);
  }

  #targetOf(index: number): RecordTarget {
    const { hierarchy, base } = this.#placed;
    return targetAt(hierarchy.directories[index] as HierarchyDirectory, base);
  }

  /** Where a folder lies that was moved, or is the parent of one. */
  #placeOf(node: DirectoryNode): RecordTarget {
    return this.#targetOf(this.#places?.get(node) as number);
  }
}

function checkCount(count: number, planned: number, node: TreeNode): void {
  if (count !== planned)
    throw new TypeError(`"${node.name}" was laid out with ${planned} sections and placed in ${count}`);
}

function nodeOf(directory: HierarchyDirectory): DirectoryNode | undefined {
  return directory.kind === "planned" ? directory.named.node : directory.shown?.named.node;
}

/** What records say of a directory. Links count it, its own record, and its subdirectories' records of their parent. */
function targetAt(directory: HierarchyDirectory, base: Lba): RecordTarget {
  if (directory.kind === "planned") {
    const at = base + directory.at;
    const links = 2 + directory.shownSubdirectories;
    return { at, bytes: directory.blocks * BLOCK_BYTES, isContinued: false, links, serial: serialAt(at * BLOCK_BYTES) };
  }
  const { place, shown } = directory;
  const at = place.table.addressOf(place.number);
  const { first, end } = place.table.childrenOf(place.number);
  return {
    at,
    bytes: shown?.bytes ?? 0,
    isContinued: false,
    links: 2 + end - first,
    serial: serialAt(at * BLOCK_BYTES),
  };
}

/**
 * The serial number of a node: where its first record begins on the disc, of a directory its own, in units of 32 bytes,
 * which no two records share. So it is the node's alone, also where directories of several sessions make one tree. A number
 * of 32 bits reaches to 137 GB, and no medium that sessions are recorded on is larger.
 */
function serialAt(byte: number): number {
  return Math.floor(byte / 32) % 2 ** 32;
}
