import { UsageError } from "./usage-error.ts";

/** Reads the number of `--session`: people count from 1. @throws {@link UsageError} */
export function parseSession(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new UsageError(`"${text}" is no number of a session.`, "`multisession sessions` lists them; the first is 1.");
}
