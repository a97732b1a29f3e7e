import type { Lba } from "./units.ts";

/** What a file system may store about a node. Times are milliseconds since 1970. */
export interface Attributes {
  /** POSIX permission bits with set-user, set-group and sticky: `mode & 0o7777`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: number;
}

/** A piece of a file as it lies on the disc. */
export interface RecordedExtent {
  readonly at: Lba;
  readonly bytes: number;
}

/** A file's bytes: on the disc already, or new and still to be placed. */
export type Content =
  | { readonly kind: "recorded"; readonly bytes: number; readonly extents: readonly RecordedExtent[] }
  /** `id` counts the image's new contents from 0; two files with one id share their blocks. */
  | { readonly kind: "new"; readonly bytes: number; readonly id: number };

/** A file in the tree that is rendered. */
export interface FileNode {
  readonly kind: "file";
  readonly name: string;
  readonly attributes: Attributes;
  readonly content: Content;
}

/** A symbolic link; `target` as POSIX stores it. */
export interface LinkNode {
  readonly kind: "symlink";
  readonly name: string;
  readonly attributes: Attributes;
  readonly target: string;
}

/** A folder; children in no particular order. The root's name is empty. */
export interface DirectoryNode {
  readonly kind: "directory";
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly TreeNode[];
}

/** A node of the tree that is rendered. */
export type TreeNode = FileNode | LinkNode | DirectoryNode;

/** What an image asks a file system to render. */
export interface Tree {
  readonly volumeName: string;
  readonly root: DirectoryNode;
}

/** An entry of a volume on the disc, as a file system reads it. */
export type RecordedEntry = {
  readonly name: string;
  readonly attributes: Attributes;
} & (
  | { readonly kind: "file"; readonly bytes: number; readonly extents: readonly RecordedExtent[] }
  | { readonly kind: "symlink"; readonly target: string }
  /** `at` is meaningful only to the file system that gave it. */
  | { readonly kind: "directory"; readonly at: Lba }
);
