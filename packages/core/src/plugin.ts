import type { FileSystem } from "./file-system.ts";
import type { IntentKind } from "./intent.ts";
import type { IMultisession, MechanismContext } from "./multisession.ts";
import type { Driver } from "./recorder.ts";

const brand: symbol = Symbol.for("@multisession/core/plugin");

/** What all descriptors have. A descriptor is plain, frozen data with one function: no container, no decorator. */
export interface PluginBase {
  /** Unique among the plugins of its kind: lower-case words with hyphens. */
  readonly id: string;
  /** The contract that the plugin's file was written for: a literal, never core's own constant. */
  readonly contract: number;
  /** Name of the package, for messages. */
  readonly package?: string;
}

/** What a mechanism claims. Core refuses everything else in its place, so a new intent never reaches an old mechanism. */
export interface MechanismSupport {
  /** Kinds of media; `*` for every kind. */
  readonly media: readonly string[];
  /** Kinds of intents that it answers. */
  readonly intents: readonly IntentKind[];
}

/** A mechanism to be created for each recorder. */
export interface MechanismPlugin extends PluginBase {
  readonly kind: "mechanism";
  /** What it claims. */
  readonly supports: MechanismSupport;
  /** Synchronous and cheap; must not ask the drive. */
  create(context: MechanismContext): IMultisession;
}

/** A file system. */
export interface FileSystemPlugin extends PluginBase {
  readonly kind: "file-system";
  /** Makes the file system. */
  create(): FileSystem;
}

/** A driver. What is slow or native happens in its `open`, not in `create`. */
export interface DriverPlugin extends PluginBase {
  readonly kind: "driver";
  /** Makes the driver; must not touch a device. */
  create(): Driver;
}

/** A plugin of any kind. */
export type Plugin = MechanismPlugin | FileSystemPlugin | DriverPlugin;

/** Describes a mechanism. @throws `TypeError` when a member is missing or makes no sense. */
export function defineMechanism(descriptor: Omit<MechanismPlugin, "kind">): MechanismPlugin {
  if (!Array.isArray(descriptor.supports?.media) || !Array.isArray(descriptor.supports.intents)) {
    throw new TypeError(`The mechanism "${descriptor.id}" must say in supports which media and intents it takes`);
  }
  return define({ kind: "mechanism", ...descriptor });
}

/** Describes a file system. @throws `TypeError` when a member is missing or makes no sense. */
export function defineFileSystem(descriptor: Omit<FileSystemPlugin, "kind">): FileSystemPlugin {
  return define({ kind: "file-system", ...descriptor });
}

/** Describes a driver. @throws `TypeError` when a member is missing or makes no sense. */
export function defineDriver(descriptor: Omit<DriverPlugin, "kind">): DriverPlugin {
  return define({ kind: "driver", ...descriptor });
}

/** Whether a value is a plugin's descriptor, also one made by another copy of core. */
export function isPlugin(value: unknown): value is Plugin {
  return typeof value === "object" && value !== null && brand in value;
}

function define<P extends Plugin>(plugin: P): P {
  if (typeof plugin.id !== "string" || !/^[a-z0-9][a-z0-9-]*$/.test(plugin.id)) {
    throw new TypeError(`A plugin's id is lower-case words with hyphens, not "${String(plugin.id)}"`);
  }
  if (!Number.isInteger(plugin.contract))
    throw new TypeError(`The plugin "${plugin.id}" must state its contract as a whole number`);
  if (typeof plugin.create !== "function") throw new TypeError(`The plugin "${plugin.id}" has no create function`);
  return Object.freeze(Object.defineProperty(plugin, brand, { value: true }));
}
