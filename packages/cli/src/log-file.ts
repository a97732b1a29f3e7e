import { appendFileSync, closeSync, openSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { MultisessionError } from "@multisession/core";
import { type LogLine, parseLog, recordLog, type VirtualRecorder } from "@multisession/driver-virtual";

import { reasonOf } from "./system-error.ts";

/** Bytes; a longer log is not read at once. */
const LARGEST_LOG = 2 ** 29;

/** The file that `--log` writes: a line for each command to the first virtual recorder that is opened. */
export class LogFile {
  readonly #path: string;
  readonly #keepsContents: boolean;
  /** Whether a recorder was opened that can be logged. */
  isBegun = false;

  constructor(path: string, keepsContents: boolean) {
    this.#path = path;
    this.#keepsContents = keepsContents;
  }

  /** Logs a recorder. @throws `ITEM_EXISTS` when the file is there already, `multisession/output-failed`. */
  begin(recorder: VirtualRecorder): void {
    if (this.isBegun) return;
    const file = this.#open();
    this.isBegun = true;
    // Written at once, so that it is there whatever ends the process.
    const write = (line: LogLine): void => appendFileSync(file, `${JSON.stringify(line)}\n`);
    const stop = recordLog(
      recorder,
      (line) => {
        try {
          write(line);
        } catch {
          // A burn is worth more than its log: a full disk ends the log alone.
          stop();
          closeSync(file);
        }
      },
      { contents: this.#keepsContents },
    );
  }

  #open(): number {
    try {
      return openSync(this.#path, "wx");
    } catch (cause) {
      const details = { subject: this.#path, advice: "Choose another name with --log.", cause };
      if (cause instanceof Error && "code" in cause && cause.code === "EEXIST")
        throw new MultisessionError("ITEM_EXISTS", `${this.#path} is there already; it was left alone.`, details);
      const message = `The log ${this.#path} could not be made: ${reasonOf(cause)}.`;
      throw new MultisessionError("multisession/output-failed", message, details);
    }
  }
}

/**
 * Reads a log.
 *
 * @throws `SOURCE_UNREADABLE` when there is no such file, `driver-virtual/log-invalid` when it holds something else.
 */
export async function readLog(file: string): Promise<readonly LogLine[]> {
  const unreadable = (why: string, cause?: unknown): MultisessionError =>
    new MultisessionError("SOURCE_UNREADABLE", `The log ${file} could not be read: ${why}.`, { subject: file, cause });
  const text = await stat(file)
    .then(({ size }) => {
      if (size > LARGEST_LOG) throw new Error("it is too large");
      return readFile(file, "utf8");
    })
    .catch((cause: unknown) => {
      throw unreadable(reasonOf(cause), cause);
    });
  const lines = parseLog(text, file);
  if (lines.length === 0) throw unreadable("it is empty");
  return lines;
}
