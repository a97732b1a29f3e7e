import "reflect-metadata";
import {
  composePlugins,
  defineMechanism,
  type IMultisession,
  type MechanismPlugin,
  MultisessionError,
  PLUGINS,
  type Plugin,
  type Plugins,
  type Token,
} from "@multisession/core";
import { fromClass as fromInversifyClass, multisessionModule } from "@multisession/inversify";
import { Sequential } from "@multisession/sequential";
import { fromClass as fromTsyringeClass, registerMultisession } from "@multisession/tsyringe";
import { Container } from "inversify";
import { type DependencyContainer, container as globalContainer } from "tsyringe";
import { CLOCK, type Dated } from "./clock.ts";
import * as inInversify from "./dated-inversify.ts";
import * as inTsyringe from "./dated-tsyringe.ts";

/** One scope of an application, whatever composes it. */
export interface Composition {
  add(...plugins: readonly Plugin[]): void;
  plugins(): Plugins;
  child(): Composition;
  bind<T>(key: Token<T>, value: T): void;
  /** Registers an own class, which needs the clock, as a mechanism. */
  addClass(id: string, contract?: number): void;
  /** What a service of the application sees that asks for the plugins. */
  shelf(): readonly string[];
  /** Calls back when the service is handed out. */
  onPlugins(seen: (plugins: Plugins) => void): void;
}

const supports: MechanismPlugin["supports"] = { media: ["bd-r"], intents: ["first", "append"] };

class WithInversify implements Composition {
  readonly #container: Container;

  constructor(container: Container = new Container()) {
    this.#container = container;
  }

  add(...plugins: readonly Plugin[]): void {
    this.#container.load(multisessionModule(...plugins));
  }

  plugins(): Plugins {
    return this.#container.get(PLUGINS);
  }

  child(): Composition {
    return new WithInversify(new Container({ parent: this.#container }));
  }

  bind<T>(key: Token<T>, value: T): void {
    this.#container.bind<T>(key).toConstantValue(value);
  }

  addClass(id: string, contract = 1): void {
    const container = this.#container;
    this.add(fromInversifyClass(inInversify.DatedSequential, { id, contract, supports, container }));
  }

  shelf(): readonly string[] {
    this.#container.bind(inInversify.Shelf).toSelf();
    return this.#container.get(inInversify.Shelf).ids;
  }

  onPlugins(seen: (plugins: Plugins) => void): void {
    this.#container.onActivation<Plugins>(PLUGINS, (_, plugins) => {
      seen(plugins);
      return plugins;
    });
  }
}

class WithTsyringe implements Composition {
  readonly #container: DependencyContainer;

  constructor(container: DependencyContainer = globalContainer.createChildContainer()) {
    this.#container = container;
  }

  add(...plugins: readonly Plugin[]): void {
    registerMultisession(this.#container, ...plugins);
  }

  plugins(): Plugins {
    return this.#container.resolve(PLUGINS);
  }

  child(): Composition {
    return new WithTsyringe(this.#container.createChildContainer());
  }

  bind<T>(key: Token<T>, value: T): void {
    this.#container.register<T>(key, { useValue: value });
  }

  addClass(id: string, contract = 1): void {
    const container = this.#container;
    this.add(fromTsyringeClass(inTsyringe.DatedSequential, { id, contract, supports, container }));
  }

  shelf(): readonly string[] {
    return this.#container.resolve(inTsyringe.Shelf).ids;
  }

  onPlugins(seen: (plugins: Plugins) => void): void {
    this.#container.afterResolution<Plugins>(PLUGINS, (_, plugins) => seen(plugins as Plugins));
  }
}

class PlainDated extends Sequential implements Dated {
  readonly year: number;

  constructor(...[id, context, year]: [...ConstructorParameters<typeof Sequential>, number]) {
    super(id, context);
    this.year = year;
  }
}

/** No container: lists and a map, all that an application needs by hand. */
class WithNone implements Composition {
  readonly #outer: WithNone | undefined;
  readonly #own: Plugin[] = [];
  readonly #values = new Map<symbol, unknown>();
  readonly #seen: ((plugins: Plugins) => void)[] = [];

  constructor(outer?: WithNone) {
    this.#outer = outer;
  }

  add(...plugins: readonly Plugin[]): void {
    this.#own.push(...plugins);
  }

  plugins(): Plugins {
    const plugins = composePlugins(...this.#scopes());
    for (const seen of this.#seen) seen(plugins);
    return plugins;
  }

  child(): Composition {
    return new WithNone(this);
  }

  bind<T>(key: Token<T>, value: T): void {
    this.#values.set(key, value);
  }

  addClass(id: string, contract = 1): void {
    const create: MechanismPlugin["create"] = (context) => new PlainDated(id, context, this.#need(CLOCK).year);
    this.add(defineMechanism({ id, contract, supports, create }));
  }

  shelf(): readonly string[] {
    return this.plugins().all.map(({ id }) => id);
  }

  onPlugins(seen: (plugins: Plugins) => void): void {
    this.#seen.push(seen);
  }

  #scopes(): readonly (readonly Plugin[])[] {
    return [this.#own, ...(this.#outer === undefined ? [] : this.#outer.#scopes())];
  }

  #need<T>(key: Token<T>): T {
    if (this.#values.has(key)) return this.#values.get(key) as T;
    if (this.#outer !== undefined) return this.#outer.#need(key);
    throw new MultisessionError("PLUGIN_FAILED", `Nothing is bound to ${String(key)}.`, { subject: String(key) });
  }
}

/** Every way to compose, for `describe.each`. */
export const compositions: readonly { readonly name: string; open(): Composition }[] = [
  { name: "Inversify", open: () => new WithInversify() },
  { name: "tsyringe", open: () => new WithTsyringe() },
  { name: "no container", open: () => new WithNone() },
];

/** The year that an own class was made with. */
export const yearOf = (mechanism: IMultisession | undefined): number | undefined =>
  (mechanism as (IMultisession & Partial<Dated>) | undefined)?.year;
