import { chmod, copyFile, mkdir, readdir, realpath, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run } from "../program.ts";
import type { Kernel } from "./kernel-package.ts";

/** What a guest finds besides busybox and the modules of its kernel. */
export interface GuestFiles {
  /** Programs of this computer; they come with the libraries that they need. */
  readonly programs: readonly string[];
  /** Folders of this computer, by their names in the root of the guest. */
  readonly folders: ReadonlyMap<string, string>;
}

/** Programs that {@link makeInitramfs} needs. */
export const initramfsPrograms: readonly string[] = ["busybox", "bsdtar", "ldd"];

/** First program of the guest: brings the devices up, runs the job script from its disk, and switches off. */
const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /dev /proc /sys /mnt /tmp
/bin/busybox --install -s /bin
export PATH=/bin:/usr/bin LC_ALL=C.UTF-8 TZ=UTC HOME=/tmp
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
ln -s /proc/self/fd /dev/fd
for module in /modules/*.ko; do insmod "$module"; done
dmesg -n 1
for disk in /sys/block/vd*; do ln -s "/dev/\${disk##*/}" "/dev/$(cat "$disk/serial")"; done
tr -d '\\0' < /dev/jobs > /jobs.sh
sh /jobs.sh > /dev/vport0p1
poweroff -f
`;

/** Makes the root file system that a kernel is started with. */
export async function makeInitramfs(
  kernel: Kernel,
  { programs, folders }: GuestFiles,
  scratch: string,
  out: string,
): Promise<void> {
  const root = join(scratch, "root");
  await mkdir(join(root, "bin"), { recursive: true });
  await mkdir(join(root, "modules"));
  await copyFile(await pathOf("busybox"), join(root, "bin", "busybox"));
  for (const module of kernel.modules) await copyFile(module, join(root, "modules", basename(module)));
  for (const program of programs) await copyProgram(program, root);
  for (const [name, folder] of folders) {
    await run("cp", ["-a", folder, join(root, name)]);
  }
  await writeFile(join(root, "init"), INIT);
  await chmod(join(root, "init"), 0o755);
  await run("bsdtar", ["--format=newc", "-cf", out, "-C", root, ...(await readdir(root))]);
}

/** Copies a program and its libraries to where they are on this computer. */
async function copyProgram(name: string, root: string): Promise<void> {
  const program = await pathOf(name);
  const target = join(root, "usr", "bin", name);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(await realpath(program), target);
  const { stdout } = await run("ldd", [program]);
  for (const [library] of stdout.toString().matchAll(/\/\S+(?= \(0x)/g)) {
    await mkdir(join(root, dirname(library)), { recursive: true });
    await copyFile(await realpath(library), join(root, library));
  }
}

async function pathOf(program: string): Promise<string> {
  const { stdout } = await run("sh", ["-c", `command -v ${program}`]);
  return stdout.toString().trim();
}
