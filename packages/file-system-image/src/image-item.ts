import type { Attributes, SpecialFile } from "@multisession/core";
import { directoryAttributes, type ImageNode } from "./nodes.ts";

/** An item of the image. */
export interface ImageItem {
  /** Path from the root of the image. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  /** What it is. */
  readonly kind: "file" | "directory" | "symlink" | "special";
  /** Bytes of a file; 0 for what is no file. */
  readonly bytes: number;
  /** Mode, owner and time. */
  readonly attributes: Attributes;
  /** Target of a symbolic link. */
  readonly target?: string;
  /** What a special file is. */
  readonly special?: SpecialFile;
  /** Whether it is a file whose content is not on the disc yet. */
  readonly isNew: boolean;
}

/** A node as callers see it. */
export function itemOf(path: string, node: ImageNode): ImageItem {
  const { name, kind } = node;
  switch (node.kind) {
    case "file": {
      const { content, attributes } = node;
      return { path, name, kind, bytes: content.bytes, attributes, isNew: content.kind === "source" };
    }
    case "symlink":
      return { path, name, kind, bytes: 0, attributes: node.attributes, target: node.target, isNew: false };
    case "special": {
      const { attributes, type, device } = node;
      const special = { type, ...(device === undefined ? {} : { device }) };
      return { path, name, kind, bytes: 0, attributes, special, isNew: false };
    }
    case "directory":
      return { path, name, kind, bytes: 0, attributes: directoryAttributes(node), isNew: false };
  }
}
