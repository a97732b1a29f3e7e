import "reflect-metadata";
import {
  createPlugins,
  type DiscReader,
  defineMechanism,
  MECHANISM_CONTEXT,
  MECHANISM_ID,
  type MechanismContext,
  MultisessionError,
  PLUGIN,
  PLUGINS,
  type Plugins,
} from "@multisession/core";
import { Sequential, sequential } from "@multisession/sequential";
import { fromClass, registerMultisession } from "@multisession/tsyringe";
import { container, inject, singleton } from "tsyringe";
import { describe, expect, it } from "vitest";

const source: DiscReader = {
  uri: "test:off",
  medium: () => Promise.reject(new MultisessionError("NO_MEDIUM", "There is no disc.", { subject: "test:off" })),
  read: () => Promise.reject(new MultisessionError("READ_FAILED", "Block 0", { subject: "test:off" })),
};

/** The application's author wrote `@singleton()`, which writes into tsyringe's global container. */
@singleton()
class OnlyOne extends Sequential {
  constructor(@inject(MECHANISM_ID) id: string, @inject(MECHANISM_CONTEXT) context: MechanismContext) {
    super(id, context);
  }
}

const supports = { media: ["bd-r"], intents: ["first"] } as const;

describe("tsyringe", () => {
  it("the global container is never touched", () => {
    registerMultisession(container.createChildContainer(), sequential());
    expect(container.isRegistered(PLUGIN)).toBe(false);
    expect(container.isRegistered(PLUGINS)).toBe(false);
  });

  it("a class that is decorated as a singleton is still made for each recorder", () => {
    const child = container.createChildContainer();
    registerMultisession(child, fromClass(OnlyOne, { id: "only-one", contract: 1, supports, container: child }));
    const plugins = child.resolve<Plugins>(PLUGINS);
    const [first] = plugins.mechanisms({ source }).available;
    const [second] = plugins.mechanisms({ source }).available;
    expect(first?.id).toBe("only-one");
    expect(second).not.toBe(first);
  });

  it("a plugin that is registered directly in a child, without the adapter, is seen there and only there", () => {
    const parent = container.createChildContainer();
    registerMultisession(parent, sequential());
    const child = parent.createChildContainer();
    const own = defineMechanism({
      id: "own",
      contract: 1,
      supports,
      create: (context) => new Sequential("own", context),
    });
    child.register(PLUGIN, { useValue: own });
    const idsIn = (scope: typeof parent) => scope.resolve<Plugins>(PLUGINS).all.map(({ id }) => id);
    expect(idsIn(child)).toEqual(["own", "sequential"]);
    expect(idsIn(parent)).toEqual(["sequential"]);
  });

  it("a service that the application puts in its place stays", () => {
    const child = container.createChildContainer();
    const mine = createPlugins(sequential());
    child.register(PLUGINS, { useValue: mine });
    registerMultisession(child, sequential());
    expect(child.resolve(PLUGINS)).toBe(mine);
  });

  it("an instance that calls itself by another id is refused", () => {
    const child = container.createChildContainer();
    class Stubborn extends Sequential {
      constructor() {
        super("stubborn", { source });
      }
    }
    registerMultisession(child, fromClass(Stubborn, { id: "meek", contract: 1, supports, container: child }));
    const { unavailable } = child.resolve<Plugins>(PLUGINS).mechanisms({ source });
    expect(unavailable[0]?.cause.message).toMatch(/registered as the mechanism "meek".*"stubborn"/);
  });
});
