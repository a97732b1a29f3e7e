import { createRequire } from "node:module";
import { Command } from "commander";
import { collect, examples, optionName, type Start } from "./command-start.ts";
import { addBurn } from "./commands/burn.ts";
import { addCapture } from "./commands/capture.ts";
import { addCheck } from "./commands/check.ts";
import { addClose } from "./commands/close.ts";
import { addDevices } from "./commands/devices.ts";
import { addEject } from "./commands/eject.ts";
import { addExplain } from "./commands/explain.ts";
import { addExtract } from "./commands/extract.ts";
import { addInfo } from "./commands/info.ts";
import { addLoad } from "./commands/load.ts";
import { addLog } from "./commands/log.ts";
import { addLs } from "./commands/ls.ts";
import { addNew } from "./commands/new.ts";
import { addPlan } from "./commands/plan.ts";
import { addPlugins } from "./commands/plugins.ts";
import { addRecover } from "./commands/recover.ts";
import { addRevert } from "./commands/revert.ts";
import { addServe } from "./commands/serve.ts";
import { addSessions } from "./commands/sessions.ts";
import { addVerify } from "./commands/verify.ts";
import type { CommandIo } from "./io.ts";
import { UsageError } from "./usage-error.ts";

const { version } = createRequire(import.meta.url)("../package.json") as { readonly version: string };

const EXIT_CODES = `

Exit codes:
  0 done · 2 usage · 3 refused, nothing written · 4 failed, what was there is intact
  5 done with damage, or verification failed · 6 state unknown, run recover · 130 cancelled`;

/** The command line: all commands and options. Errors of parsing are thrown, not printed. */
export function createProgram(io: CommandIo, start: Start): Command {
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
  const adders = [
    addNew,
    addDevices,
    addPlugins,
    addInfo,
    addExplain,
    addPlan,
    addBurn,
    addSessions,
    addLs,
    addExtract,
    addVerify,
    addCheck,
    addCapture,
    addServe,
    addLoad,
    addEject,
    addLog,
    addClose,
    addRecover,
    addRevert,
  ];
  for (const add of adders) add(program, start);
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
