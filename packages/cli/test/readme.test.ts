import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch } from "./support/scratch.ts";

it("the ten lines of the README record a session, and print what it costs", async () => {
  const folder = scratch({ "photos/a.txt": "a" });
  await cli(folder, ["new", "backup.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const [, lines = ""] = /## In ten lines\n\n```ts\n(.*?)```/s.exec(readme) ?? [];
  const program = lines
    .replace(/^import (\{.*\}) from (".*");$/gm, "const $1 = await load($2);")
    .replace(/"(backup\.disc|photos)"/g, (_, name: string) => JSON.stringify(join(folder, name)));
  const printed: unknown[] = [];
  const AsyncFunction = (async () => undefined).constructor as new (
    ...text: readonly string[]
  ) => (load: (name: string) => Promise<unknown>, console: { log: (what: unknown) => void }) => Promise<void>;
  const run = new AsyncFunction("load", "console", program);
  await run((name) => import(name), { log: (what) => printed.push(what) });
  expect(printed).toEqual([[{ resource: "blocks", amount: 32 }]]);
  expect((await cli(folder, ["ls", "backup.disc"])).stdout).toBe("a.txt\n");
});
