import { resolve } from "node:path";
import { type BurnEvent, createPlugins, type DiscRecorder, type Plugin, type Plugins } from "@multisession/core";
import type { VirtualRecorder } from "@multisession/driver-virtual";
import { type FoundPlugins, loadConfiguration } from "./configuration.ts";
import { deviceError } from "./device-error.ts";
import { deviceName } from "./device-name.ts";
import { Interruption } from "./interruption.ts";
import type { CommandIo } from "./io.ts";
import { LogFile } from "./log-file.ts";
import { Output } from "./output.ts";
import { loadPlugins } from "./plugin-module.ts";
import { ProgressDisplay } from "./progress-display.ts";
import { UsageError } from "./usage-error.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  /** Packages and files of `--plugin`. */
  readonly plugin?: readonly string[];
  /** `--json` */
  readonly json?: boolean;
  /** `false` with `--no-color`. */
  readonly color?: boolean;
  /** `--debug` */
  readonly debug?: boolean;
  /** File of `--log`. */
  readonly log?: string;
  /** `--log-contents` */
  readonly logContents?: boolean;
}

function logFile({ log, logContents = false }: GlobalOptions, cwd: string): LogFile | undefined {
  if (log === undefined) {
    if (!logContents) return undefined;
    throw new UsageError("--log-contents needs a log.", "Name its file with --log FILE.");
  }
  return new LogFile(resolve(cwd, log), logContents);
}

/** What one run of the command works with. */
export class Context {
  /** Terminal, environment, current folder. */
  readonly io: CommandIo;
  /** `--json`, `--plugin` and the like. */
  readonly options: GlobalOptions;
  /** Results and remarks. */
  readonly output: Output;
  /** Ctrl-C and SIGTERM. */
  readonly interruption: Interruption;
  /** Shows the events of long work. */
  readonly progress: ProgressDisplay;
  /** Whether a burn has begun to change the disc. */
  hasWritten = false;
  readonly #extra: readonly Plugin[];
  readonly #log: LogFile | undefined;
  #plugins: Promise<{ readonly plugins: Plugins; readonly found: readonly FoundPlugins[] }> | undefined;

  constructor(io: CommandIo, options: GlobalOptions, extra: readonly Plugin[] = []) {
    this.#extra = extra;
    this.io = io;
    this.options = options;
    this.output = new Output(io, { json: options.json ?? false, color: options.color ?? true });
    this.#log = logFile(options, io.cwd);
    this.interruption = new Interruption(io);
    this.progress = new ProgressDisplay(io, this.output, this.interruption);
  }

  /** Aborts when the user asks to stop. */
  get signal(): AbortSignal {
    return this.interruption.signal;
  }

  /** All plugins: the bundled ones, those of the configuration file, those of `--plugin`. Loaded once. */
  async plugins(): Promise<Plugins> {
    return (await this.#load()).plugins;
  }

  /** Where plugins that are not bundled came from. */
  async foundPlugins(): Promise<readonly FoundPlugins[]> {
    return (await this.#load()).found;
  }

  /** Logs the first virtual recorder that a command opens itself, as `--log` asks for it. */
  logRecorder(recorder: VirtualRecorder): void {
    this.#log?.begin(recorder);
  }

  /** Opens a recorder for as long as `work` takes. */
  async withRecorder<T>(device: string, work: (recorder: DiscRecorder, plugins: Plugins) => Promise<T>): Promise<T> {
    const plugins = await this.plugins();
    const name = deviceName(device, this.io.cwd);
    const recorder = await plugins.open(name, { signal: this.signal }).catch((error: unknown) => {
      throw deviceError(error, name);
    });
    try {
      return await work(recorder, plugins);
    } finally {
      await recorder.close();
      if (this.#log?.isBegun === false)
        this.output.remark("No log was written: only the commands to virtual recorders are logged.");
    }
  }

  /** Shows an event of a burn, and takes note of the first one that changes the disc. */
  readonly onEvent = (event: BurnEvent): void => {
    if (event.type === "step" && event.step.step !== "barrier" && event.step.step !== "refresh-medium")
      this.hasWritten = true;
    this.progress.onEvent(event);
  };

  #load(): Promise<{ readonly plugins: Plugins; readonly found: readonly FoundPlugins[] }> {
    this.#plugins ??= this.#find();
    return this.#plugins;
  }

  async #find(): Promise<{ readonly plugins: Plugins; readonly found: readonly FoundPlugins[] }> {
    const { bundledPlugins } = await import("./bundled-plugins.ts");
    const found: FoundPlugins[] = [];
    const configuration = await loadConfiguration(this.io.cwd);
    if (configuration !== undefined) found.push(configuration);
    for (const name of this.options.plugin ?? [])
      found.push({ from: name, plugins: await loadPlugins(name, this.io.cwd) });
    const own = [...this.#extra, ...found.flatMap(({ plugins }) => plugins)];
    // A plugin that the user names stands in for the bundled one of the same kind and id.
    const isReplaced = ({ kind, id }: Plugin): boolean =>
      own.some((plugin) => plugin.kind === kind && plugin.id === id);
    const bundled = bundledPlugins(this.#log && ((recorder) => this.#log?.begin(recorder)));
    return {
      plugins: createPlugins(
        bundled.filter((plugin) => !isReplaced(plugin)),
        own,
      ),
      found,
    };
  }
}
