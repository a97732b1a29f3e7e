import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { SkippedTests } from "./scripts/skipped-tests.ts";

/** Set by scripts/run.mjs: the file that takes the results as JSON. */
const report = process.env["MULTISESSION_TEST_REPORT"];

export default defineConfig({
  ssr: { resolve: { conditions: ["multisession-source", "node", "import", "module", "default"] } },
  test: {
    include: ["{packages,examples,tools}/*/test/**/*.test.ts", "acceptance/**/*.test.ts"],
    exclude: ["**/*.slow.test.ts", "**/node_modules/**", "**/dist/**"],
    testTimeout: 30_000,
    // On two cores vitest would leave one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: ["default", new SkippedTests(), ...(report ? (["json"] as const) : [])],
    ...(report ? { outputFile: { json: report } } : {}),
    benchmark: { include: ["bench/**/*.bench.ts"] },
  },
});
