import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["multisession-source", "node", "import", "module", "default"] } },
  test: { include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts"], exclude: ["**/*.slow.test.ts", "**/node_modules/**"], testTimeout: 30_000 },
});
