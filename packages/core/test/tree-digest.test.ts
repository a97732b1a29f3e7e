import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { Attributes, Content, Tree } from "../src/index.ts";
import { digestTree } from "../src/tree-digest.ts";

const plain: Attributes = { mode: 0o644, uid: 0, gid: 0, modified: 0 };
const recorded: Content = { kind: "recorded", bytes: 10, extents: [{ at: 100, bytes: 10 }] };

function treeWith(attributes: Attributes, content: Content): Tree {
  const file = { kind: "file", name: "file", attributes, content } as const;
  return { volumeName: "V", root: { kind: "directory", name: "", attributes: plain, children: [file] } };
}

it("the digest of a tree is what it always was, whatever its names are", () => {
  const names = ["plain name.txt", 'a"b', "c\\d", "del\u007f", "tab\t", "ä", "漢字", "💿", "half \ud800"];
  const children = names.map((name) => ({ kind: "file", name, attributes: plain, content: recorded }) as const);
  const tree: Tree = {
    volumeName: "V",
    root: { kind: "directory", name: "", attributes: plain, children },
  };
  const lines = names
    .toSorted()
    .map((name) => `["file",${JSON.stringify(name)},420,0,0,0,[10,[[100,10]]]]\n`)
    .join("");
  const text = `["V",7]["directory","",420,0,0,0,${names.length}]\n${lines}end\n`;
  expect(digestTree(tree, 7)).toBe(createHash("sha256").update(text).digest("hex"));
});

it("the digest of a tree differs where one thing does that is recorded", () => {
  const extended = (value: string): Attributes => ({
    ...plain,
    extended: [{ name: "user.a", value: Buffer.from(value) }],
  });
  const trees = [
    treeWith(plain, recorded),
    treeWith({ ...plain, mode: 0o600 }, recorded),
    treeWith(extended("one"), recorded),
    treeWith(extended("two"), recorded),
    treeWith(plain, { ...recorded, encoding: "packed" }),
    treeWith(plain, { ...recorded, remark: "packed" }),
    treeWith(plain, { ...recorded, bytes: 11 }),
  ];
  expect(new Set(trees.map((tree) => digestTree(tree, 0))).size).toBe(trees.length);
  expect(digestTree(treeWith(extended("one"), recorded), 0)).toBe(digestTree(treeWith(extended("one"), recorded), 0));
});
