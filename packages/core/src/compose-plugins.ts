import { isPlugin, type Plugin } from "./plugin.ts";
import { createPlugins, type Plugins } from "./registry.ts";

/**
 * The plugins of nested scopes as one service: `scopes` from the nearest to the farthest. A plugin hides those of the
 * same kind and id in farther scopes; two different ones in one scope are an error. The same plugins give the same
 * service again, so that a scope without plugins of its own shares that of the scope around it.
 *
 * @throws `PLUGIN_INVALID`, `PLUGIN_CONTRACT`, `PLUGIN_DUPLICATE` as {@link createPlugins}.
 */
export function composePlugins(...scopes: readonly (readonly Plugin[])[]): Plugins {
  const visible = visibleIn(scopes);
  if (!visible.every(isPlugin)) return createPlugins(visible);
  const node = nodeOf(visible.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)));
  node.service ??= createPlugins(visible);
  return node.service;
}

/** A step on the way from the first plugin of a list to its service. The plugins hold it, so it goes when they go. */
interface Node {
  service?: Plugins;
  readonly next: WeakMap<Plugin, Node>;
}

const root: Node = { next: new WeakMap() };

function nodeOf(plugins: readonly Plugin[]): Node {
  return plugins.reduce((node, plugin) => {
    const next = node.next.get(plugin) ?? { next: new WeakMap() };
    node.next.set(plugin, next);
    return next;
  }, root);
}

function visibleIn(scopes: readonly (readonly Plugin[])[]): readonly Plugin[] {
  const visible = new Set<Plugin>();
  const taken = new Set<string>();
  for (const scope of scopes) {
    const own = scope.filter((plugin) => !isPlugin(plugin) || !taken.has(nameOf(plugin)));
    for (const plugin of own) {
      visible.add(plugin);
      if (isPlugin(plugin)) taken.add(nameOf(plugin));
    }
  }
  return [...visible];
}

const nameOf = ({ kind, id }: Plugin): string => `${kind} ${id}`;
