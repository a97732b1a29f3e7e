/**
 * Conformance suites that outsiders run on their mechanism, file system or driver.
 *
 * @module testkit
 */

export { type DriverSuite, type DriverTrial, driverRules, runDriverSuite } from "./driver/driver-suite.ts";
export {
  type FileSystemSuite,
  type FileSystemTrial,
  fileSystemRules,
  runFileSystemSuite,
} from "./file-system/file-system-suite.ts";
export type { CutOptions } from "./mechanism/cut-points.ts";
// Suites
export {
  type MechanismSuite,
  type MechanismTrial,
  mechanismRules,
  runMechanismSuite,
} from "./mechanism/mechanism-suite.ts";
export { type Rule, type RuleGroup, type Runner, runRules } from "./runner.ts";
export { type DiscCase, discCases } from "./workbench/disc-case.ts";
