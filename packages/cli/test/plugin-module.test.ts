import { describe, expect, it } from "vitest";
import { loadConfiguration } from "../src/configuration.ts";
import { loadPlugins } from "../src/plugin-module.ts";
import { driverText } from "./support/plugin-text.ts";
import { scratch } from "./support/scratch.ts";

const idsOf = async (name: string, folder: string): Promise<readonly string[]> =>
  (await loadPlugins(name, folder)).map(({ id }) => id);

const manifest = (entry: object): string => JSON.stringify({ name: "thing", type: "module", ...entry });

describe("a plugin module", () => {
  it.each([
    ["a plugin as default export", `export default ${driverText("one")};`, ["one"]],
    ["an array", `export default [${driverText("one")}, ${driverText("two")}];`, ["one", "two"]],
    ["a function giving one", `export default () => ${driverText("one")};`, ["one"]],
    ["an asynchronous function giving several", `export default async () => [${driverText("one")}];`, ["one"]],
    ["`plugins`", `export const plugins = [() => ${driverText("one")}];`, ["one"]],
    ["its own name", `export class Other {}\nexport const myDriver = () => ${driverText("one")};`, ["one"]],
    ["a plugin under any name", `export const other = 1;\nexport const thing = ${driverText("one")};`, ["one"]],
  ])("gives its plugins as %s", async (_, source, ids) => {
    expect(await idsOf("./my-driver.mjs", scratch({ "my-driver.mjs": source }))).toEqual(ids);
  });

  it.each([
    ["main", { main: "./entry.js" }],
    ["exports with a default", { exports: { ".": { default: "./entry.js" } } }],
    ["exports for imports only", { exports: { ".": { types: "./no.d.ts", import: "./entry.js" } } }],
  ])("is found as a package by its %s, from a folder below", async (_, entry) => {
    const folder = scratch({
      "node_modules/thing/package.json": manifest(entry),
      "node_modules/thing/entry.js": `export const plugin = ${driverText("from-package")};`,
      "deep/down/file": "",
    });
    expect(await idsOf("thing", `${folder}/deep/down`)).toEqual(["from-package"]);
  });

  it.each(["nowhere", "@nobody/nothing", "./missing.js", "/missing/too.js"])("%s is not installed", async (name) => {
    await expect(loadPlugins(name, scratch())).rejects.toMatchObject({ code: "PLUGIN_NOT_INSTALLED", subject: name });
  });

  it.each([
    ["has a mistake", "export const = 1;"],
    ["throws", `throw new Error("no luck today");`],
    ["misses a package of its own", `import "not-there-either";`],
    ["exports nothing of use", "export const answer = 42;"],
    ["gives no plugin", "export default { id: 'nearly' };"],
    ["has a function that throws", "export default () => { throw new Error('no luck today'); };"],
  ])("that %s fails to load, which is another error", async (_, source) => {
    const folder = scratch({ "bad.mjs": source });
    await expect(loadPlugins("./bad.mjs", folder)).rejects.toMatchObject({
      code: "PLUGIN_FAILED",
      subject: "./bad.mjs",
      advice: "Correct what the message says in that file.",
    });
  });

  it("that is a package is its author's to correct", async () => {
    const folder = scratch({
      "node_modules/thing/package.json": manifest({ main: "./entry.js" }),
      "node_modules/thing/entry.js": "export const answer = 42;",
    });
    await expect(loadPlugins("thing", folder)).rejects.toMatchObject({
      code: "PLUGIN_FAILED",
      advice: expect.stringContaining("author"),
    });
  });
});

describe("multisession.config.js", () => {
  it("is found in a parent folder, and its files start from its own folder", async () => {
    const folder = scratch({
      "multisession.config.js": `export default { plugins: [${driverText("inline")}, "./own/driver.mjs"] };`,
      "package.json": `{ "type": "module" }`,
      "own/driver.mjs": `export default ${driverText("from-file")};`,
      "a/b/c": "",
    });
    const found = await loadConfiguration(`${folder}/a/b`);
    expect(found?.plugins.map(({ id }) => id)).toEqual(["inline", "from-file"]);
    expect(found?.from).toBe(`${folder}/multisession.config.js`);
  });

  it.each([
    ["without a list", "export default {};"],
    ["with something that is no plugin", "export default { plugins: [42] };"],
    ["with a mistake", "export default {"],
  ])("%s is refused with its path", async (_, source) => {
    const folder = scratch({ "multisession.config.js": source, "package.json": `{ "type": "module" }` });
    await expect(loadConfiguration(folder)).rejects.toMatchObject({
      code: "PLUGIN_FAILED",
      subject: `${folder}/multisession.config.js`,
    });
  });
});
