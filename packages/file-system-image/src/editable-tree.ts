import {
  type Attributes,
  type BlockReader,
  type CallOptions,
  type Finding,
  MultisessionError,
  type RecordedVolume,
  type StateRef,
} from "@multisession/core";
import { compareWithBase, type ImageChanges } from "./changes.ts";
import { FileSource, unreadable } from "./file-source.ts";
import { Folder } from "./folder.ts";
import { type HostFolder as Host, HostFolder, type HostItem, inspectHost, pathText } from "./host-folder.ts";
import { type AddReport, HostMerge, type MergeOptions } from "./host-merge.ts";
import { byName, checkName, childPath, joinPath, parsePath } from "./image-path.ts";
import { Journal } from "./journal.ts";
import {
  attributesFor,
  directoryAttributes,
  type ImageDirectory,
  type ImageFile,
  type ImageNode,
  renamed,
} from "./nodes.ts";
import { recordedBytes } from "./recorded-bytes.ts";
import { RecordedHashes } from "./recorded-hashes.ts";
import { BytesSource, type Source, StreamSource } from "./source.ts";
import { Spool } from "./spool.ts";
import { TimeSlices } from "./time-slices.ts";
import { VolumeImport } from "./volume-import.ts";

/** An item of the image. */
export interface ImageItem {
  readonly path: string;
  readonly name: string;
  readonly kind: "file" | "directory" | "symlink";
  /** Bytes of a file; 0 for what is no file. */
  readonly bytes: number;
  readonly attributes: Attributes;
  /** Target of a symbolic link. */
  readonly target?: string;
  /** Whether it has a content that is not on the disc yet. */
  readonly isNew: boolean;
}

/** Options of `add`. */
export interface AddOptions extends MergeOptions {
  /** Folder of the image that takes the file, or the contents of the folder; made when it does not exist. Default `/`. */
  readonly into?: string;
  /** Name in the image: of the file, or of a folder in `into` that takes the contents. */
  readonly name?: string;
}

/** Attributes of a new item; what is left out has an ordinary value, the time is now. */
export type NewAttributes = Partial<Attributes>;

/** Bytes that come in pieces. */
export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What a tree starts from. */
export interface TreeBase {
  readonly reader: BlockReader;
  /** The state that was imported; absent for an empty tree. */
  readonly volume?: RecordedVolume;
  /** States whose manifests tell of the recorded contents. */
  readonly states: readonly StateRef[];
}

/**
 * Files and folders with change points: what was imported plus the edits. Edits run one after another; one that fails
 * leaves the tree as it was. Directories of the disc are read when they are looked at.
 */
export abstract class EditableTree {
  readonly #journal = new Journal();
  readonly #spool = new Spool();
  /** Holds the root under the empty name. */
  #top = new Folder();
  #import: VolumeImport | undefined;
  #reader: BlockReader;
  #hashes: RecordedHashes;
  #last: Promise<unknown> = Promise.resolve();
  #running = 0;
  #revision = 0;

  protected constructor(base: TreeBase) {
    this.#reader = base.reader;
    this.#hashes = new RecordedHashes(base.reader, base.states);
    this.restart(base);
  }

  /** Number of edits since the image was opened. IMAPI2: `ChangePoint`. An `add` of a whole folder is one edit. */
  get changePoint(): number {
    return this.#journal.changePoint;
  }

  /** What was found wrong in the imported directories so far, with addresses. */
  get findings(): readonly Finding[] {
    return this.#import?.findings ?? [];
  }

  /**
   * Adds a file, or the contents of a folder. A file that the image has under that name is replaced when its size or
   * its time (whole seconds), or with `compare: "hash"` its content, differs; nothing disappears from the image.
   *
   * @throws `SOURCE_UNREADABLE`, `ITEM_EXISTS` when a file meets a folder, `INVALID_PATH`, `BUSY`.
   */
  add(source: string, options: AddOptions = {}): Promise<AddReport> {
    return this.#edit(() => this.#merge(source, options, false));
  }

  /** As `add` of a folder, but removes from `into` what is not in the folder. @throws as `add`, and `NOT_A_DIRECTORY`. */
  mirror(folder: string, into = "/", options: MergeOptions = {}): Promise<AddReport> {
    return this.#edit(() => this.#merge(folder, { ...options, into }, true));
  }

  /** Adds a file that is in memory. Folders on the way are made. @throws `ITEM_EXISTS`, `INVALID_PATH`, `BUSY`. */
  addBytes(path: string, bytes: Uint8Array, attributes: NewAttributes = {}): Promise<void> {
    return this.#edit(() => this.#addNew(path, attributes, async () => new BytesSource(bytes)));
  }

  /**
   * Adds a file that comes as a stream. With `bytes` it is read while it is recorded, once; without, it is read now
   * and kept in a temporary file until the image is closed.
   *
   * @throws `ITEM_EXISTS`, `INVALID_PATH`, `BUSY`.
   */
  addStream(
    path: string,
    stream: ByteStream,
    options: NewAttributes & CallOptions & { readonly bytes?: number } = {},
  ): Promise<void> {
    const { bytes, signal, ...attributes } = options;
    if (bytes !== undefined && (!Number.isSafeInteger(bytes) || bytes < 0))
      throw new TypeError(`The length of a stream is a whole number of bytes, not ${bytes}`);
    return this.#edit(() =>
      this.#addNew(path, attributes, async () =>
        bytes === undefined ? this.#spool.keep(stream, signal && { signal }) : new StreamSource(path, stream, bytes),
      ),
    );
  }

  /** Makes a folder. With `recursive` also those on the way, and it may exist. @throws `ITEM_EXISTS`, `ITEM_NOT_FOUND`, `INVALID_PATH`, `BUSY`. */
  mkdir(
    path: string,
    options: { readonly recursive?: boolean; readonly attributes?: NewAttributes } = {},
  ): Promise<void> {
    return this.#edit(async () => {
      const names = parsePath(path);
      const { recursive = false, attributes } = options;
      const name = names.at(-1);
      const parent = recursive ? await this.#makeFolders(names) : await this.#folderAt(names.slice(0, -1));
      if (recursive) return;
      if (name === undefined || parent.loaded?.has(name)) throw exists(path);
      const given = attributes && attributesFor("directory", attributes);
      this.#put(parent, name, { kind: "directory", name, attributes: given, folder: new Folder(), origin: undefined });
    });
  }

  /** Adds a symbolic link. @throws `ITEM_EXISTS`, `INVALID_PATH`, `BUSY`. */
  symlink(path: string, target: string, attributes: NewAttributes = {}): Promise<void> {
    return this.#edit(async () => {
      if (target === "" || target.includes("\0")) checkName(target, path);
      const { folder, name } = await this.#newPlace(path);
      this.#put(folder, name, {
        kind: "symlink",
        name,
        attributes: attributesFor("symlink", attributes),
        target,
        origin: undefined,
      });
    });
  }

  /** Puts another content in the place of a file: a file of the host, or bytes. @throws `ITEM_NOT_FOUND`, `NOT_A_FILE`, `SOURCE_UNREADABLE`, `BUSY`. */
  replace(path: string, source: string | Uint8Array): Promise<void> {
    return this.#edit(async () => {
      const { folder, name, node } = await this.#existing(path);
      if (node.kind !== "file") throw notAFile(path);
      if (typeof source !== "string") {
        const attributes = { ...node.attributes, modified: Date.now() };
        this.#put(folder, name, {
          kind: "file",
          name,
          attributes,
          content: new BytesSource(source),
          origin: undefined,
        });
        return;
      }
      const { folder: host, name: hostName, item } = inspected(source);
      if (item.kind !== "file") throw notAFile(source);
      const content = new FileSource(host, hostName, item.state);
      this.#put(folder, name, { kind: "file", name, attributes: item.attributes, content, origin: undefined });
    });
  }

  /** Removes an item from the tree; what is recorded stays on the disc. @throws `ITEM_NOT_FOUND`, `DIRECTORY_NOT_EMPTY` without `recursive`, `INVALID_PATH`, `BUSY`. */
  remove(path: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    return this.#edit(async () => {
      const { folder, name, node } = await this.#existing(path);
      if (node.kind === "directory" && options.recursive !== true && (await node.folder.load()).size > 0)
        throw new MultisessionError("DIRECTORY_NOT_EMPTY", `The folder "${path}" is not empty.`, { subject: path });
      this.#put(folder, name, undefined);
    });
  }

  /** Renames or moves an item. The folder that takes it must exist. @throws `ITEM_NOT_FOUND`, `ITEM_EXISTS`, `INVALID_PATH`, `BUSY`. */
  rename(from: string, to: string): Promise<void> {
    return this.#edit(async () => {
      const source = await this.#existing(from);
      const target = joinPath(parsePath(to));
      const place = joinPath(parsePath(from));
      if (target === place) return;
      if (target.startsWith(`${place}/`))
        throw new MultisessionError("INVALID_PATH", `"${from}" cannot be moved into itself.`, { subject: to });
      const { folder, name } = await this.#newPlace(to, false);
      this.#put(source.folder, source.name, undefined);
      this.#put(folder, name, renamed(source.node, name));
    });
  }

  /** What is at a path. @throws `ITEM_NOT_FOUND`, `NOT_A_DIRECTORY`, `INVALID_PATH`. */
  async stat(path: string): Promise<ImageItem> {
    const names = parsePath(path);
    return itemOf(joinPath(names), await this.#find(names));
  }

  /** The items of a folder, sorted by name. @throws as `stat`. */
  async list(path = "/"): Promise<readonly ImageItem[]> {
    const names = parsePath(path);
    const entries = await (await this.#folderAt(names)).load();
    return [...entries.values()].sort(byName).map((node) => itemOf(childPath(joinPath(names), node.name), node));
  }

  /** Every item below a folder, sorted by name, folders before what is in them. @throws as `stat`. */
  async *walk(path = "/", options?: CallOptions): AsyncGenerator<ImageItem> {
    const names = parsePath(path);
    yield* this.#walk(await this.#folderAt(names), joinPath(names), new TimeSlices(options), options);
  }

  /** Every item of the image, as `walk` gives them. */
  [Symbol.asyncIterator](): AsyncGenerator<ImageItem> {
    return this.walk();
  }

  /** The bytes of a file, from the disc or from its source. @throws `ITEM_NOT_FOUND`, `NOT_A_FILE`, `READ_FAILED`. */
  async *readFile(path: string, options?: CallOptions): AsyncGenerator<Uint8Array> {
    const node = await this.#find(parsePath(path));
    if (node.kind !== "file") throw notAFile(path);
    if (node.content.kind === "recorded") yield* recordedBytes(this.#reader, node.content.extents, options);
    else yield* node.content.read(new TimeSlices(options));
  }

  /** What the image would change, against the state that it builds on. */
  changes(options?: CallOptions): Promise<ImageChanges> {
    return compareWithBase(this.root, this.#import?.root, options);
  }

  /**
   * Undoes every edit after a change point. IMAPI2: `RollbackToChangePoint`.
   *
   * @throws `CHANGE_POINT` when there is no such point or it was locked in, `BUSY`.
   */
  rollbackToChangePoint(changePoint: number): void {
    this.assertIdle("rolled back");
    this.#journal.rollback(changePoint);
    this.#revision++;
  }

  /** Makes the edits up to now final: they cannot be rolled back. IMAPI2: `LockInChangePoint`. */
  lockInChangePoint(): void {
    this.assertIdle("locked");
    this.#journal.lock();
  }

  /** Counts everything that changes the tree, rollbacks too. */
  protected get revision(): number {
    return this.#revision;
  }

  /** The root as it is now. */
  protected get root(): ImageDirectory {
    return this.#top.loaded?.get("") as ImageDirectory;
  }

  /** @throws `BUSY` while an edit runs; subclasses add what else must not run. */
  protected assertIdle(what: string): void {
    this.assertEditable();
    if (this.#running > 0)
      throw new MultisessionError("BUSY", `The image cannot be ${what} while an edit runs.`, {
        subject: "image",
        advice: "Wait until the edit is done.",
      });
  }

  /** @throws `BUSY` when nothing may be edited now. */
  protected abstract assertEditable(): void;

  /** An edit of something else than the tree: takes part in change points. */
  protected remember(undo: () => void): void {
    this.#journal.remember(undo);
    this.#journal.mark();
    this.#revision++;
  }

  /** Starts again from what is on the disc; all edits up to now are final. */
  protected restart({ reader, volume, states }: TreeBase): void {
    this.#reader = reader;
    this.#hashes = new RecordedHashes(reader, states);
    this.#import = volume && new VolumeImport(volume);
    this.#top = new Folder();
    const root: ImageDirectory = this.#import?.root ?? emptyRoot();
    this.#top.put("", root);
    this.#journal.lock();
    this.#revision++;
  }

  /** Removes what was kept of streams. */
  protected clearSpool(): Promise<void> {
    return this.#spool.clear();
  }

  /** Runs an edit after those before it; undoes it when it fails. */
  async #edit<T>(run: () => Promise<T>): Promise<T> {
    this.assertEditable();
    this.#running++;
    const turn = this.#last.then(async () => {
      try {
        const result = await run();
        if (this.#journal.isDirty) {
          this.#journal.mark();
          this.#revision++;
        }
        return result;
      } catch (error) {
        this.#journal.undo();
        throw error;
      } finally {
        this.#running--;
      }
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #put(folder: Folder, name: string, node: ImageNode | undefined): void {
    this.#journal.put(folder, name, node);
  }

  async #merge(source: string, options: AddOptions, isMirror: boolean): Promise<AddReport> {
    const { into = "/", name } = options;
    const host = inspected(source);
    const merge = new HostMerge(this.#journal, this.#hashes, options, isMirror);
    if (host.item.kind === "directory") {
      const names = [...parsePath(into), ...(name === undefined ? [] : [checkName(name)])];
      const folder = await this.#makeFolders(names, host.item.attributes);
      await merge.mergeFolder(new HostFolder(host.folder.pathOf(host.name)), folder, joinPath(names));
    } else {
      if (host.item.kind !== "file" || isMirror) throw notUsable(host, isMirror);
      const names = parsePath(into);
      const content = new FileSource(host.folder, host.name, host.item.state);
      const folder = await this.#makeFolders(names);
      await merge.mergeFile(content, host.item.attributes, folder, joinPath(names), checkName(name ?? host.name));
    }
    return merge.report();
  }

  async #addNew(path: string, attributes: NewAttributes, source: () => Promise<Source>): Promise<void> {
    const { folder, name } = await this.#newPlace(path);
    this.#put(folder, name, {
      kind: "file",
      name,
      attributes: attributesFor("file", attributes),
      content: await source(),
      origin: undefined,
    });
  }

  /** The folder that takes a new item, and its name. */
  async #newPlace(path: string, isMade = true): Promise<{ readonly folder: Folder; readonly name: string }> {
    const names = parsePath(path);
    const name = names.at(-1);
    const above = names.slice(0, -1);
    const folder = isMade ? await this.#makeFolders(above) : await this.#folderAt(above);
    if (name === undefined || (await folder.load()).has(name)) throw exists(path);
    return { folder, name };
  }

  async #existing(path: string): Promise<{ readonly folder: Folder; readonly name: string; readonly node: ImageNode }> {
    const names = parsePath(path);
    const node = await this.#find(names);
    const name = names.at(-1);
    if (name === undefined)
      throw new MultisessionError("INVALID_PATH", "The root cannot be removed, renamed or replaced.", {
        subject: path,
      });
    return { folder: await this.#folderAt(names.slice(0, -1)), name, node };
  }

  async #find(names: readonly string[]): Promise<ImageNode> {
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

  async #folderAt(names: readonly string[]): Promise<Folder> {
    const node = await this.#find(names);
    if (node.kind !== "directory") throw notADirectory(joinPath(names));
    await node.folder.load();
    return node.folder;
  }

  /** The folder at a path; makes those on the way that do not exist. `attributes`: for the last one. */
  async #makeFolders(names: readonly string[], attributes?: Attributes): Promise<Folder> {
    let folder = this.root.folder;
    for (const [depth, name] of names.entries()) {
      const child = (await folder.load()).get(name);
      if (child !== undefined && child.kind !== "directory") throw notADirectory(joinPath(names.slice(0, depth + 1)));
      if (child !== undefined) {
        folder = child.folder;
        continue;
      }
      const given = depth === names.length - 1 ? attributes : undefined;
      const made: ImageDirectory = {
        kind: "directory",
        name,
        attributes: given,
        folder: new Folder(),
        origin: undefined,
      };
      this.#put(folder, name, made);
      folder = made.folder;
    }
    await folder.load();
    return folder;
  }

  async *#walk(folder: Folder, path: string, slices: TimeSlices, options?: CallOptions): AsyncGenerator<ImageItem> {
    for (const node of [...(await folder.load(options)).values()].sort(byName)) {
      if (slices.isOver) await slices.next();
      const at = childPath(path, node.name);
      yield itemOf(at, node);
      if (node.kind === "directory") yield* this.#walk(node.folder, at, slices, options);
    }
  }
}

function emptyRoot(): ImageDirectory {
  return { kind: "directory", name: "", attributes: undefined, folder: new Folder(), origin: undefined };
}

function itemOf(path: string, node: ImageNode): ImageItem {
  const { name, kind } = node;
  switch (node.kind) {
    case "file":
      return { path, name, kind, bytes: node.content.bytes, attributes: node.attributes, isNew: isNewContent(node) };
    case "symlink":
      return { path, name, kind, bytes: 0, attributes: node.attributes, target: node.target, isNew: false };
    case "directory":
      return { path, name, kind, bytes: 0, attributes: directoryAttributes(node), isNew: false };
  }
}

const isNewContent = ({ content }: ImageFile): boolean => content.kind === "source";

function inspected(path: string): { readonly folder: Host; readonly name: string; readonly item: HostItem } {
  try {
    return inspectHost(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function exists(path: string): MultisessionError {
  return new MultisessionError("ITEM_EXISTS", `The image has "${path}" already.`, { subject: path });
}

function notAFile(path: string): MultisessionError {
  return new MultisessionError("NOT_A_FILE", `"${path}" is no file.`, { subject: path });
}

function notADirectory(path: string): MultisessionError {
  return new MultisessionError("NOT_A_DIRECTORY", `"${path}" is no folder.`, { subject: path });
}

function notUsable(
  { folder, name }: { readonly folder: Host; readonly name: string },
  isMirror: boolean,
): MultisessionError {
  const path = pathText(folder.pathOf(name));
  if (isMirror) return notADirectory(path);
  return new MultisessionError("NOT_A_FILE", `${path} is neither a file nor a folder, and cannot be recorded.`, {
    subject: path,
  });
}
