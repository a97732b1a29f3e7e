import { MultisessionError } from "./errors.ts";
import type { FileSystem } from "./file-system.ts";
import type { IMultisession, MechanismContext } from "./multisession.ts";
import { type DriverPlugin, type FileSystemPlugin, isPlugin, type MechanismPlugin, type Plugin } from "./plugin.ts";
import type { CallOptions, DeviceEntry, DiscRecorder, Driver } from "./recorder.ts";
import { CONTRACT } from "./units.ts";

/** A plugin that could not be created, and why. */
export interface Unavailable {
  /** `id` of the plugin. */
  readonly id: string;
  /** Why it could not be created. */
  readonly cause: MultisessionError;
}

/** What was created, and what could not be. */
export interface Created<T> {
  /** What was created. */
  readonly available: readonly T[];
  /** What could not be created, and why. */
  readonly unavailable: readonly Unavailable[];
}

/** All plugins of an application. Holds descriptors and what has no state of a disc; never recorders. */
export interface Plugins {
  /** Every plugin once, by kind and id. */
  readonly all: readonly Plugin[];
  /** Creates each mechanism for one recorder, in the order of their ids. */
  mechanisms(context: MechanismContext): Created<IMultisession>;
  /** The file systems, in the order of their ids; created once. */
  fileSystems(): Created<FileSystem>;
  /** Devices that the drivers find without being told a name. A driver that fails is left out. */
  devices(options?: CallOptions): Promise<readonly (DeviceEntry & { readonly driver: string })[]>;
  /**
   * Opens a recorder with the driver that claims the device; whoever opens it closes it.
   *
   * @throws `UNKNOWN_DEVICE` when no driver claims it, and what the driver's `open` throws.
   */
  open(device: string, options?: CallOptions): Promise<DiscRecorder>;
}

const claims = new WeakMap<IMultisession, MechanismPlugin>();

/** The descriptor that a mechanism was created from; absent for one that an application made itself. */
export function descriptorOf(mechanism: IMultisession): MechanismPlugin | undefined {
  return claims.get(mechanism);
}

/**
 * Collects plugins. Registration order never counts; the same plugin twice is one.
 *
 * @throws `PLUGIN_INVALID` for a value that is no descriptor, `PLUGIN_CONTRACT` for one of another contract,
 * `PLUGIN_DUPLICATE` for two of the same kind and id.
 */
export function createPlugins(...plugins: readonly (Plugin | readonly Plugin[])[]): Plugins {
  const all = checkPlugins(plugins.flat());
  const ofKind = <K extends Plugin["kind"]>(kind: K): readonly Extract<Plugin, { kind: K }>[] =>
    all.filter((plugin): plugin is Extract<Plugin, { kind: K }> => plugin.kind === kind);
  const drivers = once(() => create(ofKind("driver"), (plugin: DriverPlugin) => plugin.create()));
  const fileSystems = once(() => create(ofKind("file-system"), (plugin: FileSystemPlugin) => plugin.create()));
  return Object.freeze({
    all,
    fileSystems,
    mechanisms: (context: MechanismContext) =>
      create(ofKind("mechanism"), (plugin: MechanismPlugin) => {
        const mechanism = plugin.create(context);
        claims.set(mechanism, plugin);
        return mechanism;
      }),
    async devices(options?: CallOptions) {
      const found = await Promise.all(drivers().available.map((driver) => listed(driver, options)));
      return found.flat();
    },
    async open(device: string, options?: CallOptions) {
      for (const driver of drivers().available) if (await driver.claims(device)) return driver.open(device, options);
      throw unknownDevice(device, drivers());
    },
  });
}

function checkPlugins(plugins: readonly unknown[]): readonly Plugin[] {
  const byName = new Map<string, Plugin>();
  for (const plugin of plugins) {
    if (!isPlugin(plugin))
      throw new MultisessionError(
        "PLUGIN_INVALID",
        `A ${typeof plugin} was registered as a plugin, but it is no plugin.`,
        { subject: String(plugin) },
      );
    if (plugin.contract !== CONTRACT) {
      const where = plugin.package === undefined ? "" : ` (package ${plugin.package})`;
      throw new MultisessionError(
        "PLUGIN_CONTRACT",
        `The ${plugin.kind} "${plugin.id}"${where} was written for contract ${plugin.contract}; this core speaks ${CONTRACT}.`,
        { subject: plugin.id },
      );
    }
    const name = `${plugin.kind} ${plugin.id}`;
    const other = byName.get(name);
    if (other !== undefined && other !== plugin) {
      throw new MultisessionError(
        "PLUGIN_DUPLICATE",
        `Two different plugins are named ${name}${from(other)}${from(plugin)}.`,
        { subject: plugin.id },
      );
    }
    byName.set(name, plugin);
  }
  return Object.freeze([...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, plugin]) => plugin));
}

const from = (plugin: Plugin): string => (plugin.package === undefined ? "" : `, one from ${plugin.package}`);

function create<P extends Plugin, T>(plugins: readonly P[], make: (plugin: P) => T): Created<T> {
  const available: T[] = [];
  const unavailable: Unavailable[] = [];
  for (const plugin of plugins) {
    try {
      available.push(make(plugin));
    } catch (error) {
      const cause = MultisessionError.is(error)
        ? error
        : new MultisessionError(
            "PLUGIN_FAILED",
            `The ${plugin.kind} "${plugin.id}" could not be created: ${error instanceof Error ? error.message : String(error)}`,
            { subject: plugin.id, cause: error },
          );
      unavailable.push({ id: plugin.id, cause });
    }
  }
  return { available, unavailable };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

async function listed(
  driver: Driver,
  options?: CallOptions,
): Promise<readonly (DeviceEntry & { readonly driver: string })[]> {
  const entries = await driver.list(options).catch(() => []);
  return entries.map((entry) => ({ ...entry, driver: driver.id }));
}

function unknownDevice(device: string, drivers: Created<Driver>): MultisessionError {
  const asked = drivers.available.map(({ id }) => id).join(", ") || "none";
  const failed = drivers.unavailable
    .map(({ id, cause }) => ` The driver "${id}" is unavailable: ${cause.message}`)
    .join("");
  const { href } = URL.canParse(device) && !/^[a-z]:/i.test(device) ? new URL(device) : { href: undefined };
  const what =
    href === undefined ? `No driver knows "${device}"` : `No driver knows the scheme "${device.split(":")[0]}:"`;
  return new MultisessionError("UNKNOWN_DEVICE", `${what} (asked: ${asked}).${failed}`, { subject: device });
}
