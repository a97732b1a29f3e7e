import {
  chmodSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Attributes, MultisessionError } from "@multisession/core";
import { isSystemError, reasonOf } from "../system-error.ts";

/** Bits of a mode that are restored. Set-user and set-group bits are not: owners are not restored either. */
const RESTORED_MODE = 0o777;

/** Error code of what fails on the side of the folder, not of the disc. */
const OUTPUT_FAILED = "multisession/output-failed";

/**
 * The folder that an extraction writes to, and nothing outside of it: each folder on the way is checked to be a real one,
 * files are created and never opened, so that no symbolic link is followed, be it from the disc or here before.
 */
export class OutputFolder {
  readonly #root: string;
  readonly #isOverwriting: boolean;

  constructor(root: string, isOverwriting: boolean) {
    this.#root = root;
    this.#isOverwriting = isOverwriting;
  }

  /** The path here of something with such a path below the folder. */
  pathOf(path: readonly string[]): string {
    return join(this.#root, ...path);
  }

  /** What stands in the way of the folder itself. @throws `multisession/output-failed` when it cannot be looked at. */
  rootConflict(): string | undefined {
    for (let folder = this.#root; ; folder = dirname(folder)) {
      const stats = statsOf(folder, statSync);
      if (stats?.isDirectory()) return undefined;
      if (stats !== undefined) return `${folder}: it is no folder`;
      if (folder === dirname(folder)) return undefined;
    }
  }

  /**
   * What stands in the way of writing this; nothing when the way is free.
   *
   * @throws `multisession/output-failed` when it cannot be looked at.
   */
  conflict(path: readonly string[], kind: "directory" | "file" | "symlink"): string | undefined {
    const stats = statsOf(this.pathOf(path), lstatSync);
    if (stats === undefined) return undefined;
    if (kind === "directory") return stats.isDirectory() ? undefined : "something that is no folder has its name";
    if (stats.isDirectory()) return "a folder has its name";
    return this.#isOverwriting ? undefined : "it is there already";
  }

  /** Makes the folder itself. @throws `multisession/output-failed` */
  makeRoot(): void {
    const missing: string[] = [];
    for (let folder = this.#root; statsOf(folder, statSync) === undefined; folder = dirname(folder)) {
      missing.push(folder);
      if (folder === dirname(folder)) break;
    }
    // One by one: where the system refuses with ENOENT, as in /proc, mkdir with `recursive` never returns (Node 20).
    for (const folder of missing.toReversed()) attempt(folder, () => mkdirSync(folder));
  }

  /** Makes a folder, or takes a real one that is there. Its mode and time come last, with {@link OutputFolder.finishFolder}. */
  makeFolder(path: readonly string[]): void {
    const target = this.pathOf(path);
    attempt(target, () => {
      const stats = lstatSync(target, { throwIfNoEntry: false });
      if (stats === undefined) mkdirSync(target, { mode: 0o700 });
      else if (!stats.isDirectory()) throw new Error("something that is no folder has its name");
    });
  }

  /** Gives a folder its mode and time, when all is in it. */
  finishFolder(path: readonly string[], attributes: Attributes): void {
    const target = this.pathOf(path);
    attempt(target, () => {
      chmodSync(target, attributes.mode & RESTORED_MODE);
      utimesSync(target, timeOf(attributes), timeOf(attributes));
    });
  }

  /** Makes a symbolic link; what it points to is not touched. */
  makeLink(path: readonly string[], link: string, attributes: Attributes): void {
    const target = this.pathOf(path);
    attempt(target, () => {
      if (this.#isOverwriting) rmSync(target, { force: true });
      symlinkSync(link, target);
      lutimesSync(target, timeOf(attributes), timeOf(attributes));
    });
  }

  /** Creates a file, fills it, and gives it its mode and time; takes it away again when `fill` fails. */
  async makeFile(
    path: readonly string[],
    attributes: Attributes,
    fill: (target: OutputFile) => Promise<void>,
  ): Promise<void> {
    const target = this.pathOf(path);
    let file: FileHandle | undefined;
    try {
      if (this.#isOverwriting) rmSync(target, { force: true });
      file = await open(target, "wx", 0o600);
      await fill(new OpenFile(file));
      await file.chmod(attributes.mode & RESTORED_MODE);
      await file.utimes(timeOf(attributes), timeOf(attributes));
    } catch (cause) {
      if (file !== undefined) rmSync(target, { force: true });
      throw isSystemError(cause) ? outputFailed(target, cause) : cause;
    } finally {
      await file?.close();
    }
  }
}

/** A new file while it is filled, from its start on. */
export interface OutputFile {
  /** Adds bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Adds zeros without writing them: a hole, where the file system has such. */
  skip(bytes: number): Promise<void>;
}

class OpenFile implements OutputFile {
  readonly #file: FileHandle;
  #at = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#at);
      done += bytesWritten;
      this.#at += bytesWritten;
    }
  }

  async skip(bytes: number): Promise<void> {
    this.#at += bytes;
    await this.#file.truncate(this.#at);
  }
}

/** Node.js takes a negative number for the current time. */
function timeOf({ modified }: Attributes): Date {
  return new Date(modified);
}

/** What is at a path; nothing when there is nothing, also where a file stands on the way. */
function statsOf(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path);
  } catch (cause) {
    if (isSystemError(cause) && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) return undefined;
    throw outputFailed(path, cause);
  }
}

function attempt(target: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw outputFailed(target, cause);
  }
}

function outputFailed(target: string, cause: unknown): MultisessionError {
  const isFull = isSystemError(cause) && cause.code === "ENOSPC";
  return new MultisessionError(OUTPUT_FAILED, `${target} could not be written: ${reasonOf(cause)}.`, {
    subject: target,
    advice: isFull ? "Make room, or choose another folder with -o." : "Choose a folder with -o that you may write to.",
    cause,
  });
}
