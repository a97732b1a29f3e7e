import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

/** What is changed in a source before it is bundled. */
export interface Mutation {
  /** End of the source's path. */
  readonly file: string;
  change(code: string): string;
}

/** @throws Error when the source is not there, or the change changes nothing. */
function mutating({ file, change }: Mutation): Plugin {
  let isDone = false;
  return {
    name: "mutation",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith(file)) return undefined;
      const changed = change(code);
      isDone = changed !== code;
      return changed;
    },
    buildEnd() {
      if (!isDone) throw new Error(`Nothing was changed in ${file}`);
    },
  };
}

/**
 * Makes modules of TypeScript sources that Node.js for Windows runs: Wine hides symbolic links, so a workspace cannot be
 * used as it is. `sources`: names of the modules, and where their sources lie, relative to the package.
 */
export async function bundle(
  sources: Readonly<Record<string, string>>,
  folder: string,
  mutation?: Mutation,
): Promise<void> {
  await build({
    configFile: false,
    logLevel: "silent",
    plugins: mutation ? [mutating(mutation)] : [],
    ssr: {
      noExternal: true,
      external: ["koffi"],
      resolve: { conditions: ["multisession-source", "node", "import", "default"] },
    },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: "node20.19",
      rollupOptions: {
        input: Object.fromEntries(
          Object.entries(sources).map(([name, source]) => [
            name,
            fileURLToPath(new URL(`../../${source}`, import.meta.url)),
          ]),
        ),
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      },
    },
  });
}

/** Puts the program of a drive's process where the package has it: an application that names none finds it there. */
export function placeHost(folder: string): void {
  mkdirSync(join(folder, "host"), { recursive: true });
  writeFileSync(join(folder, "host", "main.js"), 'import "../host.mjs";\n');
}

/** Puts koffi for Windows where modules of the folder, and of folders in it, find it. */
export function placeKoffi(folder: string, packages: string): void {
  for (const name of ["koffi", "@koromix/koffi-win32-x64"]) {
    mkdirSync(join(folder, "node_modules", name), { recursive: true });
    cpSync(join(packages, name), join(folder, "node_modules", name), { recursive: true });
  }
}
