import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import { driveNumber, ISCSI_PORT, portNumber } from "../serving/listen-address.ts";
import { askServed, type ServedOptions } from "../serving/served-request.ts";

/** Adds `eject`: takes the disc out of a drive of `serve`. */
export function addEject(program: Command, start: Start): void {
  program
    .command("eject")
    .summary("take the disc out of a drive of `multisession serve`")
    .description(
      "Takes the disc out of a drive that `multisession serve` offers: everything is on it, and its file is free. Refused while a program keeps the disc in the drive.",
    )
    .option("--drive <number>", "which drive; the first is 0", driveNumber, 0)
    .option("--port <port>", "the port that it listens on", portNumber, ISCSI_PORT)
    .addHelpText("after", examples("multisession eject", "multisession eject --drive 1 --port 3261"))
    .action((options: ServedOptions, command: Command) =>
      start(command, (context) => askServed(context, options, { do: "eject", drive: options.drive })),
    );
}
