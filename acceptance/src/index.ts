/**
 * The harness by which independent programs judge discs.
 *
 * @module
 */

export { type Comparison, compareTrees, type Difference, describeDifferences } from "./compare-trees.ts";
export { flattenSession } from "./flatten-session.ts";
export { growisofs, growisofsPrograms, mayRunGrowisofs } from "./growisofs.ts";
export { describeJudgment, type Judgment, judgeSession, judgeSessions, type SessionCase } from "./judge.ts";
export { type ProgramOutput, type RunOptions, run } from "./program.ts";
export type {
  ReadEntry,
  ReaderLimit,
  Sees,
  SessionJob,
  SessionOutcome,
  SessionPlace,
  StrangerReader,
} from "./reader.ts";
export * from "./readers/index.ts";
export { withScratch } from "./scratch.ts";
export {
  changedTree,
  expectedEntries,
  type TestNode,
  type TestTree,
  type TestTreeOptions,
  testTree,
  writeTree,
} from "./test-tree.ts";
