import type { Kernel } from "../../machine/kernel-package.ts";
import { MOST_DISKS, runInMachine } from "../../machine/machine.ts";
import { quote } from "../../machine/sections.ts";
import { MOUNT_COMMAND, type MountReport, mountReport } from "./mount-report.ts";

/** A mount that the guest tries. */
export interface MountJob {
  /** Path of the image file on this computer. */
  readonly image: string;
  /** Options of `mount -t iso9660`; `ro` is always set. */
  readonly options: readonly string[];
}

/** Measured: a mount of 500 files takes under 1 s. On a busy computer it may be ten times as much. */
const JOB_MILLISECONDS = 10_000;

/**
 * Mounts images in a virtual machine with this kernel, and gives one report for each job. One boot serves all jobs of up
 * to 24 images.
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
  const disks = [...new Set(jobs.map(({ image }) => image))];
  const script = jobs.map(
    ({ image, options }, number) => `judge ${number} /dev/disk${disks.indexOf(image)} ${quote(options.join(","))}`,
  );
  const machine = { kernel, disks, milliseconds: jobs.length * JOB_MILLISECONDS };
  const sections = await runInMachine(machine, [MOUNT_COMMAND, ...script].join("\n"));
  return jobs.map((_, number) => mountReport(sections, `${number}`));
}
