import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmod, copyFile, mkdir, open, readFile, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { run } from "../../program.ts";
import { withScratch } from "../../scratch.ts";
import { INIT, jobScript, type MountJob } from "./guest.ts";
import { type Kernel, kernelPrograms } from "./kernel-package.ts";
import { type MountReport, mountReports } from "./mount-report.ts";

const QEMU = "qemu-system-x86_64";

/** Programs that {@link mountAll} and the kernel's fetching need. */
export const machinePrograms: readonly string[] = [QEMU, "busybox", "bsdtar", ...kernelPrograms];

/** Disks of one machine; its bus has 32 places, and the machine itself, the port and the job disk take some. */
const MOST_DISKS = 24;

/** Measured: a boot takes 3.5 s, a mount of 500 files under 1 s. On a busy computer it may be ten times as much. */
const BOOT_MILLISECONDS = 60_000;
const JOB_MILLISECONDS = 10_000;

/**
 * Mounts images in a virtual machine with this kernel, software emulation only, and gives one report for each job.
 * One boot serves all jobs of up to 24 images.
 *
 * Rejects with the console's last lines when the machine does not come to its end.
 */
export async function mountAll(kernel: Kernel, jobs: readonly MountJob[]): Promise<MountReport[]> {
  const reports: MountReport[] = [];
  for (let rest = jobs; rest.length > 0; ) {
    const batch = firstBatch(rest);
    reports.push(...(await mountBatch(kernel, batch)));
    rest = rest.slice(batch.length);
  }
  return reports;
}

/** The jobs up to the first that would need one disk too many. */
function firstBatch(jobs: readonly MountJob[]): readonly MountJob[] {
  const images = new Set<string>();
  const end = jobs.findIndex(({ image }) => images.add(image).size > MOST_DISKS);
  return end < 0 ? jobs : jobs.slice(0, end);
}

async function mountBatch(kernel: Kernel, jobs: readonly MountJob[]): Promise<MountReport[]> {
  return withScratch(async (folder) => {
    const mark = `@${randomUUID()}`;
    const disks = [...new Set(jobs.map(({ image }) => image))];
    const paths = { initrd: join(folder, "initrd"), jobs: join(folder, "jobs"), output: join(folder, "output") };
    await makeInitramfs(kernel, folder, paths.initrd);
    await writeJobDisk(paths.jobs, jobScript(jobs, disks, mark));
    await writeFile(paths.output, "");
    const console = join(folder, "console");
    const args = machine(kernel, paths, console, disks);
    const end = await boot(args, BOOT_MILLISECONDS + jobs.length * JOB_MILLISECONDS);
    try {
      return mountReports(await readFile(paths.output, "utf8"), mark, jobs.length);
    } catch (cause) {
      const said = (await readFile(console, "utf8").catch(() => "")).split("\n").slice(-40).join("\n");
      throw new Error(`QEMU with ${kernel.name} ${end}. Its console ends with:\n${said}`, { cause });
    }
  });
}

async function makeInitramfs(kernel: Kernel, folder: string, out: string): Promise<void> {
  const root = join(folder, "root");
  await mkdir(join(root, "bin"), { recursive: true });
  await mkdir(join(root, "modules"));
  const { stdout } = await run("sh", ["-c", "command -v busybox"]);
  await copyFile(stdout.toString().trim(), join(root, "bin", "busybox"));
  for (const module of kernel.modules) await copyFile(module, join(root, "modules", basename(module)));
  await writeFile(join(root, "init"), INIT);
  await chmod(join(root, "init"), 0o755);
  await run("bsdtar", ["--format=newc", "-cf", out, "-C", root, "."]);
}

/** A virtio disk holds whole sectors: the script is filled up with zero bytes, which the guest drops. */
async function writeJobDisk(path: string, script: string): Promise<void> {
  const disk = await open(path, "w");
  await disk.writeFile(script);
  await disk.truncate(Math.ceil(Buffer.byteLength(script) / 512) * 512);
  await disk.close();
}

function machine(
  kernel: Kernel,
  paths: { readonly initrd: string; readonly jobs: string; readonly output: string },
  console: string,
  disks: readonly string[],
): string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-accel", "tcg", "-cpu", "max", "-nic", "none", "-m", "256"],
    ...["-kernel", kernel.image, "-initrd", paths.initrd, "-append", "console=ttyS0 panic=-1 quiet"],
    ...["-serial", `file:${console}`],
    ...["-device", "virtio-serial-pci", "-chardev", `file,id=output,path=${optionValue(paths.output)}`],
    ...["-device", "virtserialport,chardev=output"],
    ...disk("jobs", paths.jobs),
    ...disks.flatMap((image, index) => disk(`disk${index}`, resolve(image))),
  ];
}

function disk(name: string, path: string): string[] {
  return [
    ...["-drive", `if=none,id=${name},format=raw,readonly=on,file.locking=off,file.filename=${optionValue(path)}`],
    ...["-device", `virtio-blk-pci,drive=${name},serial=${name}`],
  ];
}

/** In an option of QEMU a comma is written twice. */
function optionValue(path: string): string {
  return path.replaceAll(",", ",,");
}

/** Runs the machine and tells how it ended. What it wrote is the result, not its exit code. */
function boot(args: readonly string[], milliseconds: number): Promise<string> {
  return new Promise((done, reject) => {
    const child = spawn(QEMU, args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill("SIGKILL");
    }, milliseconds);
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      done(isLate ? `was ended after ${milliseconds} ms` : `ended with ${code}${said && `: ${said.trim()}`}`);
    });
  });
}
