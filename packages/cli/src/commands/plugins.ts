import type { Plugin } from "@multisession/core";
import type { Command } from "commander";
import { examples, type Start } from "../command-start.ts";
import type { Context } from "../context.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import { tableLines } from "../table.ts";

/** Adds `plugins`: everything that is registered, and where it came from. */
export function addPlugins(program: Command, start: Start): void {
  program
    .command("plugins")
    .summary("list mechanisms, file systems and drivers")
    .description(
      "Lists every plugin: the bundled ones, those of multisession.config.js, and those of --plugin. A plugin that you name takes the place of the bundled one with the same id.",
    )
    .addHelpText(
      "after",
      examples(
        "multisession plugins",
        "multisession plugins --plugin ./my-mechanism.js",
        "multisession plugins --json",
      ),
    )
    .action((_options: object, command: Command) => start(command, listPlugins));
}

async function listPlugins(context: Context): Promise<ExitCode> {
  const { all } = await context.plugins();
  const found = await context.foundPlugins();
  const entries = all.map((plugin) => ({
    kind: plugin.kind,
    id: plugin.id,
    contract: plugin.contract,
    package: plugin.package ?? null,
    from: found.find((source) => source.plugins.includes(plugin))?.from ?? null,
    ...(plugin.kind === "mechanism" ? { media: plugin.supports.media, intents: plugin.supports.intents } : {}),
  }));
  context.output.document("plugins", { plugins: entries });
  const rows = all.map((plugin, index) => {
    const { from } = entries[index] ?? { from: null };
    return [plugin.kind, plugin.id, from === null ? "bundled" : printable(from), purposeOf(plugin)];
  });
  const columns = [{ title: "kind" }, { title: "id" }, { title: "from" }, { title: "for" }];
  context.output.text(...tableLines(columns, rows, ""));
  return exitCodes.done;
}

function purposeOf(plugin: Plugin): string {
  if (plugin.kind !== "mechanism") return plugin.package ?? "";
  return `${plugin.supports.media.join(", ")}: ${plugin.supports.intents.join(", ")}`;
}
