import { assembleSession, type FileNode, type ImageShape, type Tree, type TreeNode } from "@multisession/core";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { appendSpace, fixed } from "./memory-disc.ts";

/** Files of a directory, and directories of a directory above them. */
const PER_DIRECTORY = 100;

const START = 200_000;

/** `count` recorded files of 300 bytes in directories of 100, and the directories in directories of 100 where they are more. */
function recordedTree(count: number): TreeNode[] {
  const leaves = Array.from({ length: count / PER_DIRECTORY }, (_, leaf) =>
    directory(
      `folder_${String(leaf).padStart(4, "0")}`,
      ...Array.from({ length: PER_DIRECTORY }, (_, index): FileNode => {
        const number = leaf * PER_DIRECTORY + index;
        return {
          ...file(`document_${String(number).padStart(6, "0")}.txt`),
          content: { kind: "recorded", bytes: 300, extents: [{ at: 10_000 + number, bytes: 300 }] },
        };
      }),
    ),
  );
  if (leaves.length <= PER_DIRECTORY) return leaves;
  return Array.from({ length: leaves.length / PER_DIRECTORY }, (_, top) =>
    directory(`part_${top}`, ...leaves.slice(top * PER_DIRECTORY, (top + 1) * PER_DIRECTORY)),
  );
}

/** The session that appends one file of 19 bytes to `count` files. */
export async function appendOne(count: number, fileSystem = new Iso9660({ joliet: false })): Promise<ImageShape> {
  const tree: Tree = {
    volumeName: "Documents",
    root: directory("", ...recordedTree(count), file("new.txt", 19, 0)),
  };
  const space = { ...appendSpace(START), sessionUnit: 1 };
  const layout = await fileSystem.layout(tree, { space, fixed });
  return assembleSession({
    space,
    fixed,
    layouts: [layout],
    contents: [{ bytes: 19, label: "new.txt" }],
    label: "",
    imageDigest: "",
  });
}

/** All blocks of a session, manifest and trailer included. */
export function sessionBlocks({ phases }: ImageShape): number {
  return phases.flatMap(({ extents }) => extents).reduce((sum, { blocks }) => sum + blocks, 0);
}
