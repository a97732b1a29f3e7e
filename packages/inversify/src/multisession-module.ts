import { composePlugins, PLUGIN, PLUGINS, type Plugin, type Plugins } from "@multisession/core";
import { ContainerModule } from "inversify";

/**
 * Binds plugins under `PLUGIN`, and the service `PLUGINS` over all plugins that a container sees. Loads synchronously.
 *
 * - Any number of modules can be loaded, in any container of a family; the same plugin twice is one.
 * - A plugin in a child container hides its parents' of the same kind and id, for that child and its own children.
 *   Plugins may also be bound without a module: `container.bind(PLUGIN).toConstantValue(plugin)`.
 * - `PLUGINS` is bound by the first module alone, and only where nothing else has bound it. The same plugins give the
 *   same service: it is a singleton until a plugin is added. Unload the first module last.
 *
 * What is wrong with the plugins shows when `PLUGINS` is resolved: `PLUGIN_INVALID`, `PLUGIN_CONTRACT`,
 * `PLUGIN_DUPLICATE` (two different plugins of one kind and id in one container).
 */
export function multisessionModule(...plugins: readonly (Plugin | readonly Plugin[])[]): ContainerModule {
  return new ContainerModule(({ bind, isBound }) => {
    for (const plugin of plugins.flat()) bind<Plugin>(PLUGIN).toConstantValue(plugin);
    if (isBound(PLUGINS)) return;
    // Chained bindings come nearest first, without a mark where a container ends: behind the nearest the first of a name wins.
    // Not in singleton scope: there a child that asks first would leave its own plugins in the parent's service.
    bind<Plugins>(PLUGINS).toResolvedValue(
      (nearest: Plugin[], chained: Plugin[]) => composePlugins(nearest, ...chained.map((plugin) => [plugin])),
      [
        { serviceIdentifier: PLUGIN, isMultiple: true },
        { serviceIdentifier: PLUGIN, isMultiple: true, chained: true },
      ],
    );
  });
}
