import { resolve } from "node:path";
import { MultisessionError } from "@multisession/core";
import { type CapturedMedium, canCapture, captureDocument, type DriveCapture, profileName } from "@multisession/mmc";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { saveDriveFile } from "../drive-file.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { printable, shellWord } from "../printable.ts";
import { bytesText, count, numberText } from "../size.ts";

interface CaptureOptions {
  readonly output?: string;
}

/** Adds `capture`: writes down how a drive behaves, for the virtual recorder. */
export function addCapture(program: Command, start: Start): void {
  program
    .command("capture")
    .argument("<device>", "drive, disc file, or URI")
    .summary("write down how a drive behaves, for the virtual recorder")
    .description(
      "Asks a drive what it is, what it can, and how it behaves with the disc in it. Nothing that was recorded is read, and no serial number is kept; nothing is changed. Capture the drive again with another kind of disc to add that to the file.",
    )
    .option("-o, --output <file>", "save it, customarily as NAME.json")
    .addHelpText(
      "after",
      examples(
        "multisession capture /dev/sr0 -o my-drive.json",
        "multisession new my.disc --medium bd-r --drive my-drive.json",
      ),
    )
    .action((device: string, options: CaptureOptions, command: Command) =>
      start(command, (context) => capture(context, device, options)),
    );
}

function capture(context: Context, device: string, { output: name }: CaptureOptions): Promise<ExitCode> {
  return context.withRecorder(device, async (recorder) => {
    const { io, output, signal } = context;
    if (!canCapture(recorder)) {
      throw new MultisessionError(
        "multisession/not-captured",
        `${recorder.uri} cannot be captured: it is not reached by MMC commands.`,
        {
          subject: recorder.uri,
          advice: "Capture a drive, or a disc file with its state file.",
        },
      );
    }
    const seen = await recorder.capture({ signal });
    const whole = name === undefined ? seen : await saveDriveFile(resolve(io.cwd, name), seen);
    const { version: _, kind: __, ...body } = captureDocument(whole) as { version: number; kind: string };
    output.document("drive", body);
    output.text(...driveLines(whole));
    if (name === undefined) output.text("", "Add -o FILE to save it.");
    else
      output.text(
        "",
        `Saved to ${printable(name)}. Make a disc for it: multisession new my.disc --medium KIND --drive ${shellWord(name)}`,
      );
    return exitCodes.done;
  });
}

function driveLines({ identity, profiles, features, media }: DriveCapture): readonly string[] {
  const { vendor, product, revision } = identity;
  const known = profiles?.map((code) => profileName(Number.parseInt(code, 16))) ?? [];
  return [
    printable([vendor, product, revision].filter((part) => part !== "").join(" ")),
    `  Knows     ${known.length === 0 ? "media that it does not list" : known.join(", ")}`,
    `  Features  ${features === undefined ? "not seen" : count(features.length, "feature")}`,
    ...media.flatMap(mediumLines),
  ];
}

function mediumLines({
  profile,
  mediaId,
  writeSpeeds = [],
  readSpeed,
  bufferBytes,
  quirks = {},
}: CapturedMedium): readonly string[] {
  const name = profileName(Number.parseInt(profile, 16));
  const written = writeSpeeds.map(({ speed }) => numberText(speed)).join(", ");
  return [
    "",
    `With ${name}${mediaId === undefined ? "" : ` (${printable(mediaId)})`}`,
    ...(written === "" ? [] : [`  Writes    ${written} kB/s`]),
    ...(readSpeed === undefined ? [] : [`  Reads     ${numberText(readSpeed)} kB/s`]),
    ...(bufferBytes === undefined ? [] : [`  Buffer    ${bytesText(bufferBytes)}`]),
    ...Object.keys(quirks).map((quirk, index) => `  ${index === 0 ? "Quirks   " : "         "} ${quirk}`),
  ];
}
