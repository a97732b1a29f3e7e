import {
  createPlugins,
  type DiscRecorder,
  type Driver,
  defineDriver,
  defineMechanism,
  MultisessionError,
  type Plugin,
} from "@multisession/core";
import { describe, expect, it } from "vitest";
import { mediumOf, readerOf } from "./media.ts";

const driver = (id: string, parts: Partial<Driver> = {}): Plugin =>
  defineDriver({
    id,
    contract: 1,
    create: () => ({
      id,
      list: async () => [],
      claims: async () => false,
      open: async (device) => ({ uri: `${id}:${device}` }) as DiscRecorder,
      ...parts,
    }),
  });
const mechanism = (
  id: string,
  create: () => never = () => {
    throw new Error("broken");
  },
): Plugin =>
  defineMechanism({ id, contract: 1, package: `package-${id}`, supports: { media: ["*"], intents: [] }, create });

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return MultisessionError.is(error) ? error.code : String(error);
  }
  return "none";
};

describe("the registry", () => {
  it("lists plugins by kind and id, whatever the order of registration", () => {
    const plugins = [driver("b"), mechanism("z"), driver("a")];
    const names = (list: readonly Plugin[]) => createPlugins(list).all.map(({ kind, id }) => `${kind} ${id}`);
    expect(names(plugins)).toEqual(["driver a", "driver b", "mechanism z"]);
    expect(names(plugins.toReversed())).toEqual(names(plugins));
  });

  it("takes the same plugin twice as one", () => {
    const plugin = driver("a");
    expect(createPlugins(plugin, [plugin]).all).toHaveLength(1);
  });

  it.each([
    ["two plugins of one id", () => createPlugins(driver("a"), driver("a")), "PLUGIN_DUPLICATE"],
    ["a value that is no plugin", () => createPlugins({ id: "a" } as never), "PLUGIN_INVALID"],
    [
      "another contract",
      () => createPlugins(defineDriver({ id: "a", contract: 2, create: () => ({}) as Driver })),
      "PLUGIN_CONTRACT",
    ],
  ])("refuses %s", (_, run, code) => expect(codeOf(run)).toBe(code));

  it("names package and both numbers of an outdated contract", () => {
    expect(() =>
      createPlugins(defineDriver({ id: "a", contract: 7, package: "old-driver", create: () => ({}) as Driver })),
    ).toThrow(/old-driver.*contract 7.*speaks 1/);
  });

  it("keeps a plugin that cannot be created as unavailable, with its cause", () => {
    const { available, unavailable } = createPlugins(mechanism("z")).mechanisms({ source: readerOf(mediumOf()) });
    expect(available).toEqual([]);
    expect(unavailable[0]?.cause).toMatchObject({ code: "PLUGIN_FAILED", cause: new Error("broken") });
  });

  it("opens a device with the driver that claims it", async () => {
    const plugins = createPlugins(driver("a"), driver("b", { claims: async (device) => device === "disc" }));
    expect((await plugins.open("disc")).uri).toBe("b:disc");
  });

  it("names the drivers that were asked when none claims the device", async () => {
    await expect(createPlugins(driver("a"), driver("b")).open("tape:0")).rejects.toMatchObject({
      code: "UNKNOWN_DEVICE",
      message: 'No driver knows the scheme "tape:" (asked: a, b).',
    });
    await expect(createPlugins(driver("a")).open("D:\\disc")).rejects.toMatchObject({
      message: 'No driver knows "D:\\disc" (asked: a).',
    });
  });

  it("lists devices without the drivers that fail", async () => {
    const plugins = createPlugins(
      driver("a", { list: async () => [{ uri: "a:1", text: "one" }] }),
      driver("b", {
        list: async () => {
          throw new Error("no bus");
        },
      }),
    );
    expect(await plugins.devices()).toEqual([{ uri: "a:1", text: "one", driver: "a" }]);
  });

  it.each([
    ["an id in capitals", () => defineDriver({ id: "Virtual", contract: 1, create: () => ({}) as Driver })],
    ["no contract", () => defineDriver({ id: "a", contract: "1" as never, create: () => ({}) as Driver })],
    ["no create", () => defineDriver({ id: "a", contract: 1, create: undefined as never })],
    [
      "no claims of a mechanism",
      () => defineMechanism({ id: "a", contract: 1, supports: {} as never, create: () => ({}) as never }),
    ],
  ])("takes %s as a mistake of the programmer", (_, run) => expect(run).toThrow(TypeError));
});
