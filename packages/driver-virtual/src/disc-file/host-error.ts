import { MultisessionError } from "@multisession/core";
import { codeOf } from "./lock.ts";

/** System errors of a place that has no room. */
const noRoom: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
/** System errors of a place where nothing may be written. */
const forbidden: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EROFS"]);

/** Whether an error says that nothing can be written at a place now; what lies there can still be read. */
export function isUnwritable(error: unknown): boolean {
  const code = codeOf(error) ?? "";
  return noRoom.has(code) || forbidden.has(code);
}

/** The error for people of a disc file that the system did not let be written; what is no system error stays as it is. */
export function writeError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (MultisessionError.is(error) || code === undefined) return error;
  const why = noRoom.has(code) ? "there is no room left where it lies" : messageOf(error);
  const advice = "Make room on the system, then run `multisession info` and what it says.";
  return new MultisessionError("WRITE_FAILED", `The disc file ${path} could not be written: ${why}.`, {
    subject: path,
    oldState: "unknown",
    retry: "after-change",
    cause: error,
    ...(noRoom.has(code) ? { advice } : {}),
  });
}

/** The error for people of a path that cannot be looked at. */
export function lookError(error: unknown, path: string): unknown {
  if (codeOf(error) === undefined) return error;
  const message = `There is no disc file ${path}: ${messageOf(error)}.`;
  return new MultisessionError("DEVICE_NOT_FOUND", message, { subject: path, cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
