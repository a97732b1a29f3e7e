import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { MultisessionError, type Plugin } from "@multisession/core";
import { importModule, loadPlugins, pluginsOf } from "./plugin-module.ts";

/** Name of the configuration file, looked for in the current folder and then in its parents. */
export const CONFIGURATION_FILE = "multisession.config.js";

/** What the default export of a `multisession.config.js` holds. */
export interface Configuration {
  /** Plugins, functions giving plugins, or names of packages and files as `--plugin` takes them. */
  readonly plugins?: readonly unknown[];
}

/** Plugins and where they were found. */
export interface FoundPlugins {
  /** The configuration file, or what was given to `--plugin`. */
  readonly from: string;
  /** In the order given. */
  readonly plugins: readonly Plugin[];
}

/**
 * Loads the plugins that the nearest configuration file names; relative files in it start from its own folder.
 *
 * @throws `PLUGIN_FAILED` when the file cannot be loaded or holds something else, and what {@link loadPlugins} throws.
 */
export async function loadConfiguration(cwd: string): Promise<FoundPlugins | undefined> {
  const file = findConfiguration(cwd);
  if (file === undefined) return undefined;
  const { default: configuration } = await importModule(file, file);
  const plugins = (configuration as Configuration | undefined)?.plugins;
  if (!Array.isArray(plugins)) {
    throw new MultisessionError("PLUGIN_FAILED", `${file} does not hold a list of plugins.`, {
      subject: file,
      advice: "It should read: export default { plugins: [ … ] };",
    });
  }
  const folder = dirname(file);
  const found = await Promise.all(
    plugins.map((item: unknown) => (typeof item === "string" ? loadPlugins(item, folder) : pluginsOf(item, file))),
  );
  return { from: file, plugins: found.flat() };
}

function findConfiguration(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, CONFIGURATION_FILE);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
}
