import type { DirectoryNode, TreeNode } from "@multisession/core";
import { MAX_LEVELS, MAX_PATH_BYTES } from "./check-depth.ts";
import type { Dialect } from "./hierarchy.ts";
import { recordedAsMoved } from "./recorded-as.ts";
import type { Turns } from "./turns.ts";

/** Names for the folder in the root that moved folders lie in: libarchive accepts only the first two. */
const folderNames = ["rr_moved", ".rr_moved"] as const;

/** Longest identifier of a directory, with which paths through that folder are estimated. */
const MAX_IDENTIFIER_BYTES = 31;

/** Level of a folder that was moved: root, `rr_moved`, the folder. */
const MOVED_LEVEL = 3;

/** Bytes of its path: both identifiers, and one for each. */
const MOVED_PATH_BYTES: number = "rr_moved".length + 1 + MAX_IDENTIFIER_BYTES + 1;

/**
 * A tree in which folders that lie too deep were moved to one in the root (RRIP 4.1.5). Readers of Rock Ridge put them
 * back, by a record in the old place that leads to the new one (CL), and one in the new place that leads back (PL).
 */
export interface Relocation {
  readonly root: DirectoryNode;
  /** What stands in the old places, and which folders they stand for. */
  readonly standIns: ReadonlyMap<TreeNode, DirectoryNode>;
  /** The folders that were moved, and the folders they were moved out of. */
  readonly realParents: ReadonlyMap<TreeNode, DirectoryNode>;
  /** The folder that holds them. */
  readonly folder: DirectoryNode;
}

/** A folder of the tree as it is, before anything is moved. */
interface Place {
  readonly node: DirectoryNode;
  readonly parent: number;
  level: number;
  pathBytes: number;
  isMoved: boolean;
}

/** Moves what lies deeper than 8 levels, or has a path of more than 255 bytes; nothing when there is none. */
export async function relocate(root: DirectoryNode, dialect: Dialect, turns: Turns): Promise<Relocation | undefined> {
  const places = await placesIn(root, dialect, turns);
  if (!places.some(({ isMoved }) => isMoved)) return undefined;
  const standIns = new Map<TreeNode, DirectoryNode>();
  const realParents = new Map<TreeNode, DirectoryNode>();
  const moved: DirectoryNode[] = [];
  // From the last to the first, so that children are done before their parents.
  const replaced = new Map<TreeNode, DirectoryNode>();
  for (const { node, parent, isMoved } of places.toReversed()) {
    const hasChanged = node.children.some((child) => replaced.has(child));
    const children = hasChanged ? node.children.map((child) => replaced.get(child) ?? child) : node.children;
    const copy = isMoved ? movedCopy(node, children) : hasChanged ? { ...node, children } : node;
    for (const child of copy.children)
      if (standIns.has(child)) realParents.set(standIns.get(child) as DirectoryNode, copy);
    if (isMoved) {
      const standIn: DirectoryNode = { ...node, children: [] };
      standIns.set(standIn, copy);
      replaced.set(node, standIn);
      moved.push(copy);
    } else if (hasChanged && parent >= 0) replaced.set(node, copy);
    await turns.after(node.children.length + 1);
    if (parent < 0) {
      const names = new Set(copy.children.map(({ name }) => name));
      const name = folderNames.find((candidate) => !names.has(candidate)) ?? freeName(names);
      // Extended attributes are the root's alone.
      const { uid, gid, modified } = root.attributes;
      const folder: DirectoryNode = {
        kind: "directory",
        name,
        attributes: { mode: 0o555, uid, gid, modified },
        children: moved.toReversed(),
      };
      const newRoot: DirectoryNode = { ...copy, children: [...copy.children, folder] };
      for (const [child, realParent] of realParents) if (realParent === copy) realParents.set(child, newRoot);
      return { root: newRoot, standIns, realParents, folder };
    }
  }
  return undefined;
}

/** A folder where it is moved to: called as it was when it was moved before, so that its name there stays the same. */
function movedCopy(node: DirectoryNode, children: readonly TreeNode[]): DirectoryNode {
  const { recordedAs: _, ...copy } = node;
  const recordedAs = recordedAsMoved(node);
  return { ...copy, children, ...(recordedAs === undefined ? {} : { recordedAs }) };
}

/** All folders, parents first, in an order that does not depend on that of the children. */
async function placesIn(root: DirectoryNode, dialect: Dialect, turns: Turns): Promise<readonly Place[]> {
  const places: Place[] = [{ node: root, parent: -1, level: 1, pathBytes: 0, isMoved: false }];
  for (let index = 0; index < places.length; index += 1) {
    const place = places[index] as Place;
    const children = dialect.nameChildren(place.node.children);
    // A folder counts one byte more than its identifier, a file two of its version (ECMA-119 6.8.2.1).
    const longest = children.reduce(
      (most, child) => Math.max(most, dialect.identifierBytes(child) + (child.node.kind === "directory" ? 1 : 2)),
      0,
    );
    if (index > 0 && (place.level > MAX_LEVELS || place.pathBytes + longest > MAX_PATH_BYTES)) {
      place.level = MOVED_LEVEL;
      place.pathBytes = MOVED_PATH_BYTES;
      place.isMoved = true;
    }
    for (const child of children)
      if (child.node.kind === "directory")
        places.push({
          node: child.node,
          parent: index,
          level: place.level + 1,
          pathBytes: place.pathBytes + dialect.identifierBytes(child) + 1,
          isMoved: false,
        });
    await turns.after(children.length + 1);
  }
  return places;
}

function freeName(names: ReadonlySet<string>): string {
  for (let count = 1; ; count += 1) if (!names.has(`rr_moved_${count}`)) return `rr_moved_${count}`;
}
