import { defineConfig } from "vitest/config";
import fast from "./vitest.config.ts";

/** The tests that take minutes: every cut of long burns, other programs as readers, virtual machines. */
export default defineConfig({
  ...fast,
  test: {
    ...fast.test,
    include: ["{packages,examples,tools}/*/test/**/*.slow.test.ts", "acceptance/**/*.slow.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    testTimeout: 600_000,
    // Memory and kills are watched here: one after another.
    maxWorkers: 1,
    hookTimeout: 600_000,
  },
});
