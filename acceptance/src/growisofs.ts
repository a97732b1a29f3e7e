import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./program.ts";
import { withScratch } from "./scratch.ts";

/** Programs that {@link growisofs} takes; it also takes the right to mount. */
export const growisofsPrograms: readonly string[] = ["growisofs", "genisoimage", "unshare"];

/**
 * Growisofs 7.1 takes every regular file for a mounted one and tries to unmount `/proc`: it compares device numbers, which
 * both are 0. So it runs where the list of what is mounted is empty.
 */
const withoutMounts = [
  'mount --bind /proc "$1"',
  "mount -t tmpfs none /proc",
  'ln -s "$1/self" /proc/self',
  ": > /proc/mounts",
  "shift",
  'exec growisofs -use-the-force-luke=notray "$@"',
].join(" && ");

/** Whether the system lets us mount: in some containers nobody may. */
export function mayRunGrowisofs(): Promise<boolean> {
  return run("unshare", ["--mount", "true"]).then(
    () => true,
    () => false,
  );
}

/** Records a folder onto an image file as onto a DVD+RW: as its first session, or behind those that are there. */
export async function growisofs(
  session: "first" | "next",
  image: string,
  folder: string,
  volumeName: string,
): Promise<void> {
  await withScratch(async (scratch) => {
    const proc = join(scratch, "proc");
    await mkdir(proc);
    // It makes no file where there is none.
    await writeFile(image, "", { flag: "a" });
    const settings = ["-quiet", "-R", "-J", "-joliet-long", "-input-charset", "utf-8", "-V", volumeName];
    const target = [session === "first" ? "-Z" : "-M", image];
    await run("unshare", ["--mount", "sh", "-c", withoutMounts, "sh", proc, ...target, ...settings, folder]);
  });
}
