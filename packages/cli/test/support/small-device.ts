import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** Paths, because the tools of the system are no packages of ours. */
const tools = { mount: "/bin/mount", unmount: "/bin/umount" } as const;

/** Gives a folder a device of its own for as long as `work` takes; `false` where that is not allowed, and nothing was done. */
export async function onSmallDevice(folder: string, size: string, work: () => Promise<void>): Promise<boolean> {
  mkdirSync(folder);
  if (spawnSync(tools.mount, ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]).status !== 0) return false;
  try {
    await work();
  } finally {
    spawnSync(tools.unmount, ["--lazy", folder]); // a recorder may still hold a file of it
  }
  return true;
}
