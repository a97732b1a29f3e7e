import { createHash } from "node:crypto";
import { chmod, lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { ReadEntry } from "./reader.ts";

/**
 * The tree in a folder of this computer, the folder itself as `/`: what a reader extracted, with everything that the
 * extraction restored. Files that may not be read are made readable first; their mode is reported as it was.
 */
export async function localTree(folder: string): Promise<readonly ReadEntry[]> {
  const entries: ReadEntry[] = [];
  await collect(folder, "/", entries);
  return entries;
}

async function collect(local: string, path: string, entries: ReadEntry[]): Promise<void> {
  const stat = await lstat(local);
  const mtime = Math.floor(stat.mtimeMs / 1000) * 1000;
  const mode = stat.mode & 0o7777;
  if (stat.isSymbolicLink()) {
    entries.push({ path, kind: "symlink", target: await readlink(local), mtime, mode });
  } else if (stat.isDirectory()) {
    if ((mode & 0o500) !== 0o500) await chmod(local, mode | 0o700);
    entries.push({ path, kind: "directory", mode, mtime });
    for (const name of (await readdir(local)).sort()) await collect(join(local, name), join(path, name), entries);
  } else {
    if ((mode & 0o400) === 0) await chmod(local, mode | 0o400);
    const sha256 = createHash("sha256")
      .update(await readFile(local))
      .digest("hex");
    entries.push({ path, kind: "file", bytes: stat.size, sha256, mode, mtime });
  }
}
