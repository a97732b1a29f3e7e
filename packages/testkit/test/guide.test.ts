import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { MechanismPlugin } from "@multisession/core";
import { sequential } from "@multisession/sequential";
import { mechanismRules, runMechanismSuite } from "@multisession/testkit";
import { describe, expect, it } from "vitest";

const guide = readFileSync(new URL("../../../docs/write-a-mechanism.md", import.meta.url), "utf8");

/** The guide's first mechanism, as a reader copies it. Beside the tests, because it imports what they import. */
async function firstMechanism(): Promise<MechanismPlugin> {
  const folder = mkdtempSync(join(fileURLToPath(new URL(".", import.meta.url)), "guide-"));
  try {
    const file = join(folder, "my-mechanism.mjs");
    writeFileSync(file, /```js\n(import[\s\S]*?)```/.exec(guide)?.[1] ?? "");
    const module: { readonly default: MechanismPlugin } = await import(/* @vite-ignore */ pathToFileURL(file).href);
    return module.default;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

runMechanismSuite({ describe, it, plugin: await firstMechanism() });

describe("the guide to a first mechanism", () => {
  it("names rules that the suite has", () => {
    const ids = mechanismRules({ plugin: sequential() }).flatMap(({ rules }) => rules.map(({ id }) => id));
    const named = [...guide.matchAll(/`((?:claims|pure|aligned|burn|keep|refuse|cut)\/)([a-z-]*)…?`/g)];
    expect(named.length).toBeGreaterThan(10);
    for (const [text, group = "", rule = ""] of named)
      expect(
        ids.some((id) => (rule === "" ? id.startsWith(group) : id === group + rule)),
        text,
      ).toBe(true);
  });
});
