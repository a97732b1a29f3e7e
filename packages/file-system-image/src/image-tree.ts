import { type Attributes, MultisessionError } from "@multisession/core";
import { Folder } from "./folder.ts";
import { joinPath, parsePath } from "./image-path.ts";
import { Journal } from "./journal.ts";
import type { ImageDirectory, ImageNode } from "./nodes.ts";

/** A name in a folder. */
export interface Place {
  readonly folder: Folder;
  readonly name: string;
}

/** The nodes of an image, found by path and edited through the journal. */
export class ImageTree {
  readonly journal: Journal = new Journal();
  /** Holds the root under the empty name. */
  #top = new Folder();

  constructor(root?: ImageDirectory) {
    this.restart(root);
  }

  /** The root as it is now. */
  get root(): ImageDirectory {
    return this.#top.loaded?.get("") as ImageDirectory;
  }

  /** Starts again from another root, or an empty one; edits up to now cannot be undone. */
  restart(root?: ImageDirectory): void {
    this.#top = new Folder();
    this.#top.put("", root ?? newDirectory("", undefined));
    this.journal.lock();
  }

  /** @throws `ITEM_NOT_FOUND`, `NOT_A_DIRECTORY`. */
  async find(names: readonly string[]): Promise<ImageNode> {
    let node: ImageNode = this.root;
    for (const [depth, name] of names.entries()) {
      if (node.kind !== "directory") throw notADirectory(joinPath(names.slice(0, depth)));
      const child: ImageNode | undefined = (await node.folder.load()).get(name);
      if (child === undefined) {
        const path = joinPath(names.slice(0, depth + 1));
        throw new MultisessionError("ITEM_NOT_FOUND", `The image has no "${path}".`, { subject: path });
      }
      node = child;
    }
    return node;
  }

  /** The folder at a path, loaded. @throws `ITEM_NOT_FOUND`, `NOT_A_DIRECTORY`. */
  async folderAt(names: readonly string[]): Promise<Folder> {
    const node = await this.find(names);
    if (node.kind !== "directory") throw notADirectory(joinPath(names));
    await node.folder.load();
    return node.folder;
  }

  /** The folder at a path, loaded; makes those on the way that do not exist. `attributes`: for the last one. @throws `NOT_A_DIRECTORY`. */
  async makeFolders(names: readonly string[], attributes?: Attributes): Promise<Folder> {
    let { folder } = this.root;
    for (const [depth, name] of names.entries()) {
      const child = (await folder.load()).get(name);
      if (child !== undefined && child.kind !== "directory") throw notADirectory(joinPath(names.slice(0, depth + 1)));
      const made = child ?? newDirectory(name, depth === names.length - 1 ? attributes : undefined);
      if (child === undefined) this.journal.put(folder, name, made);
      folder = made.folder;
    }
    await folder.load();
    return folder;
  }

  /** Where a new item goes. `isMade`: folders on the way are made. @throws `ITEM_EXISTS`, `NOT_A_DIRECTORY`, `ITEM_NOT_FOUND`. */
  async newPlace(path: string, isMade: boolean): Promise<Place> {
    const names = parsePath(path);
    const name = names.at(-1);
    const above = names.slice(0, -1);
    const folder = isMade ? await this.makeFolders(above) : await this.folderAt(above);
    if (name === undefined || folder.loaded?.has(name))
      throw new MultisessionError("ITEM_EXISTS", `The image has "${path}" already.`, { subject: path });
    return { folder, name };
  }

  /** Where an item is, the root too. @throws `ITEM_NOT_FOUND`, `NOT_A_DIRECTORY`, `INVALID_PATH`. */
  async placeOf(path: string): Promise<Place & { readonly node: ImageNode }> {
    const names = parsePath(path);
    const name = names.at(-1);
    if (name === undefined) return { node: this.root, folder: this.#top, name: "" };
    return { node: await this.find(names), folder: await this.folderAt(names.slice(0, -1)), name };
  }

  /** The same of what may be taken away. @throws `ITEM_NOT_FOUND`, `NOT_A_DIRECTORY`, `INVALID_PATH` for the root. */
  async existing(path: string): Promise<Place & { readonly node: ImageNode }> {
    const found = await this.placeOf(path);
    if (found.node !== this.root) return found;
    throw new MultisessionError("INVALID_PATH", "The root cannot be removed, renamed or replaced.", { subject: path });
  }

  /** Puts a node in its place. */
  put({ folder, name }: Place, node: ImageNode | undefined): void {
    this.journal.put(folder, name, node);
  }
}

/** A directory that is not on the disc yet. */
export function newDirectory(name: string, attributes: Attributes | undefined): ImageDirectory {
  return { kind: "directory", name, attributes, folder: new Folder(), origin: undefined };
}

/** The error for a path that leads through, or to, something that is no folder. */
export function notADirectory(path: string): MultisessionError {
  return new MultisessionError("NOT_A_DIRECTORY", `"${path}" is no folder.`, { subject: path });
}

/** The error for a path that leads to something that is no file. */
export function notAFile(path: string): MultisessionError {
  return new MultisessionError("NOT_A_FILE", `"${path}" is no file.`, { subject: path });
}
