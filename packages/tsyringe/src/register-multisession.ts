import { composePlugins, PLUGIN, PLUGINS, type Plugin, type Plugins, type Token, token } from "@multisession/core";
import type { DependencyContainer } from "tsyringe";

/**
 * A container with plugins, and the one around it. tsyringe's `resolveAll` sees a container's own registrations or its
 * parent's, never both, and a container does not tell its parent.
 */
interface Scope {
  readonly container: DependencyContainer;
  readonly outer: Scope | undefined;
}

const SCOPE: Token<Scope> = token("tsyringe-scope");

/**
 * Registers plugins under `PLUGIN`, and the service `PLUGINS` over all plugins that a container sees. Needs nothing of
 * tsyringe at run time; the application imports `reflect-metadata` before tsyringe, as tsyringe asks.
 *
 * - It can be called any number of times, for any container of a family, the outer ones first; the same plugin twice
 *   is one.
 * - A plugin in a child container hides its parents' of the same kind and id, for that child and its own children.
 *   Plugins may also be registered directly: `container.register(PLUGIN, { useValue: plugin })`.
 * - `PLUGINS` is registered only where nothing else is, so that an application can put its own in its place. The same
 *   plugins give the same service: it is a singleton until a plugin is added.
 *
 * What is wrong with the plugins shows when `PLUGINS` is resolved: `PLUGIN_INVALID`, `PLUGIN_CONTRACT`,
 * `PLUGIN_DUPLICATE`.
 */
export function registerMultisession(
  container: DependencyContainer,
  ...plugins: readonly (Plugin | readonly Plugin[])[]
): void {
  if (!container.isRegistered(SCOPE))
    container.register<Scope>(SCOPE, { useValue: { container, outer: scopeAround(container) } });
  for (const plugin of plugins.flat()) container.register<Plugin>(PLUGIN, { useValue: plugin });
  if (container.isRegistered(PLUGINS, true)) return;
  container.register<Plugins>(PLUGINS, {
    useFactory: (asking) => composePlugins(pluginsOf(asking), ...scopesFrom(scopeAround(asking))),
  });
}

function scopeAround(container: DependencyContainer): Scope | undefined {
  return container.isRegistered(SCOPE, true) ? container.resolve<Scope>(SCOPE) : undefined;
}

function scopesFrom(scope: Scope | undefined): readonly (readonly Plugin[])[] {
  return scope === undefined ? [] : [pluginsOf(scope.container), ...scopesFrom(scope.outer)];
}

/** Its own plugins, or those of the nearest container around it that has any. */
function pluginsOf(container: DependencyContainer): readonly Plugin[] {
  return container.isRegistered(PLUGIN, true) ? container.resolveAll<Plugin>(PLUGIN) : [];
}
