import type { Command } from "commander";
import type { Start } from "./command-start.ts";

/** Adds a command to the program. */
type Adder = (program: Command, start: Start) => void;

/** The commands in the order of the help. Each is loaded when it may be meant, for loading all of them takes its time. */
const commands: Readonly<Record<string, () => Promise<Adder>>> = {
  new: async () => (await import("./commands/new.ts")).addNew,
  devices: async () => (await import("./commands/devices.ts")).addDevices,
  plugins: async () => (await import("./commands/plugins.ts")).addPlugins,
  info: async () => (await import("./commands/info.ts")).addInfo,
  explain: async () => (await import("./commands/explain.ts")).addExplain,
  plan: async () => (await import("./commands/plan.ts")).addPlan,
  burn: async () => (await import("./commands/burn.ts")).addBurn,
  sessions: async () => (await import("./commands/sessions.ts")).addSessions,
  ls: async () => (await import("./commands/ls.ts")).addLs,
  extract: async () => (await import("./commands/extract.ts")).addExtract,
  verify: async () => (await import("./commands/verify.ts")).addVerify,
  check: async () => (await import("./commands/check.ts")).addCheck,
  capture: async () => (await import("./commands/capture.ts")).addCapture,
  serve: async () => (await import("./commands/serve.ts")).addServe,
  load: async () => (await import("./commands/load.ts")).addLoad,
  eject: async () => (await import("./commands/eject.ts")).addEject,
  log: async () => (await import("./commands/log.ts")).addLog,
  close: async () => (await import("./commands/close.ts")).addClose,
  recover: async () => (await import("./commands/recover.ts")).addRecover,
  revert: async () => (await import("./commands/revert.ts")).addRevert,
};

/** The names of all commands, for tests and documentation. */
export const commandNames: readonly string[] = Object.keys(commands);

/**
 * What adds the commands that the arguments name, wherever they name them: which argument is the command is known only
 * when the options are. All commands when none is named, for help and for words that are none; the version needs none.
 */
export function adders(argv: readonly string[]): Promise<readonly Adder[]> {
  const named = Object.entries(commands).filter(([name]) => argv.includes(name));
  const isVersion = argv.some((argument) => argument === "--version" || argument === "-V");
  const needed = named.length === 0 && !isVersion ? Object.entries(commands) : named;
  return Promise.all(needed.map(([, load]) => load()));
}
