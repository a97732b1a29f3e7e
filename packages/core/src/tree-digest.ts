import { createHash, type Hash } from "node:crypto";
import type { DirectoryNode, Tree, TreeNode } from "./tree.ts";
import type { Lba } from "./units.ts";

/**
 * Digest of what is rendered: volume name, paths, types, sizes, times, modes, owners, links, where recorded contents
 * lie, and where the session starts. Not of content: that is read only while it is written.
 */
export function digestTree(tree: Tree, sessionStart: Lba): string {
  const hash = createHash("sha256").update(JSON.stringify([tree.volumeName, sessionStart]));
  digestNode(tree.root, hash, new Map());
  return hash.digest("hex");
}

/** Numbers of files with several names, in the order in which the walk meets them: the numbers themselves mean nothing. */
type Links = Map<number, number>;

function digestNode(node: TreeNode, hash: Hash, links: Links): void {
  const { mode, uid, gid, modified, extended } = node.attributes;
  hash.update(`${JSON.stringify([node.kind, node.name, mode, uid, gid, modified, detailOf(node, links)])}\n`);
  if (extended !== undefined)
    hash.update(
      `${JSON.stringify(extended.map(({ name, value }) => [name, Buffer.from(value).toString("base64")]))}\n`,
    );
  if (node.kind !== "directory") return;
  for (const child of sorted(node)) digestNode(child, hash, links);
  hash.update("end\n");
}

function detailOf(node: TreeNode, links: Links): unknown {
  if (node.kind === "symlink") return node.target;
  if (node.kind === "special") return [node.type, node.device?.major, node.device?.minor];
  if (node.kind === "directory")
    return node.sharedAt === undefined ? node.children.length : `shared at ${node.sharedAt}`;
  const { content, inode } = node;
  if (inode !== undefined && !links.has(inode)) links.set(inode, links.size);
  const link = inode === undefined ? [] : [links.get(inode)];
  return content.kind === "new"
    ? [content.bytes, content.id, ...link]
    : [
        content.bytes,
        content.extents.map(({ at, bytes }) => [at, bytes]),
        ...(content.encoding === undefined ? [] : [content.encoding]),
        ...link,
      ];
}

function sorted({ children }: DirectoryNode): readonly TreeNode[] {
  return children.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
