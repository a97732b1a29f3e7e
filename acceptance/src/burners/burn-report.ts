import { linesOf, type Sections } from "../machine/sections.ts";
import { type MountReport, mountReport } from "../readers/linux/mount-report.ts";
import type { Step } from "./guest-script.ts";

/** What a command wrote, and how it ended. */
interface RunReport {
  readonly output: string;
  /** 143 when it took too long. */
  readonly code: number;
}

/** What became of one program's disc. */
export interface BurnReport {
  /** The device in the guest. */
  readonly device: string;
  readonly runs: ReadonlyMap<string, RunReport>;
  readonly mounts: ReadonlyMap<string, MountReport>;
}

/** What the guest wrote about the case of one unit. */
export function burnReport(sections: Sections, unit: number, steps: readonly Step[]): BurnReport {
  const runs = new Map<string, RunReport>();
  const mounts = new Map<string, MountReport>();
  for (const step of steps) {
    if (step.is === "reload") continue;
    const job = `${unit} ${step.name}`;
    if (step.is === "mount") mounts.set(step.name, mountReport(sections, job));
    else runs.set(step.name, { output: sections.get(job) ?? "", code: Number(linesOf(sections, `${job} exit`)[0]) });
  }
  return { device: linesOf(sections, `${unit} device`)[0] ?? "", runs, mounts };
}
