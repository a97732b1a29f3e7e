import {
  type Attributes,
  type BlockReader,
  type CallOptions,
  type Finding,
  MultisessionError,
  type RecordedVolume,
  type StateRef,
  type TimeRange,
} from "@multisession/core";
import {
  type ChangeSummary,
  type ChangesOptions,
  compareWithBase,
  type ImageChanges,
  summarizeChanges,
} from "./changes.ts";
import { type AddOptions, addFromHost, type HostAddition, mirrorFromHost } from "./host-addition.ts";
import { hostFile } from "./host-file.ts";
import type { AddReport, MergeOptions } from "./host-merge.ts";
import { type ImageItem, itemOf } from "./image-item.ts";
import { byName, childPath, joinPath, parsePath } from "./image-path.ts";
import { ImageTree, newDirectory, notAFile } from "./image-tree.ts";
import { attributesFor, directoryAttributes, type ImageDirectory, renamed, withAttributes } from "./nodes.ts";
import { SpareReader } from "./read-ahead/spare-reader.ts";
import { type ContentReader, contentBytes } from "./recorded-bytes.ts";
import { RecordedHashes } from "./recorded-hashes.ts";
import { BytesSource, type Source, StreamSource } from "./source.ts";
import { Spool } from "./spool.ts";
import { TimeSlices } from "./time-slices.ts";
import { VolumeImport } from "./volume-import.ts";
import { walkFolder } from "./walk-folder.ts";

/** Attributes of a new item; what is left out has an ordinary value, the time is now. */
export type NewAttributes = Partial<Attributes>;

/** Bytes that come in pieces. */
export type ByteStream = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What a tree starts from. */
export interface TreeBase {
  /** Reads the disc. */
  readonly reader: BlockReader;
  /** The state that was imported; absent for an empty tree. */
  readonly volume?: RecordedVolume;
  /** States whose manifests tell of the recorded contents. */
  readonly states: readonly StateRef[];
  /** Which times will be recorded as they are; all without it. */
  readonly times?: TimeRange;
}

/**
 * Files and folders with change points: what was imported plus the edits. Edits run one after another; one that fails
 * leaves the tree as it was. Directories of the disc are read when they are looked at.
 */
export abstract class EditableTree {
  /** @internal The thread that looks at files and reads them, where there are many. */
  protected readonly reader: SpareReader = new SpareReader();
  readonly #tree: ImageTree = new ImageTree();
  readonly #spool = new Spool();
  #import: VolumeImport | undefined;
  #contents: ContentReader;
  #volume: RecordedVolume | undefined;
  #hashes: RecordedHashes;
  #times: TimeRange | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #running = 0;
  #begun = 0;
  #startedAt = 0;
  #revision = 0;

  protected constructor(base: TreeBase) {
    this.#contents = base;
    this.#hashes = new RecordedHashes(base, base.states);
    this.restart(base);
  }

  /** Number of edits since the image was opened. IMAPI2: `ChangePoint`. An `add` of a whole folder is one edit. */
  get changePoint(): number {
    return this.#tree.journal.changePoint;
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
    return this.#edit(() => addFromHost(this.#host, source, options));
  }

  /** As `add` of a folder, but removes from `into` what is not in the folder. @throws as `add`, and `NOT_A_DIRECTORY`. */
  mirror(folder: string, into = "/", options: MergeOptions = {}): Promise<AddReport> {
    return this.#edit(() => mirrorFromHost(this.#host, folder, { ...options, into }));
  }

  /** Adds a file that is in memory. Folders on the way are made. @throws `ITEM_EXISTS`, `INVALID_PATH`, `BUSY`. */
  addBytes(path: string, bytes: Uint8Array, attributes: NewAttributes = {}): Promise<void> {
    return this.#edit(() => this.#addNew(path, attributes, async () => new BytesSource(bytes)));
  }

  /**
   * Adds a file that comes as a stream. With `bytes` it is read while it is recorded, once; without, it is read now
   * and kept in a temporary file until it is recorded or the image is closed.
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
      const given = options.attributes && attributesFor("directory", options.attributes);
      if (options.recursive === true) {
        await this.#tree.makeFolders(parsePath(path), given);
        return;
      }
      const place = await this.#tree.newPlace(path, false);
      this.#tree.put(place, newDirectory(place.name, given));
    });
  }

  /** Adds a symbolic link. Folders on the way are made. @throws `ITEM_EXISTS`, `INVALID_PATH`, `BUSY`. */
  symlink(path: string, target: string, attributes: NewAttributes = {}): Promise<void> {
    return this.#edit(async () => {
      if (target === "" || target.includes("\0"))
        throw new MultisessionError("INVALID_PATH", `The target of the link "${path}" cannot be used.`, {
          subject: path,
        });
      const place = await this.#tree.newPlace(path, true);
      const given = attributesFor("symlink", attributes);
      this.#tree.put(place, { kind: "symlink", name: place.name, attributes: given, target, origin: undefined });
    });
  }

  /** Puts another content in the place of a file: a file of the host, or bytes. @throws `ITEM_NOT_FOUND`, `NOT_A_FILE`, `SOURCE_UNREADABLE`, `BUSY`. */
  replace(path: string, source: string | Uint8Array): Promise<void> {
    return this.#edit(async () => {
      const { folder, name, node } = await this.#tree.existing(path);
      if (node.kind !== "file") throw notAFile(path);
      const found = typeof source === "string" ? hostFile(source) : undefined;
      const attributes = found?.item.attributes ?? { ...node.attributes, modified: Date.now() };
      const content = found?.content ?? new BytesSource(source as Uint8Array);
      this.#tree.put({ folder, name }, { kind: "file", name, attributes, content, origin: undefined });
    });
  }

  /** Removes an item from the tree; what is recorded stays on the disc. @throws `ITEM_NOT_FOUND`, `DIRECTORY_NOT_EMPTY` without `recursive`, `INVALID_PATH`, `BUSY`. */
  remove(path: string, options: { readonly recursive?: boolean } = {}): Promise<void> {
    return this.#edit(async () => {
      const { node, ...place } = await this.#tree.existing(path);
      if (node.kind === "directory" && options.recursive !== true && (await node.folder.load()).size > 0)
        throw new MultisessionError("DIRECTORY_NOT_EMPTY", `The folder "${path}" is not empty.`, { subject: path });
      this.#tree.put(place, undefined);
    });
  }

  /** Renames or moves an item. The folder that takes it must exist. @throws `ITEM_NOT_FOUND`, `ITEM_EXISTS`, `INVALID_PATH`, `BUSY`. */
  rename(from: string, to: string): Promise<void> {
    return this.#edit(async () => {
      const { node, ...place } = await this.#tree.existing(from);
      const [source, target] = [joinPath(parsePath(from)), joinPath(parsePath(to))];
      if (target === source) return;
      if (target.startsWith(`${source}/`))
        throw new MultisessionError("INVALID_PATH", `"${from}" cannot be moved into itself.`, {
          subject: to,
          advice: "Choose a place outside of it.",
        });
      const taken = await this.#tree.newPlace(to, false);
      this.#tree.put(place, undefined);
      this.#tree.put(taken, renamed(node, taken.name));
    });
  }

  /**
   * Gives an item other attributes; those that are left out stay. `hidden` asks readers not to show it. IMAPI2:
   * `put_IsHidden`, `put_LastModifiedTime`.
   *
   * @throws `ITEM_NOT_FOUND`, `NOT_A_DIRECTORY`, `INVALID_PATH` when the root is to be hidden, `BUSY`.
   */
  setAttributes(path: string, attributes: NewAttributes): Promise<void> {
    return this.#edit(async () => {
      const { node, ...place } = await this.#tree.placeOf(path);
      if (node === this.root && attributes.hidden === true)
        throw new MultisessionError("INVALID_PATH", "The root cannot be hidden: no folder names it.", {
          subject: path,
        });
      const before = node.kind === "directory" ? directoryAttributes(node) : node.attributes;
      this.#tree.put(place, withAttributes(node, { ...before, ...attributes }));
    });
  }

  /** What is at a path. @throws `ITEM_NOT_FOUND`, `NOT_A_DIRECTORY`, `INVALID_PATH`. */
  async stat(path: string): Promise<ImageItem> {
    const names = parsePath(path);
    return itemOf(joinPath(names), await this.#tree.find(names));
  }

  /** The items of a folder, sorted by name. @throws as `stat`. */
  async list(path = "/"): Promise<readonly ImageItem[]> {
    const names = parsePath(path);
    const { loaded } = await this.#tree.folderAt(names);
    return [...(loaded?.values() ?? [])]
      .sort(byName)
      .map((node) => itemOf(childPath(joinPath(names), node.name), node));
  }

  /** Every item below a folder, sorted by name, folders before what is in them. @throws as `stat`. */
  async *walk(path = "/", options?: CallOptions): AsyncGenerator<ImageItem> {
    const names = parsePath(path);
    yield* walkFolder(await this.#tree.folderAt(names), joinPath(names), new TimeSlices(options), options);
  }

  /** Every item of the image, as `walk` gives them. */
  [Symbol.asyncIterator](): AsyncGenerator<ImageItem> {
    return this.walk();
  }

  /** The bytes of a file, from the disc or from its source. @throws `ITEM_NOT_FOUND`, `NOT_A_FILE`, `READ_FAILED`, `DAMAGED_CONTENT`. */
  async *readFile(path: string, options?: CallOptions): AsyncGenerator<Uint8Array> {
    const node = await this.#tree.find(parsePath(path));
    if (node.kind !== "file") throw notAFile(path);
    if (node.content.kind === "recorded") yield* contentBytes(this.#contents, node.content, options);
    else yield* node.content.read(new TimeSlices(options));
  }

  /** What the image would change, against the state that it builds on. */
  changes(options?: ChangesOptions): Promise<ImageChanges> {
    return compareWithBase(this.root, this.#import?.root, options);
  }

  /** The same, counted. */
  changeSummary(options?: ChangesOptions): Promise<ChangeSummary> {
    return summarizeChanges(this.root, this.#import?.root, options);
  }

  /**
   * Undoes every edit after a change point. IMAPI2: `RollbackToChangePoint`.
   *
   * @throws `CHANGE_POINT` when there is no such point or it was locked in, `BUSY`.
   */
  rollbackToChangePoint(changePoint: number): void {
    this.assertIdle("rolled back");
    this.#tree.journal.rollback(changePoint);
    this.#revision++;
  }

  /** Makes the edits up to now final: they cannot be rolled back. IMAPI2: `LockInChangePoint`. @throws `BUSY`. */
  lockInChangePoint(): void {
    this.assertIdle("locked");
    this.#tree.journal.lock();
  }

  get #host(): HostAddition {
    return { tree: this.#tree, hashes: this.#hashes, times: this.#times, reader: this.reader };
  }

  /** Counts everything that changes the tree, rollbacks too. */
  protected get revision(): number {
    return this.#revision;
  }

  /** Whether there are edits since the image was opened or recorded. */
  protected get isEdited(): boolean {
    return this.changePoint !== this.#startedAt;
  }

  /** @internal The volume that was imported. */
  protected get volume(): RecordedVolume | undefined {
    return this.#volume;
  }

  /** @internal The root as it is now. */
  protected get root(): ImageDirectory {
    return this.#tree.root;
  }

  /** @throws `BUSY` while an edit runs, or when nothing may be edited. */
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

  /** What `read` gives; nothing where an edit ran meanwhile, so that the tree may have been seen half edited. */
  protected async readUnedited<T>(read: () => Promise<T>): Promise<T | undefined> {
    const begun = this.#begun;
    if (this.#running > 0) return undefined;
    const given = await read();
    return begun === this.#begun ? given : undefined;
  }

  /** Counts an edit of something else than the tree, so that it takes part in change points. */
  protected remember(undo: () => void): void {
    this.#tree.journal.remember(undo);
    this.#tree.journal.mark();
    this.#revision++;
  }

  /** Starts again from what is on the disc; all edits up to now are final. */
  protected restart({ reader, volume, states, times }: TreeBase): void {
    this.#contents = { reader, volume };
    this.#volume = volume;
    this.#times = times;
    this.#hashes = new RecordedHashes(this.#contents, states);
    this.#import = volume && new VolumeImport(volume);
    this.#tree.restart(this.#import?.root);
    this.#startedAt = this.changePoint;
    this.#revision++;
  }

  /** Removes what was kept of streams, and ends the thread that looked at files. */
  protected async clear(): Promise<void> {
    await this.reader.close();
    await this.#spool.clear();
  }

  /** Runs an edit after those before it; undoes it when it fails. */
  async #edit<T>(run: () => Promise<T>): Promise<T> {
    this.assertEditable();
    this.#running++;
    this.#begun++;
    const turn = this.#last.then(() => this.#editNow(run));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #editNow<T>(run: () => Promise<T>): Promise<T> {
    const { journal } = this.#tree;
    try {
      const result = await run();
      if (journal.isDirty) {
        journal.mark();
        this.#revision++;
      }
      return result;
    } catch (error) {
      journal.undo();
      throw error;
    } finally {
      this.#running--;
    }
  }

  async #addNew(path: string, attributes: NewAttributes, source: () => Promise<Source>): Promise<void> {
    const place = await this.#tree.newPlace(path, true);
    const given = attributesFor("file", attributes);
    const content = await source();
    this.#tree.put(place, { kind: "file", name: place.name, attributes: given, content, origin: undefined });
  }
}
