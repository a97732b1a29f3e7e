import { createHash } from "node:crypto";
import type { Attributes, DirectoryNode, FileNode, Tree, TreeNode } from "./tree.ts";
import type { Lba } from "./units.ts";

/** Characters that are hashed at once. */
const PIECE = 16_384;

/**
 * Digest of what is rendered: volume name, paths, types, sizes, times, modes, owners, links, where recorded contents
 * lie, and where the session starts. Not of content: that is read only while it is written.
 */
export function digestTree(tree: Tree, sessionStart: Lba): string {
  const text = new HashedText();
  text.add(JSON.stringify([tree.volumeName, sessionStart]));
  digestNode(tree.root, text, new Map());
  return text.digest();
}

/** Text that is hashed in large pieces: a call for each of 100,000 nodes takes longer than the hash. */
class HashedText {
  readonly #hash = createHash("sha256");
  #waiting = "";
  /** Those of the last node, which the next one has as a rule. */
  #attributes: Attributes | undefined;
  #numbers = "";

  numbersOf(attributes: Attributes): string {
    if (attributes !== this.#attributes) {
      const { mode, uid, gid, modified } = attributes;
      this.#attributes = attributes;
      this.#numbers = `${mode},${uid},${gid},${modified}`;
    }
    return this.#numbers;
  }

  add(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length >= PIECE) this.#take();
  }

  digest(): string {
    this.#take();
    return this.#hash.digest("hex");
  }

  #take(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = "";
  }
}

/** Numbers of files with several names, in the order in which the walk meets them: the numbers themselves mean nothing. */
type Links = Map<number, number>;

function digestNode(node: TreeNode, text: HashedText, links: Links): void {
  const { extended, hidden } = node.attributes;
  // As JSON.stringify would write the whole, which takes longer: there can be a million nodes.
  text.add(`["${node.kind}",${quoted(node.name)},${text.numbersOf(node.attributes)},${detailOf(node, links)}]\n`);
  if (hidden === true) text.add("hidden\n");
  if (extended !== undefined)
    text.add(`${JSON.stringify(extended.map(({ name, value }) => [name, Buffer.from(value).toString("base64")]))}\n`);
  if (node.kind !== "directory") return;
  for (const child of sorted(node)) digestNode(child, text, links);
  text.add("end\n");
}

/** As JSON. Most names need no escapes, which is seen in a fraction of the time. */
function quoted(name: string): string {
  return /^[ !#-[\]-~]*$/.test(name) ? `"${name}"` : JSON.stringify(name);
}

/** As JSON. Most files are new and have one name: their text is made without an array for each. */
function detailOf(node: TreeNode, links: Links): string {
  if (node.kind === "file") return contentDetail(node, links);
  if (node.kind === "symlink") return JSON.stringify(node.target);
  if (node.kind === "special") return JSON.stringify([node.type, node.device?.major, node.device?.minor]);
  return node.sharedAt === undefined ? `${node.children.length}` : `"shared at ${node.sharedAt}"`;
}

function contentDetail({ content, inode }: FileNode, links: Links): string {
  if (inode !== undefined && !links.has(inode)) links.set(inode, links.size);
  const link = inode === undefined ? "" : `,${links.get(inode)}`;
  if (content.kind === "new") return `[${content.bytes},${content.id}${link}]`;
  const extents = JSON.stringify(content.extents.map(({ at, bytes }) => [at, bytes]));
  const encoding = content.encoding === undefined ? "" : `,${JSON.stringify(content.encoding)}`;
  const remark = content.remark === undefined ? "" : `,${JSON.stringify({ remark: content.remark })}`;
  return `[${content.bytes},${extents}${encoding}${remark}${link}]`;
}

function sorted({ children }: DirectoryNode): readonly TreeNode[] {
  return children.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
