import { isDeepStrictEqual } from "node:util";
import type { Attributes, Content, SpecialFile } from "@multisession/core";
import type { Folder } from "./folder.ts";
import type { Source } from "./source.ts";

/** The content of a file that is on the disc already. */
export type RecordedContent = Extract<Content, { readonly kind: "recorded" }>;

/** A node of the image. Nodes never change; an edit puts another one in its place. */
export type ImageNode = ImageFile | ImageLink | ImageSpecial | ImageDirectory;

/** A file: recorded, or new. A recorded one has the shape that file systems render. */
export interface ImageFile {
  readonly kind: "file";
  readonly name: string;
  readonly attributes: Attributes;
  readonly content: RecordedContent | Source;
  /** Recorded names with the same number are one file: hard links. The number is the volume's. */
  readonly inode?: number;
  /** How many names the recorded file has, at most, where the volume says it. */
  readonly links?: number;
  /** What the file system that recorded it calls it, for it alone to read: so that its names stay the same. */
  readonly recordedAs?: string;
  /** The imported node that this one is another version of: renamed, or with other attributes. */
  readonly origin: ImageNode | undefined;
}

/** A symbolic link. */
interface ImageLink {
  readonly kind: "symlink";
  readonly name: string;
  readonly attributes: Attributes;
  readonly target: string;
  /** See {@link ImageFile.recordedAs}. */
  readonly recordedAs?: string;
  /** See {@link ImageFile.origin}. */
  readonly origin: ImageNode | undefined;
}

/** A device, named pipe or socket. It has the shape that file systems render. */
interface ImageSpecial extends SpecialFile {
  readonly kind: "special";
  readonly name: string;
  readonly attributes: Attributes;
  /** See {@link ImageFile.recordedAs}. */
  readonly recordedAs?: string;
  /** See {@link ImageFile.origin}. */
  readonly origin: ImageNode | undefined;
}

/** A directory: its entries are in the folder, which keeps its identity when the directory is renamed. */
export interface ImageDirectory {
  readonly kind: "directory";
  readonly name: string;
  /** Absent where nobody gave any: then the newest entry's time counts, so that the same input gives the same tree. */
  readonly attributes: Attributes | undefined;
  readonly folder: Folder;
  /** See {@link ImageFile.recordedAs}. */
  readonly recordedAs?: string;
  /** See {@link ImageFile.origin}. */
  readonly origin: ImageNode | undefined;
}

/** The imported node that a node stands for; a new node stands for itself. */
export function originOf(node: ImageNode): ImageNode {
  return node.origin ?? node;
}

/** The same node under another name. */
export function renamed<T extends ImageNode>(node: T, name: string): T {
  return { ...node, name, origin: originOf(node) };
}

/** The same node with other attributes. */
export function withAttributes<T extends ImageNode>(node: T, attributes: Attributes): T {
  return { ...node, attributes, origin: originOf(node) };
}

/** Whether mode, owner and time are the same: what the host is asked for. A directory of ISO 9660 holds whole seconds. */
export function hasSameStats(a: Attributes, b: Attributes): boolean {
  return (
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    Math.floor(a.modified / 1000) === Math.floor(b.modified / 1000)
  );
}

/** Whether all attributes are the same. */
export function hasSameAttributes(a: Attributes | undefined, b: Attributes | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || !hasSameStats(a, b)) return false;
  return (a.hidden ?? false) === (b.hidden ?? false) && isDeepStrictEqual(a.extended ?? [], b.extended ?? []);
}

/** Attributes where the caller gave none. */
export function attributesFor(
  kind: ImageNode["kind"],
  given: Partial<Attributes> = {},
  modified: number = Date.now(),
): Attributes {
  const mode = kind === "directory" ? 0o755 : kind === "symlink" ? 0o777 : 0o644;
  return { mode, uid: 0, gid: 0, modified, ...given };
}

/** Attributes of a directory; where nobody gave any, from its entries as far as they are known. */
export function directoryAttributes({ attributes, folder }: ImageDirectory): Attributes {
  if (attributes !== undefined) return attributes;
  let modified = 0;
  for (const child of folder.loaded?.values() ?? [])
    modified = Math.max(
      modified,
      (child.kind === "directory" ? directoryAttributes(child) : child.attributes).modified,
    );
  return attributesFor("directory", {}, modified);
}
