import type { Plugin } from "@multisession/core";
import { CommanderError } from "commander";
import type { Start } from "./command-start.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { describeError, errorLines } from "./error-text.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "./exit-codes.ts";
import type { CommandIo } from "./io.ts";
import { createProgram } from "./program.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Runs the command with its arguments, without the name of the program, and gives its exit code. Never throws for what
 * goes wrong with a disc, a file or the arguments: that is said on standard error and by the exit code. `plugins`: more
 * plugins; they take the place of bundled ones with the same id.
 */
export async function run(argv: readonly string[], io: CommandIo, plugins: readonly Plugin[] = []): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.done;
  // Help and the version need none, and a context needs much.
  const contextOf = async (options: GlobalOptions): Promise<Context> =>
    new (await import("./context.ts")).Context(io, options, plugins);
  const start: Start = async (command, work) => {
    const context = await contextOf(command.optsWithGlobals<GlobalOptions>());
    const stopListening = context.interruption.listen();
    try {
      exitCode = await work(context);
    } catch (error) {
      context.progress.end();
      exitCode = report(error, context);
    } finally {
      context.progress.end();
      stopListening();
    }
  };
  try {
    const program = await createProgram(argv, io, start);
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done; // help or version was shown
    const context = await contextOf({ json: argv.includes("--json"), color: !argv.includes("--no-color") });
    return report(error instanceof CommanderError ? usageError(error, argv) : error, context);
  }
  return exitCode;
}

function report(error: unknown, { output, options, hasWritten }: Context): ExitCode {
  const description = describeError(error, hasWritten);
  for (const line of errorLines(error, description, output.paintError, options.debug ?? false)) output.remark(line);
  const exitCode = exitCodeOf(error, hasWritten);
  output.document("error", { exitCode, error: description }, "line");
  return exitCode;
}

function usageError({ code, message }: CommanderError, argv: readonly string[]): UsageError {
  const command = argv.find((argument) => /^[a-z]+$/.test(argument)) ?? "";
  if (code === "commander.help") return new UsageError("No command was given.", "`multisession --help` lists them.");
  const [first = "", ...hints] = message.replace(/^error: /, "").split("\n");
  const text = `${first.charAt(0).toUpperCase()}${first.slice(1)}.`.replace(/\.\.$/, ".");
  const isKnown = code !== "commander.unknownCommand" && command !== "";
  const help = `\`multisession ${isKnown ? `${command} ` : ""}--help\` shows what can be written.`;
  return new UsageError(text, [...hints.map((hint) => hint.replace(/^\(|\)$/g, "")), help].join(" "));
}
