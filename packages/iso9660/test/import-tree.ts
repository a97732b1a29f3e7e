import type { DirectoryNode, RecordedEntry, RecordedVolume, TreeNode } from "@multisession/core";

/** A recorded volume as an image hands it to the next session. */
export async function importTree(volume: RecordedVolume): Promise<DirectoryNode> {
  return (await importNode(volume, volume.root)) as DirectoryNode;
}

async function importNode(volume: RecordedVolume, entry: RecordedEntry): Promise<TreeNode> {
  const { name, attributes, recordedAs } = entry;
  const common = { name, attributes, ...(recordedAs === undefined ? {} : { recordedAs }) };
  if (entry.kind === "symlink") return { kind: "symlink", ...common, target: entry.target };
  if (entry.kind === "special") return entry;
  if (entry.kind === "file")
    return {
      kind: "file",
      ...common,
      content: {
        kind: "recorded",
        bytes: entry.bytes,
        extents: entry.extents,
        ...(entry.encoding === undefined ? {} : { encoding: entry.encoding }),
        ...(entry.remark === undefined ? {} : { remark: entry.remark }),
      },
      ...(entry.inode === undefined ? {} : { inode: entry.inode }),
    };
  const children: TreeNode[] = [];
  for (const child of await volume.list(entry)) children.push(await importNode(volume, child));
  return { kind: "directory", ...common, children };
}
