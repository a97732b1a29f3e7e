import type { Plugin } from "@multisession/core";
import { expect } from "vitest";
import type { CommandIo, StopRequest } from "../../src/io.ts";
import { run } from "../../src/run.ts";
import { schemaErrors } from "./json-schemas.ts";

/** What one run of the command said and ended with. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The document, or the last line. Only with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: a document is looked at by its members, and checked by its schema.
  readonly json: any;
  /** Every line of NDJSON. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly lines: readonly any[];
}

/** How a run differs from an ordinary one in a pipe. */
export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly isTerminal?: boolean;
  readonly plugins?: readonly Plugin[];
  /** Called with everything that goes to standard error, and with a way to press Ctrl-C. */
  readonly onError?: (text: string, stop: (request: StopRequest) => void) => void;
  /** Called with everything that goes to standard output, and with a way to press Ctrl-C. */
  readonly onOutput?: (text: string, stop: (request: StopRequest) => void) => void;
  readonly onExit?: (code: number) => void;
}

/** Runs the command in process. Every document that it writes is checked by its schema. */
export async function cli(cwd: string, argv: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const { env = {}, columns, isTerminal = false, plugins = [], onError, onOutput, onExit } = surroundings;
  let stdout = "";
  let stderr = "";
  const listeners = new Set<(request: StopRequest) => void>();
  const stop = (request: StopRequest): void => {
    for (const listener of listeners) listener(request);
  };
  const terminal = { isTTY: isTerminal, ...(columns === undefined ? {} : { columns }) };
  const io: CommandIo = {
    stdout: {
      ...terminal,
      write: (text) => {
        stdout += text;
        onOutput?.(text, stop);
        return true;
      },
    },
    stderr: {
      ...terminal,
      write: (text) => {
        stderr += text;
        onError?.(text, stop);
        return true;
      },
    },
    cwd,
    env,
    onStop: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => onExit?.(code),
  };
  const code = await run(argv, io, plugins);
  if (!argv.includes("--json") || stdout === "") return { code, stdout, stderr, json: undefined, lines: [] };
  const lines = documentsIn(stdout);
  for (const line of lines) expect(schemaErrors(line), JSON.stringify(line, undefined, 1)).toBeUndefined();
  return { code, stdout, stderr, json: lines.at(-1), lines };
}

/** One document, lines of one each, or one and then a line with the error that broke it off. */
function documentsIn(stdout: string): readonly { readonly kind: string }[] {
  try {
    return [JSON.parse(stdout)];
  } catch {
    const end = stdout.indexOf("\n}\n");
    const pages = end < 0 ? [] : [stdout.slice(0, end + 2)];
    const lines = stdout
      .slice(end < 0 ? 0 : end + 3)
      .trimEnd()
      .split("\n");
    return [...pages, ...lines].map((text) => JSON.parse(text));
  }
}
