import { closeSync, fstatSync, read, readSync, type Stats } from "node:fs";
import { promisify } from "node:util";
import { MultisessionError } from "@multisession/core";
import type { FileState } from "./file-states.ts";
import { type HostFolder, type HostPath, pathText } from "./host-folder.ts";
import { here } from "./read-ahead/file-reading.ts";
import type { Source } from "./source.ts";
import type { TimeSlices } from "./time-slices.ts";

/** Files up to this size are read at once, with synchronous calls. */
export const SMALL: number = 64 * 1024;

/** Bytes of one read of a larger file. */
const PIECE = 256 * 1024;

const readInto = promisify(read);

/** By what a file shows that it was changed. */
export type SeenState = Pick<FileState, "bytes" | "modified">;

/** A file of the host, as it was when it was added. There can be a million of them: what all have in common is no field. */
export class FileSource implements Source {
  readonly bytes: number;
  readonly #folder: HostFolder;
  /** Its number in the folder, which has all else. */
  readonly #file: number;

  constructor(folder: HostFolder, name: string | Buffer, state: FileState) {
    this.bytes = state.bytes;
    this.#folder = folder;
    this.#file = folder.files.add(name, state);
  }

  get kind(): "source" {
    return "source";
  }

  get isRepeatable(): boolean {
    return true;
  }

  get isLinked(): boolean {
    return this.#folder.files.isLinked(this.#file);
  }

  /** Milliseconds since 1970 with a fraction. */
  get modified(): number {
    return this.#folder.files.modifiedOf(this.#file);
  }

  get #device(): number | bigint {
    return this.#folder.files.deviceOf(this.#file);
  }

  /** The number of the file on its host where it has one: what has another number is another file. */
  get key(): unknown {
    const inode = this.#folder.files.inodeOf(this.#file);
    return inode === 0 ? this.path : inode;
  }

  /** Names of one file, seen in one state, are one content. */
  isSame(other: Source): boolean {
    return (
      other instanceof FileSource &&
      other.key === this.key &&
      other.#device === this.#device &&
      other.bytes === this.bytes &&
      other.modified === this.modified
    );
  }

  /** The path on the host, for people. */
  get path(): string {
    return pathText(this.hostPath);
  }

  /** The path as the host takes it. */
  get hostPath(): HostPath {
    return this.#folder.pathOf(this.#folder.files.nameOf(this.#file));
  }

  check(): void {
    let file: number | undefined;
    try {
      file = here.openFile(this.hostPath);
      this.#compare(seenIn(fstatSync(file)));
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
    let before: SeenState;
    let after: SeenState;
    const file = here.openFile(this.hostPath);
    try {
      before = seenIn(fstatSync(file));
      for (let read = -1; read !== 0 && filled < piece.length; filled += read)
        read = readSync(file, piece, filled, piece.length - filled, null);
      after = seenIn(fstatSync(file));
    } finally {
      closeSync(file);
    }
    yield piece.subarray(0, filled);
    this.#compare(before);
    this.#compare(after);
  }

  async *#readLarge(): AsyncGenerator<Uint8Array> {
    const file = here.openFile(this.hostPath);
    try {
      const before = seenIn(fstatSync(file));
      const piece = Buffer.allocUnsafe(PIECE);
      for (;;) {
        const { bytesRead } = await readInto(file, piece, 0, PIECE, null);
        if (bytesRead === 0) break;
        yield piece.subarray(0, bytesRead);
      }
      this.#compare(before);
      this.#compare(seenIn(fstatSync(file)));
    } finally {
      closeSync(file);
    }
  }

  #compare(state: SeenState): void {
    if (state.bytes !== this.bytes || state.modified !== this.modified) throw this.changedTo(state);
  }

  /** The error for a file that is not any more what it was. */
  changedTo({ bytes }: Pick<SeenState, "bytes">): MultisessionError {
    const what =
      bytes === this.bytes ? "was modified" : `has ${bytes} bytes now, and had ${this.bytes} when it was added`;
    return new MultisessionError("SOURCE_CHANGED", `The file ${this.path} ${what}.`, { subject: this.path });
  }
}

function seenIn({ size, mtimeMs }: Stats): SeenState {
  return { bytes: size, modified: mtimeMs };
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
