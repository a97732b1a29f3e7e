import type { FileSystemPlugin } from "@multisession/core";
import { type RuleGroup, type Runner, runRules } from "../runner.ts";
import { damageRules } from "./damage-rules.ts";
import { layoutRules } from "./layout-rules.ts";
import { readingRules } from "./reading-rules.ts";
import { sampleSpaces } from "./sample-spaces.ts";

/** What a file system is tried with. */
export interface FileSystemTrial {
  /** The file system, as applications register it. */
  readonly plugin: FileSystemPlugin;
}

/** A trial and the runner that runs it. */
export interface FileSystemSuite extends FileSystemTrial, Runner {}

/** Defines the tests that every file system must pass, in every kind of space that mechanisms offer. */
export function runFileSystemSuite({ describe, it, ...trial }: FileSystemSuite): void {
  runRules({ describe, it }, `the file system "${trial.plugin.id}"`, fileSystemRules(trial));
}

/** The rules for a file system, one group for each kind of space. */
export function fileSystemRules({ plugin }: FileSystemTrial): readonly RuleGroup[] {
  return sampleSpaces.map((space) => {
    const fileSystem = plugin.create();
    return {
      name: space.name,
      rules: [...layoutRules(fileSystem, space), ...readingRules(fileSystem, space), ...damageRules(fileSystem, space)],
    };
  });
}
