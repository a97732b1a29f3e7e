import type { Attributes, DirectoryNode, FileNode, LinkNode, Tree, TreeNode } from "@multisession/core";
import fc from "fast-check";

const plain: Attributes = { mode: 0o644, uid: 0, gid: 0, modified: Date.UTC(2021, 5, 6, 7, 8, 9) };

/** A file with a new content. */
export const file = (text: string, bytes = 0, id = 0): FileNode => ({
  kind: "file",
  name: text,
  attributes: plain,
  content: { kind: "new", bytes, id },
});

/** A folder. */
export const directory = (text: string, ...children: TreeNode[]): DirectoryNode => ({
  kind: "directory",
  name: text,
  attributes: { ...plain, mode: 0o755 },
  children,
});

/** A symbolic link. */
export const symlink = (text: string, target: string): LinkNode => ({
  kind: "symlink",
  name: text,
  attributes: { ...plain, mode: 0o777 },
  target,
});

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(..."aAbBzZ019_-. ~") },
  { weight: 1, arbitrary: fc.constantFrom(...";:*?\\\u0007ßäÄİıſK漢😀\u0301") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }) },
);

const text = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit, minLength: 1, maxLength });

/** Names that a POSIX system allows, many of them alike. */
export const name: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 6, arbitrary: text(12) },
    { weight: 2, arbitrary: text(40) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom("x", "漢", "ab"), fc.integer({ min: 95, max: 250 }), text(4))
        .map(([start, count, end]) => start.repeat(count) + end),
    },
  )
  .filter((candidate) => candidate !== "." && candidate !== ".." && !/[/\0]|\p{Surrogate}/u.test(candidate));

const attributes: fc.Arbitrary<Attributes> = fc.record({
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.integer({ min: 0, max: 0xffff_ffff }),
  gid: fc.integer({ min: 0, max: 0xffff_ffff }),
  // Whole seconds in the years that a directory record can hold.
  modified: fc
    .integer({ min: Date.UTC(1900, 0, 1) / 1000, max: Date.UTC(2155, 11, 31) / 1000 })
    .map((seconds) => seconds * 1000),
});

const target = fc.oneof(
  fc
    .array(fc.oneof(text(8), fc.constantFrom("..", ".", "")), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join("/")),
  fc.tuple(text(5), fc.integer({ min: 1, max: 900 })).map(([part, count]) => `/${part.repeat(count)}`),
  fc.integer({ min: 1, max: 700 }).map((count) => "../".repeat(count)),
);

const linkTarget = target.filter((candidate) => candidate !== "" && !/\0|\p{Surrogate}/u.test(candidate));

/** A tree and the contents of its files, in the order of their ids. */
export const treeWithContents: fc.Arbitrary<{ tree: Tree; contents: Uint8Array[] }> = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."abcXYZ 12"), maxLength: 16 }).map((text) => text.trim()),
    fc.letrec<{ node: TreeNode; children: TreeNode[] }>((tie) => ({
      node: fc.oneof(
        {
          weight: 5,
          arbitrary: fc.record({
            kind: fc.constant("file" as const),
            name,
            attributes,
            content: fc.record({
              kind: fc.constant("new" as const),
              id: fc.constant(0),
              bytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9000 })),
            }),
          }),
        },
        {
          weight: 1,
          arbitrary: fc.record({ kind: fc.constant("symlink" as const), name, attributes, target: linkTarget }),
        },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constant("directory" as const),
            name,
            attributes,
            children: tie("children"),
          }),
        },
      ),
      children: fc.uniqueArray(tie("node"), { selector: (node) => node.name, maxLength: 12, depthIdentifier: "tree" }),
    })).children,
    attributes,
  )
  .map(([volumeName, children, rootAttributes]) => {
    const contents: Uint8Array[] = [];
    const root = withIds(
      { kind: "directory", name: "", attributes: rootAttributes, children },
      contents,
    ) as DirectoryNode;
    return { tree: { volumeName, root }, contents };
  });

function withIds(node: TreeNode, contents: Uint8Array[]): TreeNode {
  if (node.kind === "directory") return { ...node, children: node.children.map((child) => withIds(child, contents)) };
  if (node.kind !== "file") return node;
  const bytes = new Uint8Array(node.content.bytes);
  const id = contents.push(bytes) - 1;
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = (id * 31 + index * 7) & 0xff;
  return { ...node, content: { kind: "new", bytes: bytes.length, id } };
}
