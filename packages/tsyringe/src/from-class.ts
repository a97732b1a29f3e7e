import {
  defineMechanism,
  type IMultisession,
  MECHANISM_CONTEXT,
  MECHANISM_ID,
  type MechanismContext,
  type MechanismPlugin,
  MultisessionError,
  type PluginBase,
} from "@multisession/core";
import type { DependencyContainer } from "tsyringe";

/** What a class is registered with. */
export interface ClassMechanism extends PluginBase, Pick<MechanismPlugin, "supports"> {
  /** Where the class finds what it injects. */
  readonly container: DependencyContainer;
}

/**
 * A mechanism that is an application's own class, decorated with `@injectable()`. It is made once for each recorder, in
 * a child of `container` that holds `MECHANISM_CONTEXT` and `MECHANISM_ID` too; every other dependency comes from
 * `container`.
 *
 * The class may be registered several times with other ids; its instances must have the id that they are registered
 * with. A dependency that is missing makes the mechanism *unavailable* with `PLUGIN_FAILED`, which names it.
 */
export function fromClass(
  Class: new (...dependencies: never[]) => IMultisession,
  { container, ...descriptor }: ClassMechanism,
): MechanismPlugin {
  const { id } = descriptor;
  return defineMechanism({ ...descriptor, create: (context) => checkId(id, Class.name, make(context)) });

  function make(context: MechanismContext): IMultisession {
    const child = container.createChildContainer();
    child.register<MechanismContext>(MECHANISM_CONTEXT, { useValue: context });
    child.register<string>(MECHANISM_ID, { useValue: id });
    // Registered here, so that a singleton of the application's own is not shared between recorders.
    child.register<IMultisession>(PRODUCT, { useClass: Class as new (...dependencies: unknown[]) => IMultisession });
    try {
      return child.resolve<IMultisession>(PRODUCT);
    } catch (cause) {
      throw failed(id, Class.name, cause);
    }
  }
}

const PRODUCT: unique symbol = Symbol("mechanism");

function failed(id: string, name: string, cause: unknown): MultisessionError {
  const why = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, " ").trim();
  return new MultisessionError(
    "PLUGIN_FAILED",
    `The container could not make ${name} for the mechanism "${id}": ${why}`,
    {
      subject: id,
      advice: `Register what ${name} injects in the container that it was registered with.`,
      cause,
    },
  );
}

function checkId(id: string, name: string, mechanism: IMultisession): IMultisession {
  if (mechanism.id === id) return mechanism;
  throw new MultisessionError(
    "PLUGIN_FAILED",
    `${name} is registered as the mechanism "${id}", but its instances call themselves "${mechanism.id}".`,
    { subject: id, advice: "Pass the same id to the base class and to fromClass." },
  );
}
