import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import { tableLines } from "../table.ts";

/** Adds `devices`: recorders that the drivers find. */
export function addDevices(program: Command, start: Start): void {
  program
    .command("devices")
    .summary("list the recorders that were found")
    .description("Lists the recorders that the registered drivers find without being told a name.")
    .addHelpText("after", examples("multisession devices", "multisession devices --json"))
    .action((_options: object, command: Command) => start(command, listDevices));
}

async function listDevices(context: Context): Promise<ExitCode> {
  const { output, signal } = context;
  const plugins = await context.plugins();
  const found = await plugins.devices({ signal });
  output.document("devices", { devices: found.map(({ uri, text, driver }) => ({ uri, text, driver })) });
  if (found.length === 0) {
    output.text(
      "No recorder was found.",
      "A disc file needs none: `multisession new my.disc --medium bd-r` makes one, and its path is its device.",
    );
    return exitCodes.done;
  }
  const rows = found.map(({ uri, text, driver }) => [printable(uri), driver, printable(text)]);
  output.text(...tableLines([{ title: "device" }, { title: "driver" }, { title: "what it is" }], rows, ""));
  return exitCodes.done;
}
