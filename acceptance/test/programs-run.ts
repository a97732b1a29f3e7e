import { join } from "node:path";
import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins, type DiscRecorder, type Lba, type Plugins } from "@multisession/core";
import {
  createDisc,
  logLineText,
  openDisc as openDiscFile,
  recordLog,
  type VirtualRecorder,
  virtual,
  writeDiscImage,
} from "@multisession/driver-virtual";
import { FileSystemImage, openDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import type { BurnReport } from "../src/burners/burn-report.ts";
import { burners } from "../src/burners/burners.ts";
import { isRecorded } from "../src/burners/exceptions.ts";
import { type BurnCase, firstSteps, lastSteps } from "../src/burners/guest-script.ts";
import { burnInGuest } from "../src/burners/workbench.ts";
import { type ReadEntry, writeTree } from "../src/index.ts";
import { type Imported, imported } from "./imported.ts";
import { ourFirstTree, type SessionTrees, sessionTrees, treeOf } from "./session-trees.ts";

/** Small discs: the programs are slow enough. */
const CAPACITY = 70_000;

/** A program with one disc, from the first session to the closed disc. */
export interface ProgramRun extends BurnCase {
  /** Every command that the drive was sent by the guest, with its answer, in words. */
  readonly log: readonly string[];
  /** What was done before our session. */
  readonly before: BurnReport;
  /** The newest session before ours, as we import it; nothing when there is none. */
  readonly theirs: Imported | undefined;
  /** All blocks of the disc with our session on it. */
  readonly image: string;
  /** Where its sessions start, ours the last. */
  readonly starts: readonly Lba[];
  /** Our session, as we import it. */
  readonly ours: Imported;
  /** What was done afterwards. */
  readonly after: BurnReport;
  /** Whether the disc takes no more sessions in the end. */
  readonly isClosed: boolean;
  /** What should be in the disc after each of its sessions. */
  readonly expected: ExpectedTrees;
}

/** What should be found after each step. */
interface ExpectedTrees {
  readonly first: readonly ReadEntry[];
  readonly second: readonly ReadEntry[];
  readonly third: readonly ReadEntry[];
  readonly fourth: readonly ReadEntry[];
}

type OnDisc<Result> = (recorder: DiscRecorder, plugins: Plugins, medium: VirtualRecorder) => Promise<Result>;

/** All programs with all discs: their sessions, ours behind them, and theirs again. */
export async function runPrograms(folder: string): Promise<{
  readonly runs: readonly ProgramRun[];
  /** What the kernels said of each drive when they saw it. */
  readonly kernelDrives: readonly string[];
}> {
  const trees = sessionTrees();
  const names = ["first", "second", "third", "fourth"] as const;
  for (const name of names) await writeTree(trees[name], join(folder, name));
  const folders = new Map(names.map((name) => [name, join(folder, name)]));
  const machines = burners.map((group) =>
    group.flatMap((burner) =>
      burner.discs.map(
        (disc): DiscInFile => ({ burner, disc, file: join(folder, `${burner.id}-${disc.kind.id}.disc`), log: [] }),
      ),
    ),
  );
  for (const { disc, file } of machines.flat()) await putDisc(disc.kind, file, join(folder, "third"));

  const work = (stepsOf: typeof firstSteps): Promise<Awaited<ReturnType<typeof burnInGuest>>[]> =>
    Promise.all(machines.map((cases) => inDrives(cases, (driven) => burnInGuest({ cases: driven, folders }, stepsOf))));
  const first = await work(firstSteps);
  const sessions = [];
  for (const { file } of machines.flat()) {
    sessions.push(await onDisc(file, appendOurs(join(folder, "third"), `${file}.iso`)));
  }
  const last = await work(lastSteps);

  const befores = first.flatMap(({ reports }) => reports);
  const afters = last.flatMap(({ reports }) => reports);
  const runs: ProgramRun[] = [];
  for (const [index, { burner, disc, file, log }] of machines.flat().entries()) {
    const [before, session, after] = [befores[index], sessions[index], afters[index]];
    if (!before || !session || !after) throw new TypeError("Every case has its reports.");
    const isClosed = await onDisc(file, async (recorder) => (await recorder.medium()).status === "complete");
    const expected = expectedTrees({ burner, disc }, trees);
    runs.push({ burner, disc, log, before, after, isClosed, expected, ...session });
  }
  return { runs, kernelDrives: first.flatMap(({ kernelDrives }) => kernelDrives) };
}

/** A program with its disc before it is in a drive. */
interface DiscInFile extends BurnCase {
  readonly file: string;
  readonly log: string[];
}

/** Puts discs into drives for a while, and logs what the drives are told. */
async function inDrives<Result>(
  discs: readonly DiscInFile[],
  use: (driven: readonly (DiscInFile & { readonly drive: VirtualRecorder })[]) => Promise<Result>,
): Promise<Result> {
  const drives: VirtualRecorder[] = [];
  try {
    const driven = [];
    for (const disc of discs) {
      const drive = await openDiscFile(disc.file);
      drives.push(drive);
      recordLog(drive, (line) => disc.log.push(logLineText(line)));
      driven.push({ ...disc, drive });
    }
    return await use(driven);
  } finally {
    for (const drive of drives) drive.close();
  }
}

/** A disc as it comes: new, or with a session on it. */
async function putDisc({ comesAs, isUsed }: BurnCase["disc"]["kind"], file: string, source: string): Promise<void> {
  await createDisc(file, { medium: comesAs, capacity: CAPACITY });
  if (isUsed) await onDisc(file, (recorder, plugins) => burn(recorder, plugins, source));
}

function appendOurs(source: string, image: string): OnDisc<Pick<ProgramRun, "theirs" | "ours" | "starts" | "image">> {
  return async (recorder, plugins, medium) => {
    const before = (await openDisc(recorder, plugins)).history.states.at(-1);
    const theirs = before && (await imported(recorder, plugins, before.start));
    await burn(recorder, plugins, source);
    const starts = (await openDisc(recorder, plugins)).history.states.map(({ start }) => start);
    writeDiscImage(medium, image);
    return { theirs, starts, image, ours: await imported(recorder, plugins, starts.at(-1) ?? 0) };
  };
}

async function burn(recorder: DiscRecorder, plugins: Plugins, source: string): Promise<void> {
  const image = await FileSystemImage.open(recorder, plugins, { volumeName: "THIRD" });
  await image.add(source, { into: "/" });
  await image.burn(await image.plan());
}

async function onDisc<Result>(file: string, use: OnDisc<Result>): Promise<Result> {
  let medium: VirtualRecorder | undefined;
  const driver = virtual({
    onOpen: (opened) => {
      medium = opened;
    },
  });
  const plugins = createPlugins(driver, iso9660(), sequential(), randomWrite(), bdrPow());
  const recorder = await plugins.open(file);
  try {
    if (medium === undefined) throw new TypeError("The driver tells of every recorder that it opens.");
    return await use(recorder, plugins, medium);
  } finally {
    await recorder.close();
  }
}

/** What a program cannot record is not expected. */
function expectedTrees({ burner, disc }: BurnCase, trees: SessionTrees): ExpectedTrees {
  const first = isRecorded(burner, disc, "first") ? [trees.first] : [];
  const second = isRecorded(burner, disc, "append") ? [...first, trees.second] : first;
  const third = [...second, trees.third];
  const fourth = isRecorded(burner, disc, "close") ? [...third, trees.fourth] : third;
  if (second.length === 0) {
    const ours = ourFirstTree(trees.third);
    return { first: [], second: [], third: ours, fourth: ours };
  }
  return { first: treeOf(...first), second: treeOf(...second), third: treeOf(...third), fourth: treeOf(...fourth) };
}
