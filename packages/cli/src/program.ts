import { createRequire } from "node:module";
import { Command } from "commander";
import { collect, examples, optionName, type Start } from "./command-start.ts";
import { adders } from "./commands.ts";
import type { CommandIo } from "./io.ts";
import { UsageError } from "./usage-error.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };

const EXIT_CODES = `

Exit codes:
  0 done · 2 usage · 3 refused, nothing written · 4 failed, what was there is intact
  5 done with damage, or verification failed · 6 state unknown, run recover · 130 cancelled`;

/** The command line: the options, and the commands that `argv` may mean. Errors of parsing are thrown, not printed. */
export async function createProgram(argv: readonly string[], io: CommandIo, start: Start): Promise<Command> {
  const program = new Command("multisession")
    .description(
      "Writes recordable discs session by session. DEVICE is a disc file, a drive, or a URI such as virtual:my.disc.",
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {}, outputError: () => {} })
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(io.stdout.columns ?? 100, 110) })
    .showSuggestionAfterError()
    .option("--plugin <package|file>", "load a plugin (can be given more than once)", collect)
    .option("--json", "JSON on standard output: one document, or one event a line and the result last")
    .option("--no-color", "no colours")
    .option("--log <file>", "log every command to a virtual disc (NDJSON); `multisession log` shows it")
    .option("--log-contents", "with what is recorded, so that the log can be replayed")
    .option("--debug", "show where in the program an error came from")
    .addHelpText(
      "after",
      examples(
        "multisession new my.disc --medium bd-r",
        "multisession plan my.disc photos/",
        "multisession burn my.disc photos/",
        "multisession ls my.disc -R",
      ) + EXIT_CODES,
    );
  for (const add of await adders(argv)) add(program, start);
  return program.hook("preAction", (_program, command) => refuseEmpty(command));
}

/** An empty name is a variable of a shell that was never set, and would stand for the current folder. @throws {@link UsageError} */
function refuseEmpty(command: Command): void {
  const empty = Object.entries(command.opts<Readonly<Record<string, unknown>>>()).find(([, value]) =>
    Array.isArray(value) ? value.includes("") : value === "",
  );
  const what = empty === undefined ? "An argument" : `The value of ${optionName(empty[0])}`;
  if (empty === undefined && !command.args.includes("")) return;
  throw new UsageError(`${what} is empty.`, "Write a name there; a variable of your shell may not be set.");
}
