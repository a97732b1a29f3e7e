import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { wine } from "./tools.ts";

/** What a Windows program ended with. */
export interface Ended {
  /** `undefined` when it took too long. */
  readonly code: number | undefined;
  /** What it wrote, errors behind the rest. */
  readonly text: string;
}

/** A Windows of its own in a folder: Wine, without a display. */
export class Windows {
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  #runs = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    const { DISPLAY: _, ...environment } = process.env;
    this.#environment = {
      ...environment,
      WINEPREFIX: join(folder, "windows"),
      WINEARCH: "win64",
      WINEDEBUG: "-all",
      WINEDLLOVERRIDES: "mscoree,mshtml=d",
      // Otherwise files whose names are not ASCII cannot be found.
      LC_ALL: "C.UTF-8",
    };
  }

  /** Makes it, which takes about ten seconds. */
  static async install(folder: string): Promise<Windows> {
    const windows = new Windows(folder);
    await windows.#must("wineboot", "-i");
    // Node.js refuses Windows 7, which is what Wine is by default.
    await windows.#must("winecfg", "-v", "win10");
    return windows;
  }

  /** A Linux path as Windows programs know it. */
  static path(path: string): string {
    return `Z:${path.replaceAll("/", "\\")}`;
  }

  /** Enters a library's classes into the registry. */
  async register(library: string): Promise<void> {
    await this.#must("regsvr32", "/s", Windows.path(library));
  }

  /** Runs a Windows program. Its output goes through files: Node.js under Wine cannot open a pipe of Linux. */
  async run(
    program: readonly string[],
    { environment = {}, seconds = 120 }: { environment?: NodeJS.ProcessEnv; seconds?: number } = {},
  ): Promise<Ended> {
    const names = ["out", "err"].map((kind) => join(this.#folder, `${this.#runs}.${kind}.txt`));
    this.#runs++;
    const files = names.map((name) => openSync(name, "w"));
    const child = spawn(wine.path ?? "wine", [...program], {
      cwd: this.#folder,
      stdio: ["ignore", ...files],
      env: { ...this.#environment, ...environment },
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status) => resolve(status ?? undefined));
    });
    clearTimeout(timer);
    for (const file of files) closeSync(file);
    return { code, text: names.map((name) => readFileSync(name, "utf8")).join("") };
  }

  /** Ends all that still runs in it. */
  async end(): Promise<void> {
    const server = spawn("wineserver", ["-k"], { stdio: "ignore", env: this.#environment });
    await new Promise((resolve) => {
      server.once("error", resolve);
      server.once("exit", resolve);
    });
  }

  async #must(...program: readonly string[]): Promise<void> {
    const { code, text } = await this.run(program);
    if (code !== 0) throw new Error(`${program.join(" ")} ended with ${code}: ${text}`);
  }
}
