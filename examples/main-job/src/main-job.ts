import { mkdir, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins, type DiscRecorder, type Plugins } from "@multisession/core";
import { createDisc, virtual } from "@multisession/driver-virtual";
import { extract, FileSystemImage, openDisc, verifyDisc } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { changeImage, changesText } from "./changes.ts";
import { planText, progressLine, reportText, sessionsText } from "./report.ts";

/** 64 MB: enough for the sample folder, and made in no time. */
const SMALL_DISC = 32_768;

/** What the main job works on. */
export interface MainJob {
  /** The folder to record; it is only read. */
  readonly folder: string;
  /** Where the disc file is made. */
  readonly workFolder: string;
  /** Whether `folder` is the user's own: then the disc is a full-sized one. */
  readonly isOwnFolder: boolean;
  readonly out: NodeJS.WriteStream;
}

/**
 * The main job, end to end: a folder onto a blank BD-R as session 1, the folder changed, session 2 appended, both
 * listed, a file restored from session 1, everything verified.
 *
 * @returns the path of the disc file.
 */
export async function mainJob({ folder, workFolder, isOwnFolder, out }: MainJob): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(found ? `${folder} is no folder.` : `There is no folder ${folder}.`);
  const say = (text: string): void => void out.write(`${text}\n`);
  const plugins = createPlugins(virtual(), iso9660(), sequential(), randomWrite(), bdrPow());
  const disc = await blankDisc(workFolder, isOwnFolder);
  say(`A blank BD-R, in software: ${disc}\n`);
  await using recorder = await plugins.open(disc);
  await using image = await FileSystemImage.open(recorder, plugins, { volumeName: "MY DISC" });

  const record = async (title: string): Promise<void> => {
    const plan = await image.plan();
    say(`${title}\n${planText(plan)}`);
    const report = await image.burn(plan, { onEvent: progressLine(out) });
    say(`${out.isTTY ? "\r\x1b[K" : ""}${reportText(report)}\n`);
  };

  await image.add(folder);
  await record(`Session 1: ${resolve(folder)}, by the mechanism “${image.mechanism.id}”`);
  const changes = await changeImage(image);
  await record(`Session 2: ${changesText(changes)} (in the image; your folder stays as it is)`);

  say(`The sessions on the disc\n${sessionsText(image.history)}\n`);
  if (changes.replaced !== undefined) say(await bothVersions(recorder, plugins, changes.replaced));
  const { reports } = await verifyDisc(recorder, plugins);
  const outcomes = reports.map(({ outcome }, index) => `session ${index + 1} ${outcome}`).join(", ");
  say(`\nEverything read back and compared with the hashes on the disc: ${outcomes}\n`);
  return disc;
}

async function blankDisc(workFolder: string, isFullSize: boolean): Promise<string> {
  await mkdir(workFolder, { recursive: true });
  const disc = join(workFolder, "main-job.disc");
  for (const file of [disc, `${disc}.state`, `${disc}.lock`]) await rm(file, { force: true });
  await createDisc(disc, isFullSize ? { medium: "bd-r" } : { medium: "bd-r", capacity: SMALL_DISC });
  return disc;
}

/** A file as session 1 has it, and as session 2 has it: nothing that was recorded is ever lost. */
async function bothVersions(recorder: DiscRecorder, plugins: Plugins, path: string): Promise<string> {
  const disc = await openDisc(recorder, plugins);
  const lines: string[] = [];
  for (const session of [1, 2]) {
    const onTheWay = { filter: (item: { readonly path: string }) => `${path}/`.startsWith(`${item.path}/`) };
    for await (const item of extract(disc.reader, await disc.volume(session), onTheWay)) {
      if (item.entry.kind === "file") lines.push(`  in session ${session}: ${firstLine(await collect(item.bytes()))}`);
    }
  }
  return `${path}, which session 2 replaced\n${lines.join("\n")}`;
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

function firstLine(bytes: Buffer): string {
  const isText = !bytes.subarray(0, 1000).includes(0);
  const line = bytes.toString("utf8").split("\n", 1)[0] ?? "";
  return isText ? `“${line.slice(0, 70)}”` : `${bytes.length} bytes`;
}
