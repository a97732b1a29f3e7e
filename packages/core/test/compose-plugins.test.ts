import { composePlugins, defineMechanism, type MechanismPlugin, MultisessionError } from "@multisession/core";
import { describe, expect, it } from "vitest";

const mechanism = (id: string): MechanismPlugin =>
  defineMechanism({
    id,
    contract: 1,
    supports: { media: ["*"], intents: [] },
    create: () => {
      throw new Error("never created here");
    },
  });

describe("plugins of nested scopes", () => {
  const far = mechanism("a");
  const near = mechanism("a");
  const other = mechanism("b");

  it("hide plugins of the same kind and id in farther scopes", () => {
    expect(composePlugins([near], [other, far]).all).toEqual([near, other]);
  });

  it("are the same service for the same plugins, in whatever order and scope", () => {
    expect(composePlugins([other], [near])).toBe(composePlugins([near, other]));
    expect(composePlugins([other], [near])).not.toBe(composePlugins([other], [far]));
  });

  it.each([
    ["two different plugins of one id in one scope", [near, far], "PLUGIN_DUPLICATE"],
    ["a value that is no plugin", [near, { kind: "mechanism", id: "c" } as never], "PLUGIN_INVALID"],
  ])("are refused with %s", (_, scope, code) => {
    const caught = (() => {
      try {
        return composePlugins(scope);
      } catch (error) {
        return error;
      }
    })();
    expect(MultisessionError.is(caught) && caught.code).toBe(code);
  });
});
