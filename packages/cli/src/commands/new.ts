import { resolve } from "node:path";
import { MultisessionError } from "@multisession/core";
import { createDisc, driveProfiles, knowsMedium, type VirtualMedium, virtualMedia } from "@multisession/driver-virtual";
import type { DriveCapture } from "@multisession/mmc";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { readDriveFile } from "../drive-file.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { kindText } from "../medium-text.ts";
import { printable, shellWord } from "../printable.ts";
import { blocksAsBytes, count, parseSize } from "../size.ts";
import { isSystemError, reasonOf } from "../system-error.ts";
import { tableLines } from "../table.ts";
import { UsageError } from "../usage-error.ts";

interface NewOptions {
  readonly medium?: string;
  readonly capacity?: number;
  readonly formatted?: true;
  readonly drive?: string;
  readonly list?: true;
}

/** Adds `new`: makes a disc file for the virtual recorder. */
export function addNew(program: Command, start: Start): void {
  program
    .command("new")
    .argument("[disc]", "the file to make, customarily NAME.disc")
    .summary("make a disc file, a blank disc in software")
    .description(
      "Makes a disc file: a blank disc in software, written by a virtual recorder that follows the rules of real ones. It takes up no room until something is written. NAME.disc holds the blocks, NAME.disc.state what else a disc knows.",
    )
    .option("--medium <kind>", virtualMedia.map(({ id }) => id).join(", "))
    .option("--capacity <size>", "such as 25GB, 100MiB, or '5000 blocks'; that of a real disc without it", parseSize)
    .option("--formatted", "formatted already, where the medium is sold unformatted")
    .option("--drive <drive>", "the drive that it behaves as: a name of --list, or a file of `multisession capture`")
    .option("--list", "list the media that can be made, and the drives")
    .addHelpText(
      "after",
      examples(
        "multisession new --list",
        "multisession new my.disc --medium bd-r",
        "multisession new small.disc --medium dvd+rw --capacity 100MiB --formatted",
        "multisession new my.disc --medium bd-r --drive hl-dt-st-wh16ns40",
      ),
    )
    .action((disc: string | undefined, options: NewOptions, command: Command) =>
      start(command, (context) => (options.list ? listMedia(context) : makeDisc(context, disc, options))),
    );
}

async function listMedia({ output }: Context): Promise<ExitCode> {
  const drives = driveProfiles.map(({ id, text, profiles }) => ({ id, text, ...(profiles && { profiles }) }));
  output.document("media", { media: virtualMedia, drives });
  const rows = virtualMedia.map(({ id, capacity, minimum, text }) => [
    id,
    blocksAsBytes(capacity),
    count(minimum, "block"),
    text,
  ]);
  const columns = [
    { title: "medium" },
    { title: "capacity", align: "right" },
    { title: "at least", align: "right" },
    { title: "what it is" },
  ] as const;
  output.text(...tableLines(columns, rows, ""), "");
  const driveRows = drives.map(({ id, text }) => [id, text]);
  output.text(...tableLines([{ title: "drive" }, { title: "what it is" }], driveRows, ""));
  return exitCodes.done;
}

async function makeDisc(context: Context, disc: string | undefined, options: NewOptions): Promise<ExitCode> {
  const { io, output } = context;
  if (disc === undefined)
    throw new UsageError(
      "No file was named for the new disc.",
      "Write it like `multisession new my.disc --medium bd-r`.",
    );
  const medium = chosenMedium(options);
  const file = resolve(io.cwd, disc.replace(/^virtual:/, ""));
  const { capacity, formatted } = options;
  const drive = await chosenDrive(options, medium, io.cwd);
  await createDisc(file, {
    medium: medium.id,
    ...(capacity === undefined ? {} : { capacity }),
    ...(formatted === undefined ? {} : { formatted }),
    ...(drive === undefined ? {} : { drive }),
  }).catch((error: unknown) => {
    throw placeError(error, file);
  });
  await context.withRecorder(`virtual:${file}`, async (recorder) => {
    const made = await recorder.medium();
    output.document("new", {
      device: recorder.uri,
      file,
      medium: made.kind,
      capacity: made.capacity,
      isFormatted: made.isFormatted,
      drive: recorder.drive,
    });
    output.text(
      `Made ${printable(disc)}: ${kindText(made.kind)}, ${blocksAsBytes(made.capacity)} (${count(made.capacity, "block")})${made.isFormatted ? "" : ", not formatted yet"}.`,
      `See what a burn would do: multisession plan ${shellWord(disc)} FOLDER`,
    );
  });
  return exitCodes.done;
}

/** A drive by its name, or from a file: what has a folder or an end of a file in its name is one. */
async function chosenDrive(
  { drive }: NewOptions,
  medium: VirtualMedium,
  cwd: string,
): Promise<DriveCapture | undefined> {
  if (drive === undefined) return undefined;
  const found = /[/\\]|\.json$/i.test(drive)
    ? await readDriveFile(resolve(cwd, drive))
    : driveProfiles.find(({ id }) => id === drive);
  if (found === undefined)
    throw new UsageError(
      `There is no drive "${drive}".`,
      "`multisession new --list` lists them; a file is written like ./my-drive.json.",
    );
  if (!knowsMedium(found, medium.id))
    throw new UsageError(
      `The drive ${[found.identity.vendor, found.identity.product].join(" ")} does not know ${kindText(medium.id)}.`,
      "Choose another drive or another medium; `multisession new --list` lists both.",
    );
  return found;
}

/** The driver knows that there can be no such file; why, and what to do, the system error behind it tells. */
function placeError(error: unknown, file: string): unknown {
  const cause = MultisessionError.is(error) ? error.cause : error;
  if (!isSystemError(cause)) return error;
  return new MultisessionError("INVALID_PATH", `The disc file ${file} cannot be made: ${reasonOf(cause)}.`, {
    subject: file,
    advice: "Name a file in a folder that exists and that you may write to.",
    cause,
  });
}

function chosenMedium({ medium, capacity }: NewOptions): VirtualMedium {
  const ids = virtualMedia.map(({ id }) => id).join(", ");
  if (medium === undefined) throw new UsageError("The kind of disc is missing.", `Add --medium with one of ${ids}.`);
  const found = virtualMedia.find(({ id }) => id === medium.toLowerCase());
  if (found === undefined)
    throw new UsageError(`There is no medium "${medium}".`, `There is ${ids}; \`multisession new --list\` tells more.`);
  if (capacity !== undefined && (capacity < found.minimum || capacity > found.capacity)) {
    throw new UsageError(
      `A ${kindText(found.id)} cannot have ${count(capacity, "block")}.`,
      `Choose from ${count(found.minimum, "block")} (${blocksAsBytes(found.minimum)}) to ${count(found.capacity, "block")} (${blocksAsBytes(found.capacity)}).`,
    );
  }
  return found;
}
