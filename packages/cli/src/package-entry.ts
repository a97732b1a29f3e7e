import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

/** Conditions of an `exports` field that an import takes (Node.js: "Conditional exports"). */
const importConditions: ReadonlySet<string> = new Set(["node", "import", "module-sync", "default"]);

/**
 * The file that an import of a package gives, looked up from a folder; nothing when the package is not installed there.
 * `require.resolve` alone does not find packages that can only be imported, and `import.meta.resolve` takes no folder.
 */
export function packageEntry(name: string, folder: string): string | undefined {
  const { resolve: find } = createRequire(join(folder, "index.js"));
  try {
    return find(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") return undefined;
  }
  for (const modules of find.paths(name) ?? []) {
    const entry = entryIn(join(modules, name));
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function entryIn(folder: string): string | undefined {
  const manifest = join(folder, "package.json");
  try {
    const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly exports?: unknown };
    const target = importTarget(exports);
    return target === undefined ? undefined : resolve(dirname(manifest), target);
  } catch {
    return undefined;
  }
}

function importTarget(exports: unknown): string | undefined {
  if (typeof exports === "string") return exports;
  if (typeof exports !== "object" || exports === null) return undefined;
  const members = exports as Readonly<Record<string, unknown>>;
  if ("." in members) return importTarget(members["."]);
  for (const [condition, target] of Object.entries(members)) {
    const found = importConditions.has(condition) ? importTarget(target) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
