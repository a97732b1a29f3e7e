import type { Lba } from "./units.ts";

/** An extended attribute. */
export interface ExtendedAttribute {
  /**
   * As Linux names it, such as `user.comment`. The empty name has the POSIX access control list, in the bytes by which AAIP
   * of libisofs stores it.
   */
  readonly name: string;
  /** Any bytes. */
  readonly value: Uint8Array;
}

/** What a file system may store about a node. Times are milliseconds since 1970. */
export interface Attributes {
  /** POSIX permission bits with set-user, set-group and sticky: `mode & 0o7777`. */
  readonly mode: number;
  /** Owner. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
  /** Last change of the content. */
  readonly modified: number;
  /** Extended attributes and access control list, where the disc or the caller gave any. Not every file system has room. */
  readonly extended?: readonly ExtendedAttribute[];
  /** Whether readers are asked not to show it; those that do not heed that show it all the same. IMAPI2: `IsHidden`. */
  readonly hidden?: boolean;
}

/** A piece of a file as it lies on the disc. */
export interface RecordedExtent {
  /** First block. */
  readonly at: Lba;
  /** Length; only the last extent of a file may end inside a block. */
  readonly bytes: number;
}

/** Bytes of a file that are on the disc already. */
export interface RecordedBytes {
  /** Length of the file as programs see it. */
  readonly bytes: number;
  /** Where it lies. With an `encoding`, what lies there has another length. */
  readonly extents: readonly RecordedExtent[];
  /**
   * How the bytes on the disc become the file's; absent where they are the file's. Meaningful only to the file system that
   * gave it: `RecordedVolume.decode` reads such a file, and its next session says the same of it.
   */
  readonly encoding?: string;
  /**
   * What the volume says of these bytes and cannot follow itself: they are shown as they lie on the disc, and the next session of
   * the file system that gave it says the same. Meaningful to that alone.
   */
  readonly remark?: string;
  /**
   * Where the volume has the MD5 sum of what lies in the extents: its first byte on the disc, divided by 16. Absent where it
   * has none. `RecordedVolume.md5Sums` reads it.
   */
  readonly md5At?: number;
}

/** A file's bytes: on the disc already, or new and still to be placed. */
export type Content =
  | ({
      readonly kind: "recorded";
      /** MD5 of what lies in the extents, where it was read to be found by its hash. */
      readonly md5?: Uint8Array;
    } & RecordedBytes)
  /** `id` counts the image's new contents from 0; two files with one id share their blocks. */
  | { readonly kind: "new"; readonly bytes: number; readonly id: number };

/** A file in the tree that is rendered. */
export interface FileNode {
  readonly kind: "file";
  /** Without `/`. */
  readonly name: string;
  /** Of the file. */
  readonly attributes: Attributes;
  /** Its bytes. */
  readonly content: Content;
  /**
   * Names with the same number are one file: hard links, with the same content and attributes. Any number that no other file
   * of the tree has; absent where a file has one name only.
   */
  readonly inode?: number;
  /** What {@link RecordedEntry} said when the node was imported. Absent in new nodes. */
  readonly recordedAs?: string;
}

/** A symbolic link; `target` as POSIX stores it. */
export interface LinkNode {
  readonly kind: "symlink";
  /** Without `/`. */
  readonly name: string;
  /** Of the link itself. */
  readonly attributes: Attributes;
  /** As POSIX stores it; need not exist. */
  readonly target: string;
  /** What {@link RecordedEntry} said when the node was imported. Absent in new nodes. */
  readonly recordedAs?: string;
}

/** Kinds of files that have no bytes of their own. */
export type SpecialType = "character-device" | "block-device" | "fifo" | "socket";

/** What a special file is. */
export interface SpecialFile {
  /** Its kind. */
  readonly type: SpecialType;
  /** Number of a device, as its system tells drivers and devices apart; absent where there is none. */
  readonly device?: { readonly major: number; readonly minor: number };
}

/** A special file: a device, a named pipe or a socket. */
export interface SpecialNode extends SpecialFile {
  readonly kind: "special";
  /** Without `/`. */
  readonly name: string;
  /** Of the file. */
  readonly attributes: Attributes;
  /** What {@link RecordedEntry} said when the node was imported. Absent in new nodes. */
  readonly recordedAs?: string;
}

/** A folder; children in no particular order. The root's name is empty. */
export interface DirectoryNode {
  readonly kind: "directory";
  /** Without `/`; empty for the root. */
  readonly name: string;
  /** Of the folder itself. */
  readonly attributes: Attributes;
  /** In no particular order; names are unique. */
  readonly children: readonly TreeNode[];
  /**
   * Where the folder lies on the disc, where the session may name it there instead of writing it again: nothing in it or
   * below it has changed, `children` is empty, and only the file system whose {@link Sharing} allowed it is given it.
   */
  readonly sharedAt?: Lba;
  /** What {@link RecordedEntry} said when the node was imported. Absent in new nodes. */
  readonly recordedAs?: string;
}

/** A node of the tree that is rendered. */
export type TreeNode = FileNode | LinkNode | SpecialNode | DirectoryNode;

/** What an image asks a file system to render. */
export interface Tree {
  /** Non-empty; file systems map it to what they can store. */
  readonly volumeName: string;
  /** Its name is empty. */
  readonly root: DirectoryNode;
}

/** An entry of a volume on the disc, as a file system reads it. */
export type RecordedEntry = {
  readonly name: string;
  readonly attributes: Attributes;
  /**
   * Meaningful only to the file system that gave it: which names the node has in hierarchies that cannot hold its own.
   * An image hands it back with the node, so that an old file keeps those names when a new one arrives that would be
   * called the same.
   */
  readonly recordedAs?: string;
} & (
  | ({
      readonly kind: "file";
      /** The same for all names of one file, and for no other file of the volume; absent where a file has one name only. */
      readonly inode?: number;
      /** How many names a file with an `inode` has, at most; absent where the file system does not know. */
      readonly links?: number;
    } & RecordedBytes)
  | { readonly kind: "symlink"; readonly target: string }
  | ({ readonly kind: "special" } & SpecialFile)
  /** `at` is meaningful only to the file system that gave it. */
  | { readonly kind: "directory"; readonly at: Lba }
);
