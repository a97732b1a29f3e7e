import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "multisession-waiting-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["crashes", "process.on('message', () => process.kill(process.pid, 'SIGSEGV'));"],
  ["ends before it takes a call", "process.exit(7);"],
])("an application that only waits for a host that %s hears of it", async (name, text) => {
  await build({
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true, resolve: { conditions: ["multisession-source", "node", "import", "default"] } },
    build: {
      ssr: fileURLToPath(new URL("./support/waiting-application.ts", import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: "application.mjs" } },
    },
  });
  const host = join(folder, `${name.replaceAll(" ", "-")}.mjs`);
  writeFileSync(host, text);
  const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "application.mjs"), host]);
  expect(stdout.trim()).toBe("RECORDER_LOST");
});
