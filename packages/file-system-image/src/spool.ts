import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallOptions } from "@multisession/core";
import { FileSource } from "./file-source.ts";
import { HostFolder } from "./host-folder.ts";

/** Keeps streams of unknown length in a temporary folder until they are recorded. */
export class Spool {
  #folder: HostFolder | undefined;
  #count = 0;

  /** Reads a stream to its end. */
  async keep(stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, options?: CallOptions): Promise<FileSource> {
    const path = await mkdtempOnce(this.#folder);
    this.#folder = path;
    const name = String(this.#count++);
    const file = await open(join(String(path.path), name), "wx", 0o600);
    try {
      for await (const piece of stream) {
        options?.signal?.throwIfAborted();
        await file.write(piece);
      }
    } finally {
      await file.close();
    }
    const item = path.inspect(name);
    if (item === undefined) throw new Error(`The temporary file ${join(String(path.path), name)} vanished`);
    return new FileSource(path, name, item.state);
  }

  /** Removes everything that was kept. */
  async clear(): Promise<void> {
    const folder = this.#folder;
    this.#folder = undefined;
    if (folder !== undefined) await rm(String(folder.path), { recursive: true, force: true });
  }
}

async function mkdtempOnce(folder: HostFolder | undefined): Promise<HostFolder> {
  return folder ?? new HostFolder(await mkdtemp(join(tmpdir(), `multisession-spool-${process.pid}-`)));
}
