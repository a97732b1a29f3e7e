import type { MechanismContext } from "./multisession.ts";
import type { Plugin } from "./plugin.ts";
import type { Plugins } from "./registry.ts";
import { CONTRACT } from "./units.ts";

/**
 * A symbol that containers take as it is, and that knows the type of what is bound to it. The type lies under a string
 * key that no value has, so tokens of two copies of core fit each other.
 */
export type Token<T> = symbol & { readonly "~type"?: (() => T) | undefined };

/** Makes a token. The same name gives the same token, also in another copy of core. */
export function token<T>(name: string): Token<T> {
  return Symbol.for(`@multisession/core/${name}`) as Token<T>;
}

/** Every plugin is bound under this token, many times. Its contract is checked when it is used, so the key has no version. */
export const PLUGIN: Token<Plugin> = token("plugin");

/** The service that knows all plugins. */
export const PLUGINS: Token<Plugins> = token(`plugins@${CONTRACT}`);

/** What a mechanism made by a container is given. */
export const MECHANISM_CONTEXT: Token<MechanismContext> = token(`mechanism-context@${CONTRACT}`);

/** The id that a mechanism made by a container is registered with, so that one class can serve under several. */
export const MECHANISM_ID: Token<string> = token(`mechanism-id@${CONTRACT}`);
