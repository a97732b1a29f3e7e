import { MultisessionError } from "@multisession/core";
import { UsageError } from "./usage-error.ts";

/** What the exit code of the command says; scripts may rely on it. */
export const exitCodes = {
  /** Done as asked. */
  done: 0,
  /** The command line makes no sense; nothing was done. */
  usage: 2,
  /** Refused; nothing was written. */
  refused: 3,
  /** Failed; what was on the disc before is still there as it was. */
  failed: 4,
  /** Done, but with damage; or a verification failed. */
  damaged: 5,
  /** The state of the disc is unknown: run `recover`. */
  unknown: 6,
  /** Cancelled by the user: 128 + SIGINT. */
  cancelled: 130,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Failures of something that was tried, where every other code is a refusal as long as nothing was written. */
const failures: ReadonlySet<string> = new Set([
  "READ_FAILED",
  "WRITE_FAILED",
  "COMMAND_FAILED",
  "RECORDER_LOST",
  "DAMAGED_CONTENT",
  "NOT_AS_PLANNED",
  "multisession/output-failed",
]);

/** The exit code of an error. `hasWritten`: whether a burn had begun to change the disc. */
export function exitCodeOf(error: unknown, hasWritten: boolean): ExitCode {
  if (error instanceof UsageError) return exitCodes.usage;
  if (isCancellation(error)) return exitCodes.cancelled;
  if (!MultisessionError.is(error)) return hasWritten ? exitCodes.unknown : exitCodes.failed;
  if (error.code === "VERIFY_FAILED") return exitCodes.damaged;
  if (error.oldState === "unknown") return exitCodes.unknown;
  return hasWritten || failures.has(error.code) ? exitCodes.failed : exitCodes.refused;
}

/** Whether an error says that the user stopped it. */
export function isCancellation(error: unknown): boolean {
  if (MultisessionError.is(error)) return error.code === "CANCELLED";
  return error instanceof Error && error.name === "AbortError";
}
