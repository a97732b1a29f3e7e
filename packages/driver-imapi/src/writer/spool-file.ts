import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SpoolRun } from "../host/spool.ts";

/** Bytes of a block. */
const BLOCK = 2048;

/** A file that holds rendered blocks, one run behind another, until the writer has recorded them. */
export class SpoolFile {
  /** Where the file lies. */
  readonly path: string;
  readonly #folder: string;
  readonly #file: FileHandle;
  readonly #runs: { at: number; blocks: number }[] = [];

  private constructor(folder: string, path: string, file: FileHandle) {
    this.#folder = folder;
    this.path = path;
    this.#file = file;
  }

  /** Makes an empty one in a folder of its own inside `parent`. */
  static async create(parent: string = tmpdir()): Promise<SpoolFile> {
    const folder = await mkdtemp(join(parent, "multisession-"));
    const path = join(folder, "session.img");
    return new SpoolFile(folder, path, await open(path, "w"));
  }

  /** What it holds, in the order of the file. */
  get runs(): readonly SpoolRun[] {
    return this.#runs;
  }

  /** Adds blocks. */
  async add(at: number, data: Uint8Array): Promise<void> {
    await this.#file.writeFile(data);
    const last = this.#runs.at(-1);
    if (last !== undefined && last.at + last.blocks === at) last.blocks += data.length / BLOCK;
    else this.#runs.push({ at, blocks: data.length / BLOCK });
  }

  /** Ends adding: what was added can be read. */
  finish(): Promise<void> {
    return this.#file.close();
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    await this.#file.close().catch(() => {}); // it may be closed already
    await rm(this.#folder, { recursive: true, force: true });
  }
}
