import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

/** A vitest reporter that says at the end which tests did not run, and why: a skipped test is not a passed one. */
export class SkippedTests implements Reporter {
  /** Prints one line for each skipped group or test; called by vitest when all tests have ended. */
  onTestRunEnd(modules: readonly TestModule[]): void {
    const lines = modules.flatMap((module) => [...skippedBelow(module)]);
    if (lines.length === 0) return;
    process.stdout.write(`\nSkipped:\n${lines.map((line) => `  ${line}\n`).join("")}`);
  }
}

/** A group that is skipped as a whole gives one line, with the number of its tests. */
function* skippedBelow(parent: TestModule | TestSuite): Generator<string> {
  for (const child of parent.children) {
    if (child.type === "test") {
      if (child.result().state === "skipped") yield nameOf(child);
    } else if (child.state() === "skipped") {
      yield `${child.fullName}: ${[...child.children.allTests()].length} tests`;
    } else {
      yield* skippedBelow(child);
    }
  }
}

function nameOf(test: TestCase): string {
  const result = test.result();
  const note = result.state === "skipped" ? result.note : undefined;
  return note === undefined ? test.fullName : `${test.fullName} (skipped: ${note})`;
}
