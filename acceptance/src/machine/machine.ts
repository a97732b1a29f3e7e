import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { withScratch } from "../scratch.ts";
import { type GuestFiles, initramfsPrograms, makeInitramfs } from "./initramfs.ts";
import { type Kernel, kernelPrograms } from "./kernel-package.ts";
import { endCommand, readSections, type Sections, sectionCommand } from "./sections.ts";

const QEMU = "qemu-system-x86_64";

/** Programs that {@link runInMachine} and the kernel's fetching need. */
export const machinePrograms: readonly string[] = [QEMU, ...initramfsPrograms, ...kernelPrograms];

/** Disks of one machine; its bus has 32 places, and the machine itself, the port and the job disk take some. */
export const MOST_DISKS = 24;

/** Measured: a boot takes 3.5 s. On a busy computer it may be ten times as much. */
const BOOT_MILLISECONDS = 60_000;

/** A virtual machine, software emulation only. */
export interface Machine {
  readonly kernel: Kernel;
  /** Image files that the guest finds as `/dev/disk0`, `/dev/disk1`, …, only to be read. */
  readonly disks?: readonly string[];
  /** Addresses (`iscsi://…`) of drives, which the guest finds as the units 0, 1, … of its only SCSI target. */
  readonly drives?: readonly string[];
  readonly files?: GuestFiles;
  /** Memory of the guest. 256 MiB unless told. */
  readonly megabytes?: number;
  /** Most time for the script, beside that of the boot. */
  readonly milliseconds: number;
}

/**
 * Boots a machine, runs a script of its shell in it, and gives what the script wrote: `section NAME` begins a section.
 *
 * Rejects with the console's last lines when the machine does not come to its end.
 */
export async function runInMachine(machine: Machine, script: string): Promise<Sections> {
  return withScratch(async (folder) => {
    const mark = `@${randomUUID()}`;
    const paths: Paths = {
      initrd: join(folder, "initrd"),
      jobs: join(folder, "jobs"),
      output: join(folder, "output"),
      console: join(folder, "console"),
    };
    const files = machine.files ?? { programs: [], folders: new Map() };
    await makeInitramfs(machine.kernel, files, folder, paths.initrd);
    await writeJobDisk(paths.jobs, `${sectionCommand(mark)}\n${script}\n${endCommand}\n`);
    await writeFile(paths.output, "");
    const end = await boot(optionsOf(machine, paths), BOOT_MILLISECONDS + machine.milliseconds);
    try {
      return readSections(await readFile(paths.output, "utf8"), mark);
    } catch (cause) {
      const said = (await readFile(paths.console, "utf8").catch(() => "")).split("\n").slice(-40).join("\n");
      throw new Error(`QEMU with ${machine.kernel.name} ${end}. Its console ends with:\n${said}`, { cause });
    }
  });
}

interface Paths {
  readonly initrd: string;
  readonly jobs: string;
  readonly output: string;
  readonly console: string;
}

/** A virtio disk holds whole sectors: the script is filled up with zero bytes, which the guest drops. */
async function writeJobDisk(path: string, script: string): Promise<void> {
  const disk = await open(path, "w");
  await disk.writeFile(script);
  await disk.truncate(Math.ceil(Buffer.byteLength(script) / 512) * 512);
  await disk.close();
}

/**
 * `no_timer_check`: on a computer with much else to do the kernel may wait too long for the emulated timer's first ticks, and
 * would panic ("IO-APIC + timer doesn't work").
 */
const KERNEL_OPTIONS = "console=ttyS0 panic=-1 quiet no_timer_check";

function optionsOf({ kernel, disks = [], drives = [], megabytes = 256 }: Machine, paths: Paths): string[] {
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    ...["-accel", "tcg", "-cpu", "max", "-nic", "none", "-m", `${megabytes}`],
    ...["-kernel", kernel.image, "-initrd", paths.initrd, "-append", KERNEL_OPTIONS],
    ...["-serial", `file:${paths.console}`],
    ...["-device", "virtio-serial-pci", "-chardev", `file,id=output,path=${optionValue(paths.output)}`],
    ...["-device", "virtserialport,chardev=output"],
    ...disk("jobs", paths.jobs),
    ...disks.flatMap((image, index) => disk(`disk${index}`, resolve(image))),
    ...(drives.length > 0 ? ["-device", "virtio-scsi-pci"] : []),
    ...drives.flatMap(drive),
  ];
}

function disk(name: string, path: string): string[] {
  return [
    ...["-drive", `if=none,id=${name},format=raw,readonly=on,file.locking=off,file.filename=${optionValue(path)}`],
    ...["-device", `virtio-blk-pci,drive=${name},serial=${name}`],
  ];
}

/** SCSI commands are passed through: what the guest asks, the drive is asked. */
function drive(address: string, unit: number): string[] {
  return [
    ...["-drive", `if=none,id=drive${unit},format=raw,file=${optionValue(address)}`],
    ...["-device", `scsi-generic,drive=drive${unit},channel=0,scsi-id=0,lun=${unit}`],
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
