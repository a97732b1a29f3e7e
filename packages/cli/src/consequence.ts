import type { Consequence } from "@multisession/core";
import { UsageError } from "./usage-error.ts";

/** What cannot be undone, by the name that `--accept` takes, and what it means. */
const consequences: Readonly<Record<Consequence, string>> = {
  "give-up-sessions": "give up everything on the disc",
  "irreversible-format": "a format that cannot be undone",
  "close-disc": "nothing can be added later",
};

/** Reads a value of `--accept`; it can be given more than once. @throws {@link UsageError} */
export function parseConsequence(text: string, before: readonly Consequence[] | undefined): readonly Consequence[] {
  if (!Object.hasOwn(consequences, text)) {
    throw new UsageError(
      `"${text}" is nothing that could be accepted.`,
      `There is ${Object.keys(consequences).join(", ")}.`,
    );
  }
  return [...(before ?? []), text as Consequence];
}

/** The options that accept what an error's advice names. */
export function consentAdvice(advice: string): string {
  const named = (Object.keys(consequences) as Consequence[]).filter((name) => advice.includes(name));
  if (named.length === 0) return advice;
  const options = named.map((name) => (name === "give-up-sessions" ? "--new-volume" : `--accept ${name}`));
  return `Nothing was written. To accept it, add ${options.join(" ")}.`;
}
