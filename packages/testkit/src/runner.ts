/**
 * The test runner, passed in by whoever runs a suite: `describe` and `it` of vitest, of `node:test`, or of anything that
 * takes a name and a function.
 */
export interface Runner {
  /** Groups tests; calls `body` at once. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** One test; it fails when the promise of `body` is rejected. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}

/** One rule of a contract and the test that proves it. Suites are lists of rules, so that a suite can be tested too. */
export interface Rule {
  /** Stable name: documentation names it, and a broken plugin is caught by it. */
  readonly id: string;
  /** The rule as a sentence. */
  readonly text: string;
  /** Resolves when the rule is kept, is rejected with what was seen when it is not. */
  readonly check: () => Promise<void>;
}

/** Rules under one heading, as a rule those of one disc. */
export interface RuleGroup {
  /** What the rules are tried on. */
  readonly name: string;
  /** In the order in which they are run. */
  readonly rules: readonly Rule[];
}

/** Hands groups of rules to a runner. */
export function runRules({ describe, it }: Runner, title: string, groups: readonly RuleGroup[]): void {
  describe(title, () => {
    for (const { name, rules } of groups) {
      describe(name, () => {
        for (const { id, text, check } of rules) it(`${id}: ${text}`, check);
      });
    }
  });
}
