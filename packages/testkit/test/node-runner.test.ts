import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { expect, it } from "vitest";

it("a suite runs under Node's own test runner", { timeout: 120_000 }, async () => {
  const outDir = mkdtempSync(join(tmpdir(), "multisession-node-test-"));
  try {
    await build({
      configFile: false,
      logLevel: "silent",
      ssr: { noExternal: true, resolve: { conditions: ["multisession-source", "node", "import", "default"] } },
      build: {
        ssr: fileURLToPath(new URL("node-runner.ts", import.meta.url)),
        outDir,
        emptyOutDir: true,
        rolldownOptions: { output: { entryFileNames: "node-runner.mjs" } },
      },
    });
    const bundle = join(outDir, "node-runner.mjs");
    const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", bundle], { env });
    expect(Number(/^# tests (\d+)/m.exec(stdout)?.[1])).toBeGreaterThan(30);
    expect(stdout).toMatch(/^# fail 0$/m);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
});
