import type { TreeNode } from "@multisession/core";

/** What a hierarchy without Rock Ridge cannot hold; counted while it is planned. */
export interface LeftOut {
  /** Symbolic links. */
  links: number;
  /** Devices, named pipes and sockets. */
  specials: number;
}

/** Files and folders; what else there is, is counted. */
export function filesAndFolders(children: readonly TreeNode[], leftOut: LeftOut): readonly TreeNode[] {
  return children.filter(({ kind }) => {
    if (kind === "symlink") leftOut.links += 1;
    if (kind === "special") leftOut.specials += 1;
    return kind === "file" || kind === "directory";
  });
}
