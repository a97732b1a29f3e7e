import { chmod, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives `use` an empty folder and removes it afterwards, whatever modes the files in it have by then. */
export async function withScratch<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "acceptance-"));
  try {
    return await use(folder);
  } finally {
    await removeTree(folder);
  }
}

/** Removes a folder, and directories in it that may not be entered or changed. */
export async function removeTree(folder: string): Promise<void> {
  await unlock(folder);
  await rm(folder, { recursive: true, force: true });
}

async function unlock(folder: string): Promise<void> {
  if (!(await lstat(folder).catch(() => undefined))?.isDirectory()) return;
  await chmod(folder, 0o700);
  for (const child of await readdir(folder, { withFileTypes: true })) {
    if (child.isDirectory()) await unlock(join(folder, child.name));
  }
}
