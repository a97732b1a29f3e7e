import type { VirtualRecorder } from "../recorder/virtual-recorder.ts";
import { headLine, type LogLine, lineOf } from "./log-line.ts";

/** What a log is to hold. */
export interface LogOptions {
  /** Whether what is recorded is in it, so that it can be replayed. `false` when left out: nobody's files leave the house. */
  readonly contents?: boolean;
}

/**
 * Records everything that happens to a recorder from now on: one line for each command with its answer. A line as JSON is a
 * line of the log's file.
 *
 * @returns what ends it.
 * @throws `TypeError` when the recorder was used already: a log begins with a disc whose state can be told.
 */
export function recordLog(
  recorder: VirtualRecorder,
  write: (line: LogLine) => void,
  { contents = false }: LogOptions = {},
): () => void {
  if (recorder.counters.commands > 0) throw new TypeError("A log begins before the first command");
  write(headLine(recorder.origin));
  return recorder.observe((event) => write(lineOf(event, contents)));
}
