import { kernel } from "../machine/kernel-package.ts";
import { machinePrograms } from "../machine/machine.ts";
import { JOLIET_UNITS, type ReadEntry, type SessionJob, type SessionOutcome, type StrangerReader } from "../reader.ts";
import { type MountJob, mountAll } from "./linux/mount-all.ts";
import type { MountReport } from "./linux/mount-report.ts";

/** Which kernel reads, and which tree of the disc. */
export interface LinuxOptions {
  /** A Debian kernel package. The newest cloud kernel that apt knows, unless told. */
  readonly package?: string;
  /** `rock-ridge`, unless told: what a mount without options shows. */
  readonly tree?: "rock-ridge" | "joliet";
}

/**
 * A kernel that takes the volume space size of a session's head at its word: it drops Rock Ridge, without an error,
 * where a continuation area lies at or beyond it (measured; later kernels read such discs again).
 */
export const STRICT_KERNEL = "linux-image-6.12.111+deb12-cloud-amd64";

/**
 * The kernel's isofs, in a virtual machine. A read rejects unless the kernel says that it took the wanted tree:
 * Linux falls from Rock Ridge to Joliet without an error.
 */
export function linux({ package: name, tree = "rock-ridge" }: LinuxOptions = {}): StrangerReader {
  const isRockRidge = tree === "rock-ridge";
  const readSessions = async (jobs: readonly SessionJob[]): Promise<SessionOutcome[]> => {
    const mounts = jobs.map((job) => mountJob(job, isRockRidge));
    const reports = await mountAll(await kernel(name), mounts);
    return reports.map((report) => outcome(report, isRockRidge));
  };
  return {
    id: [name ?? "linux", ...(isRockRidge ? [] : ["joliet"])].join("-"),
    programs: machinePrograms,
    sees: isRockRidge
      ? {
          rockRidge: true,
          joliet: false,
          modes: 0o7777,
          contents: true,
          mtimes: true,
          linkMtimes: true,
          symlinks: "targets",
        }
      : {
          rockRidge: false,
          joliet: true,
          modes: 0,
          contents: true,
          mtimes: true,
          linkMtimes: false,
          symlinks: "no",
          // Measured (6.12): whole up to here, on discs of ours and of genisoimage.
          maxName: JOLIET_UNITS,
        },
    finds: "any",
    limits: [
      {
        error: /rock: corrupted directory entry\. extent=\d+ out of volume/,
        reason:
          "the kernel takes the size in a session's head for the end of the disc, so it refuses continuation areas of a later session whose head has the session's own size (some kernels of 2026)",
      },
    ],
    readSessions,
    async readSession(image, session): Promise<readonly ReadEntry[]> {
      const [result] = await readSessions([{ image, session }]);
      if (result === undefined || "error" in result) throw result?.error ?? new Error("The kernel gave no answer.");
      return result.entries;
    },
  };
}

function mountJob({ image, session }: SessionJob, isRockRidge: boolean): MountJob {
  const start = session.isFlat ? 0 : session.start;
  // Without check=strict, Joliet names are compared without regard to case, and one of two names is found twice.
  const tree = isRockRidge ? [] : ["norock", "check=strict"];
  return { image, options: [`sbsector=${start}`, "iocharset=utf8", ...tree] };
}

function outcome(report: MountReport, isRockRidge: boolean): SessionOutcome {
  const refuse = (why: string): SessionOutcome => ({
    error: new Error(`${why} The kernel logged: ${report.log.join(" | ") || "nothing"}`),
  });
  if (!report.isMounted) return refuse(`The kernel does not mount it: ${report.message}.`);
  if (isRockRidge && report.options.includes("norock")) return refuse("The kernel dropped Rock Ridge.");
  if (!isRockRidge && report.options.includes("nojoliet")) return refuse("The kernel took no Joliet tree.");
  if (report.log.some(isComplaint)) return refuse("The kernel complained.");
  return { entries: report.entries };
}

/** Lines about the disc, but for those that name the extensions found and the tree taken. */
function isComplaint(line: string): boolean {
  const isAboutDisc = /iso ?9660|isofs|rock|joliet|I\/O error/i.test(line);
  return isAboutDisc && !/^ISO 9660 Extensions: |^ISOFS: changing to secondary root/.test(line);
}
