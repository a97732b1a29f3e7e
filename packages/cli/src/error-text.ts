import { inspect } from "node:util";
import { MultisessionError } from "@multisession/core";
import { consentAdvice } from "./consequence.ts";
import { isCancellation } from "./exit-codes.ts";
import type { Paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { isSystemError, reasonOf, systemAdvice } from "./system-error.ts";
import { UsageError } from "./usage-error.ts";

/** An error as the JSON document `error` shows it. */
export interface ErrorDocument {
  /** A code of the catalogue, `<plugin-id>/<code>`, `USAGE`, or `UNEXPECTED`. */
  readonly code: string;
  /** What happened, for people. */
  readonly message: string;
  /** What to do, for people. */
  readonly advice: string;
  /** Which disc, drive, file or plugin it is about. */
  readonly subject?: string;
  /** Whether trying again makes sense, and with what. */
  readonly retry?: string;
  /** Whether what was on the disc before is still there. */
  readonly oldState?: string;
  /** What IMAPI2 calls it. */
  readonly imapi?: { readonly name: string; readonly hresult: number };
  /** Sense data of the command that failed. */
  readonly sense?: object;
  /** Messages of what caused it, outermost first. */
  readonly causes: readonly string[];
}

const LOOK = "Look at the disc with `multisession info`.";

/** Describes any error for the JSON document and for people. `hasWritten`: whether a burn had begun to change the disc. */
export function describeError(error: unknown, hasWritten: boolean): ErrorDocument {
  const causes = causesOf(error);
  if (MultisessionError.is(error)) {
    const { code, message, advice, subject, retry, oldState, imapi, sense } = error;
    return {
      code,
      message,
      advice: code === "CONSENT_REQUIRED" ? consentAdvice(advice) : advice,
      subject,
      retry,
      oldState,
      ...(imapi === undefined ? {} : { imapi }),
      ...(sense === undefined ? {} : { sense }),
      causes,
    };
  }
  if (error instanceof UsageError) return { code: "USAGE", message: error.message, advice: error.advice, causes };
  if (isCancellation(error)) {
    const message = hasWritten ? "Cancelled, after the disc had been changed." : "Cancelled. Nothing was written.";
    return { code: "CANCELLED", message, advice: hasWritten ? LOOK : "Run it again when you like.", causes };
  }
  if (isSystemError(error)) {
    const what = error.path === undefined ? "the disc file, or a file that was to be recorded" : error.path;
    return {
      code: "multisession/system-refused",
      message: `The system refused to go on with ${what}: ${reasonOf(error)}.`,
      advice: `${systemAdvice(error)}${hasWritten ? " Then run `multisession info`, and `multisession recover` if it says so." : ""}`,
      causes: [error.message],
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "UNEXPECTED",
    message: `Something went wrong that should not: ${message}`,
    advice: `Run it again with --debug and report what it prints.${hasWritten ? ` ${LOOK}` : ""}`,
    causes,
  };
}

/** An error for people: what happened, what to do, and the code to search for. */
export function errorLines(error: unknown, document: ErrorDocument, paint: Paint, isDebug: boolean): readonly string[] {
  const { code, message, advice, imapi, causes } = document;
  const [first = "", ...rest] = message.split("\n").map(printable);
  const lines = [`${paint("bad", "Error:")} ${first}`, ...rest];
  const cause = isSystemError(error) ? error : error instanceof Error ? error.cause : undefined;
  const isTold = (text: string): boolean =>
    message.includes(text) || (isSystemError(cause) && cause.message === text && message.includes(reasonOf(cause)));
  const told = causes.filter((text) => !isTold(text)).map((text) => `  Cause: ${printable(text)}`);
  if (advice !== "") lines.push(`  ${printable(advice)}`);
  const names =
    imapi === undefined ? code : `${code}, in IMAPI2 ${imapi.name} (0x${imapi.hresult.toString(16).toUpperCase()})`;
  lines.push(...told, paint("quiet", `  [${names}]`));
  if (isDebug) lines.push(inspect(error, { depth: 4, colors: false }));
  return lines;
}

function causesOf(error: unknown): readonly string[] {
  const causes: string[] = [];
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause instanceof Error && causes.length < 8) {
    const isStop = cause.name === "AbortError"; // says in a program's words what the error says for people
    if (!isStop && !causes.includes(cause.message)) causes.push(cause.message);
    cause = cause.cause;
  }
  return causes;
}
