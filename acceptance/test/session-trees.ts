import { expectedEntries, type ReadEntry, type TestNode, type TestTree, testTree } from "../src/index.ts";

/** What is recorded in the four sessions of a disc: each is laid over the one before. */
export interface SessionTrees {
  readonly first: TestTree;
  readonly second: TestTree;
  readonly third: TestTree;
  readonly fourth: TestTree;
}

const TIME = Date.UTC(2026, 4, 3, 2, 1);

/** Small trees: every program reads and writes them in an emulated machine. Folders that are moved aside are no matter here. */
export function sessionTrees(): SessionTrees {
  const first: TestTree = new Map(
    [...testTree({ files: 6, isTame: true })].filter(([path]) => !path.startsWith("/deep")),
  );
  const over = (name: string, bytes: number): TestTree =>
    laidOver(first, [
      file("/names/.hidden", `replaced in the ${name} session`),
      file(`/of the ${name} session/${name}.txt`, `by the ${name}`),
      file(`/of the ${name} session/some more.dat`, name.repeat(bytes)),
    ]);
  return { first, second: over("second", 9_000), third: over("third", 11_000), fourth: over("fourth", 5_000) };
}

/** What is in a session: the trees up to it, the later ones over the earlier. */
export function treeOf(...trees: readonly TestTree[]): readonly ReadEntry[] {
  return expectedEntries(new Map(trees.flatMap((tree) => [...tree])));
}

/** The tree of a first session of ours: nobody gave its root a time, so that of the newest entry counts. */
export function ourFirstTree(tree: TestTree): readonly ReadEntry[] {
  return treeOf(tree).map((entry) => (entry.path === "/" ? { ...entry, mtime: TIME } : entry));
}

function file(path: string, content: string): TestNode {
  return { kind: "file", path, mode: 0o644, mtime: TIME, content: Buffer.from(content) };
}

/** Files with the directories above them; those that are there already stay as they are. */
function laidOver(base: TestTree, files: readonly TestNode[]): TestTree {
  const tree = new Map<string, TestNode>();
  for (const node of files) {
    const names = node.path.split("/").slice(1, -1);
    for (let depth = 0; depth <= names.length; depth++) {
      const path = `/${names.slice(0, depth).join("/")}`;
      tree.set(path, base.get(path) ?? { kind: "directory", path, mode: 0o755, mtime: TIME });
    }
    tree.set(node.path, node);
  }
  return tree;
}
