import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Time of every file that a test makes: whole seconds, so that every file system can hold it. */
export const MODIFIED = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A temporary folder with these files, removed after the test. */
export async function hostFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "image-test-"));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) await writeHost(join(folder, path), content);
  return folder;
}

/** Writes a file with a fixed time. */
export async function writeHost(path: string, content: string | Uint8Array, modified = MODIFIED): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await utimes(path, modified / 1000, modified / 1000);
}
