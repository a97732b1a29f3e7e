import type { Command } from "commander";
import type { Context } from "./context.ts";
import type { ExitCode } from "./exit-codes.ts";

/** Runs the work of a command that was parsed: makes its context, reports its errors, keeps its exit code. */
export type Start = (command: Command, work: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** Examples as they stand at the end of `--help`. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}

/** Collects the values of an option that can be given more than once. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** An option as a person writes it: `newVolume` is `--new-volume`. */
export function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
