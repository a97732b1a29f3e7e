import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith } from "@multisession-internal/needs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { burners } from "../src/burners/burners.ts";
import { type Column, columns, exceptionFor } from "../src/burners/exceptions.ts";
import { programTables } from "../src/burners/programs-page.ts";
import {
  bsdtar,
  compareTrees,
  describeDifferences,
  describeJudgment,
  isoinfo,
  judgeSessions,
  linux,
  type ReadEntry,
  xorriso,
} from "../src/index.ts";
import { machinePrograms } from "../src/machine/machine.ts";
import { machineDrives } from "../src/machine/machine-drives.ts";
import type { MountReport } from "../src/readers/linux/mount-report.ts";
import { removeTree } from "../src/scratch.ts";
import { everything } from "./imported.ts";
import { type ProgramRun, runPrograms } from "./programs-run.ts";

const PAGE = new URL("../../docs/programs.md", import.meta.url);
/** The tables of the page lie between these. */
const MARKS = [
  "<!-- tables: from here on made by acceptance/test/programs.slow.test.ts -->\n",
  "\n<!-- until here -->",
] as const;

const programs = [...new Set(burners.flat().flatMap((burner) => burner.programs))];
const cases = burners.flat().flatMap((burner) => burner.discs.map((disc) => ({ burner, disc })));

const sentences: Readonly<Record<Column, string>> = {
  first: "records a first session, which Linux mounts",
  append: "appends a session, which Linux mounts",
  mount: "leaves every session so that Linux mounts it",
  ours: "tells of a session of ours behind its own",
  close: "appends a session behind ours, and closes the disc",
};

/** What a mount shows and should not, in words; nothing when it is right. */
function faultOf(mount: MountReport | undefined, expected: readonly ReadEntry[]): string {
  if (!mount?.isMounted) return `not mounted: ${mount?.message}`;
  if (mount.options.includes("norock")) return "mounted without Rock Ridge";
  const comparison = compareTrees(expected, mount.entries, linux().sees);
  return comparison.differences.length === 0 ? "" : describeDifferences(comparison);
}

/** The last commands that the drive did not answer with GOOD: whose fault it is. */
function refusals({ log }: ProgramRun): string {
  return log
    .filter((line) => !line.endsWith(": good"))
    .slice(-20)
    .join("\n");
}

/** What went wrong in one column, in words; nothing when it is right. */
function faultIn(run: ProgramRun, column: Column): string {
  const { before, after, expected, disc, burner } = run;
  const ended = (name: string): string => {
    const done = before.runs.get(name) ?? after.runs.get(name);
    return done?.code === 0 ? "" : `ended with ${done?.code}: ${done?.output.slice(-1500)}\n${refusals(run)}`;
  };
  switch (column) {
    case "first":
      return ended("first") || faultOf(before.mounts.get("first mounted"), expected.first);
    case "append":
      return ended("append") || faultOf(before.mounts.get("append mounted"), expected.second);
    case "mount":
      return (
        [
          ...[...before.mounts]
            .filter(() => exceptionFor(burner, disc, "first") === undefined)
            .map(([name, mount]) => {
              const tree = name === "append mounted" ? expected.second : expected.first;
              return faultOf(mount, tree);
            }),
          faultOf(after.mounts.get("ours mounted"), expected.third),
          faultOf(after.mounts.get("close mounted"), expected.fourth),
        ].find((fault) => fault !== "") ?? ""
      );
    case "ours": {
      const said = after.runs.get("look at ours")?.output ?? "";
      return burner.lists(said, run.starts, disc) ? ended("look at ours") : `ours is not listed: ${said.slice(-1500)}`;
    }
    case "close":
      return (
        ended("close") ||
        faultOf(after.mounts.get("close mounted"), expected.fourth) ||
        (disc.kind.isOverwritable || run.isClosed ? "" : "the disc is not closed")
      );
  }
}

describeWith(
  [...machinePrograms, machineDrives(), ...programs, "eject", "isoinfo", "bsdtar"],
  "programs of Linux that burn on our recorder",
  () => {
    let folder: string;
    let runs: readonly ProgramRun[] = [];
    let kernelDrives: readonly string[] = [];
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "programs-"));
      ({ runs, kernelDrives } = await runPrograms(folder));
    }, 900_000);
    afterAll(() => removeTree(folder));

    const runOf = (index: number): ProgramRun => {
      const run = runs[index];
      if (!run) throw new Error("The programs did not run.");
      return run;
    };

    it("have drives that the kernel takes for writers of everything", () => {
      const said = kernelDrives.filter((line) => line.includes(" drive: "));
      expect(said).toHaveLength(cases.length);
      for (const line of said)
        expect(line).toMatch(/scsi3-mmc drive: \d+x\/\d+x writer dvd-ram cd\/rw xa\/form2 tray$/);
    });

    describe.each(
      cases.map(({ burner, disc }, index) => ({ name: `${burner.name}, ${disc.kind.name}`, burner, disc, index })),
    )("$name", ({ burner, disc, index }) => {
      it.each(
        columns.map((column) => ({
          column,
          title: `${exceptionFor(burner, disc, column) === undefined ? "" : "does not do this: "}${sentences[column]}`,
        })),
      )("$title", ({ column }) => {
        const fault = faultIn(runOf(index), column);
        if (exceptionFor(burner, disc, column) === undefined) expect(fault).toBe("");
        else expect(fault, "no exception is needed any more").not.toBe("");
      });

      it("leaves what we import, and append to", () => {
        const { theirs, ours, expected } = runOf(index);
        if (theirs) {
          const comparison = compareTrees(expected.second, theirs.entries, everything);
          expect(comparison.differences, describeDifferences(comparison)).toEqual([]);
        }
        const comparison = compareTrees(expected.third, ours.entries, everything);
        expect(comparison.differences, describeDifferences(comparison)).toEqual([]);
        expect(ours.findings).toEqual([]);
      });

      it("leaves a disc file that other readers read", async () => {
        const { image, starts, expected } = runOf(index);
        const start = disc.kind.isOverwritable ? 0 : (starts.at(-1) ?? 0);
        const judgments = await judgeSessions([{ image, start, expected: expected.third }], [xorriso, isoinfo, bsdtar]);
        for (const judgment of judgments) expect(judgment.verdict, describeJudgment(judgment)).toBe("agrees");
      });
    });

    it("are in the tables of docs/programs.md as they were seen", async () => {
      const tables = programTables((burner, disc, column) => {
        const run = runs.find((candidate) => candidate.burner.id === burner && candidate.disc.kind.id === disc);
        return run !== undefined && faultIn(run, column) === "";
      });
      const page = await readFile(PAGE, "utf8");
      const [from, to] = [page.indexOf(MARKS[0]) + MARKS[0].length, page.indexOf(MARKS[1])];
      if (process.env["UPDATE_DOCS"]) await writeFile(PAGE, page.slice(0, from) + tables + page.slice(to));
      else expect(page.slice(from, to)).toBe(tables);
    });
  },
);
