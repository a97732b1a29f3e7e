import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { MultisessionError } from "@multisession/core";
import { type FileState, type HostFolder, type HostPath, pathText, stateOf } from "./host-folder.ts";
import type { Source } from "./source.ts";
import type { TimeSlices } from "./time-slices.ts";

/** Files up to this size are read at once, with synchronous calls. */
export const SMALL: number = 64 * 1024;

/** Bytes of one read of a larger file. */
const PIECE = 256 * 1024;

/** A file of the host, as it was when it was added. */
export class FileSource implements Source {
  readonly kind = "source" as const;
  readonly bytes: number;
  readonly isLinked: boolean;
  readonly #folder: HostFolder;
  readonly #name: string | Buffer;
  /** Milliseconds since 1970 with a fraction. */
  readonly modified: number;
  readonly #device: number | bigint;
  readonly #inode: number | bigint;

  constructor(folder: HostFolder, name: string | Buffer, state: FileState) {
    this.#folder = folder;
    this.#name = name;
    this.bytes = state.bytes;
    this.isLinked = state.isLinked;
    this.modified = state.modified;
    this.#device = state.device;
    this.#inode = state.inode;
  }

  /** Hard links of one file, seen in one state, are one content. */
  get identity(): string {
    return this.#inode === 0
      ? `${pathText(this.#path)} ${this.bytes} ${this.modified}`
      : `${this.#device}:${this.#inode} ${this.bytes} ${this.modified}`;
  }

  /** The path on the host, for people. */
  get path(): string {
    return pathText(this.#path);
  }

  get #path(): HostPath {
    return this.#folder.pathOf(this.#name);
  }

  check(): void {
    let file: number | undefined;
    try {
      file = openSync(this.#path, "r");
      this.#compare(stateOf(fstatSync(file, { bigint: true })));
    } catch (error) {
      throw MultisessionError.is(error) ? error : unreadable(this.path, error);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  async *read(slices: TimeSlices, scratch?: Buffer): AsyncGenerator<Uint8Array> {
    if (slices.isOver) await slices.next();
    if (this.bytes <= SMALL) yield* this.#readSmall(scratch ?? Buffer.allocUnsafe(this.bytes + 1));
    else yield* this.#readLarge();
  }

  *#readSmall(space: Buffer): Generator<Uint8Array> {
    // One byte more than planned, so that a file that has grown shows it.
    const piece = space.subarray(0, this.bytes + 1);
    let filled = 0;
    let before: FileState;
    let after: FileState;
    const file = openSync(this.#path, "r");
    try {
      before = stateOf(fstatSync(file, { bigint: true }));
      for (let read = -1; read !== 0 && filled < piece.length; filled += read)
        read = readSync(file, piece, filled, piece.length - filled, null);
      after = stateOf(fstatSync(file, { bigint: true }));
    } finally {
      closeSync(file);
    }
    yield piece.subarray(0, filled);
    this.#compare(before);
    this.#compare(after);
  }

  async *#readLarge(): AsyncGenerator<Uint8Array> {
    const file: FileHandle = await open(this.#path, "r");
    try {
      const before = stateOf(await file.stat({ bigint: true }));
      const piece = Buffer.allocUnsafe(PIECE);
      for (;;) {
        const { bytesRead } = await file.read(piece, 0, PIECE, null);
        if (bytesRead === 0) break;
        yield piece.subarray(0, bytesRead);
      }
      this.#compare(before);
      this.#compare(stateOf(await file.stat({ bigint: true })));
    } finally {
      await file.close();
    }
  }

  #compare({ bytes, modified }: FileState): void {
    if (bytes === this.bytes && modified === this.modified) return;
    const what =
      bytes === this.bytes ? "was modified" : `has ${bytes} bytes now, and had ${this.bytes} when it was added`;
    throw new MultisessionError("SOURCE_CHANGED", `The file ${this.path} ${what}.`, { subject: this.path });
  }
}

/** What people meet most, in words. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a file stands where a folder must be",
  EACCES: "you have no permission",
  ELOOP: "its symbolic links lead round in a circle",
};

/** The error for a file or folder of the host that cannot be read. */
export function unreadable(path: string, cause: unknown): MultisessionError {
  const { code = "", message = String(cause) } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {};
  const reason = reasons[code] ?? message;
  return new MultisessionError("SOURCE_UNREADABLE", `${path} cannot be read: ${reason}.`, { subject: path, cause });
}
