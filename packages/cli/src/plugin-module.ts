import { existsSync } from "node:fs";
import { basename, isAbsolute, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isPlugin, MultisessionError, type Plugin } from "@multisession/core";
import { packageEntry } from "./package-entry.ts";

/**
 * Loads the plugins of a package or file.
 *
 * A module gives a plugin, an array of plugins, or a function that gives one of these, as its default export, as
 * `plugin` or `plugins`, or under the package's own name (`bdrPow` of `@multisession/bdr-pow`).
 *
 * @throws `PLUGIN_NOT_INSTALLED` when there is no such package or file, `PLUGIN_FAILED` when it cannot be loaded or gives
 * no plugin.
 */
export async function loadPlugins(name: string, cwd: string): Promise<readonly Plugin[]> {
  const file = findModule(name, cwd);
  const module = await importModule(file, name);
  const exported = pluginExport(module, name);
  if (exported === undefined) {
    throw failed(
      name,
      "it exports no plugin: a default export, `plugin` or `plugins` must be a plugin, an array, or a function",
    );
  }
  return await pluginsOf(exported, name);
}

/** The plugins that a value stands for: a plugin, an array, a function giving one. @throws `PLUGIN_FAILED` */
export async function pluginsOf(value: unknown, name: string): Promise<readonly Plugin[]> {
  if (isPlugin(value)) return [value];
  if (Array.isArray(value)) return (await Promise.all(value.map((item) => pluginsOf(item, name)))).flat();
  if (typeof value !== "function")
    throw failed(name, `it gives a ${value === null ? "null" : typeof value} where a plugin is expected`);
  let made: unknown;
  try {
    made = await (value as () => unknown)();
  } catch (cause) {
    throw failed(name, `its function threw: ${messageOf(cause)}`, cause);
  }
  if (typeof made === "function") throw failed(name, "its function gives another function, not a plugin");
  return pluginsOf(made, name);
}

/** Imports a module by its file. @throws `PLUGIN_FAILED` with the cause. */
export async function importModule(file: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw failed(name, messageOf(cause), cause);
  }
}

function findModule(name: string, cwd: string): string {
  const path = name.startsWith("file:") ? fileURLToPath(name) : resolve(cwd, name);
  if (isPath(name)) {
    if (existsSync(path)) return path;
    throw new MultisessionError("PLUGIN_NOT_INSTALLED", `There is no plugin file ${path}.`, {
      subject: name,
      advice: "Check the path; a package is named without ./ in front.",
    });
  }
  const entry = packageEntry(name, cwd) ?? packageEntry(name, import.meta.dirname);
  if (entry !== undefined) return entry;
  throw new MultisessionError("PLUGIN_NOT_INSTALLED", `The plugin package "${name}" is not installed.`, {
    subject: name,
    advice: existsSync(path)
      ? `Write ./${name} for the file of that name, or install the package.`
      : `Run \`npm install ${name}\` in ${cwd}, or check the name.`,
  });
}

function isPath(name: string): boolean {
  return /^(\.{1,2}([/\\]|$)|file:|[a-z]:[/\\])/i.test(name) || isAbsolute(name);
}

function pluginExport(module: Readonly<Record<string, unknown>>, name: string): unknown {
  const own = basename(name)
    .replace(/\.[cm]?[jt]s$/, "")
    .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const named = module["default"] ?? module["plugins"] ?? module["plugin"] ?? module[own];
  if (named !== undefined) return named;
  const plugins = Object.values(module).filter(isPlugin);
  return plugins.length > 0 ? plugins : undefined;
}

function failed(name: string, why: string, cause?: unknown): MultisessionError {
  return new MultisessionError("PLUGIN_FAILED", `The plugin "${name}" failed to load: ${why}.`.replace(/\.\.$/, "."), {
    subject: name,
    // A package has an author; a file is as a rule the user's own.
    ...(isPath(name) ? { advice: "Correct what the message says in that file." } : {}),
    ...(cause === undefined ? {} : { cause }),
  });
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
