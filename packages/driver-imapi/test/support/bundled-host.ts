import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { SCENARIO, type Scenario } from "./scenario.ts";

/** A host program of the stand-in, as a file that can be forked. */
export interface BundledHost extends Disposable {
  readonly program: URL;
  /** Folder for discs and records. */
  readonly folder: string;
  /** What hosts that are started from now on have. */
  play(scenario: Scenario): void;
}

/** Beside the packages that the program imports, so that it finds koffi. */
const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));

/** Builds the program: a forked process runs no TypeScript. */
export async function bundleHost(): Promise<BundledHost> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "stand-in-"));
  await build({
    configFile: false,
    logLevel: "silent",
    ssr: {
      noExternal: true,
      external: ["koffi"],
      resolve: { conditions: ["multisession-source", "node", "import", "default"] },
    },
    build: {
      ssr: fileURLToPath(new URL("./stand-in-host.ts", import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      target: "node20.19",
      rollupOptions: { output: { entryFileNames: "host.mjs" } },
    },
  });
  const scenario = join(folder, "scenario.json");
  process.env[SCENARIO] = scenario;
  return {
    program: pathToFileURL(join(folder, "host.mjs")),
    folder,
    play: (played) => writeFileSync(scenario, JSON.stringify(played)),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
