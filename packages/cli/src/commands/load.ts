import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import { discFile } from "../serving/disc-file.ts";
import { driveNumber, ISCSI_PORT, portNumber } from "../serving/listen-address.ts";
import { askServed, type ServedOptions } from "../serving/served-request.ts";

/** Adds `load`: puts a disc into a drive of `serve`. */
export function addLoad(program: Command, start: Start): void {
  program
    .command("load")
    .argument("[disc]", "disc file; without it the tray is closed with the disc that is on it")
    .summary("put a disc into a drive of `multisession serve`")
    .description(
      "Puts a disc file into a drive that `multisession serve` offers, in the place of the one in it. Programs that use the drive are told of a new medium. Refused while one of them keeps the disc in the drive.",
    )
    .option("--drive <number>", "which drive; the first is 0", driveNumber, 0)
    .option("--port <port>", "the port that it listens on", portNumber, ISCSI_PORT)
    .addHelpText(
      "after",
      examples("multisession load other.disc", "multisession load other.disc --drive 1 --port 3261"),
    )
    .action((disc: string | undefined, options: ServedOptions, command: Command) =>
      start(command, async (context) => {
        const file = disc === undefined ? undefined : await discFile(disc, context.io.cwd);
        return askServed(context, options, { do: "load", drive: options.drive, ...(file !== undefined && { file }) });
      }),
    );
}
