import type { ScsiTarget } from "@multisession/mmc";
import { kernel } from "../machine/kernel-package.ts";
import { runInMachine } from "../machine/machine.ts";
import { linesOf } from "../machine/sections.ts";
import { serveDrives } from "../machine/serve-drives.ts";
import { type BurnReport, burnReport } from "./burn-report.ts";
import { type BurnCase, guestScript, type Step } from "./guest-script.ts";

/** What is burnt where. */
export interface Workbench {
  /** Programs with their discs, each in a drive of its own. */
  readonly cases: readonly (BurnCase & { readonly drive: ScsiTarget })[];
  /** Folders of this computer, by the names that the programs' commands give them. */
  readonly folders: ReadonlyMap<string, string>;
}

/** A guest with a program for each drive. */
const MEGABYTES = 512;
/** Measured: a minute for 26 discs on two idle cores. */
const MOST_MILLISECONDS = 400_000;

/** The programs at work, all at the same time in one boot of the newest kernel; a report for each case, in order. */
export async function burnInGuest(
  { cases, folders }: Workbench,
  stepsOf: (which: BurnCase) => readonly Step[],
): Promise<{ readonly reports: readonly BurnReport[]; readonly kernelDrives: readonly string[] }> {
  const steps = cases.map(stepsOf);
  const programs = [...new Set(["eject", ...cases.flatMap(({ burner }) => burner.programs)])];
  const drives = await serveDrives(cases.map(({ drive }) => drive));
  try {
    const machine = {
      kernel: await kernel(),
      drives: drives.addresses,
      files: { programs, folders },
      megabytes: MEGABYTES,
      milliseconds: MOST_MILLISECONDS,
    };
    const sections = await runInMachine(machine, guestScript(steps));
    return {
      reports: steps.map((list, unit) => burnReport(sections, unit, list)),
      kernelDrives: linesOf(sections, "kernel drives"),
    };
  } finally {
    await drives.close();
  }
}
