import { createHash, type Hash } from "node:crypto";
import type { DirectoryNode, Tree, TreeNode } from "./tree.ts";
import type { Lba } from "./units.ts";

/**
 * Digest of what is rendered: volume name, paths, types, sizes, times, modes, owners, links, where recorded contents
 * lie, and where the session starts. Not of content: that is read only while it is written.
 */
export function digestTree(tree: Tree, sessionStart: Lba): string {
  const hash = createHash("sha256").update(JSON.stringify([tree.volumeName, sessionStart]));
  digestNode(tree.root, hash);
  return hash.digest("hex");
}

function digestNode(node: TreeNode, hash: Hash): void {
  const { mode, uid, gid, modified } = node.attributes;
  hash.update(`${JSON.stringify([node.kind, node.name, mode, uid, gid, modified, detailOf(node)])}\n`);
  if (node.kind !== "directory") return;
  for (const child of sorted(node)) digestNode(child, hash);
  hash.update("end\n");
}

function detailOf(node: TreeNode): unknown {
  if (node.kind === "symlink") return node.target;
  if (node.kind === "directory") return node.children.length;
  const { content, inode } = node;
  const links = inode === undefined ? [] : [inode];
  return content.kind === "new"
    ? [content.bytes, content.id, ...links]
    : [content.bytes, content.extents.map(({ at, bytes }) => [at, bytes]), ...links];
}

function sorted({ children }: DirectoryNode): readonly TreeNode[] {
  return children.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
