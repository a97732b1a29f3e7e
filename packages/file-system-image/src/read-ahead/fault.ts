import { type FileSource, unreadable } from "../file-source.ts";
import type { Fault } from "./messages.ts";

/** What went wrong with a file, as reading it in this thread would have said it. */
export function readError(file: FileSource, { state, error }: Fault): Error {
  return state === undefined ? Object.assign(new Error(error?.message), { code: error?.code }) : file.changedTo(state);
}

/** Why a file cannot be recorded: `SOURCE_UNREADABLE` or `SOURCE_CHANGED`. */
export function refusalOf(file: FileSource, fault: Fault): Error {
  const error = readError(file, fault);
  return fault.state === undefined ? unreadable(file.path, error) : error;
}
