import { Option } from "commander";
import { UsageError } from "./usage-error.ts";

/** Latest second that ISO 9660 can hold in a directory record: the end of the year 2155. */
const LAST_SECOND = Date.UTC(2155, 11, 31, 23, 59, 59) / 1000;

/** `--source-date`, of everything that records a session. */
export function sourceDateOption(): Option {
  return new Option(
    "--source-date <seconds>",
    "time of the session since 1970, for the same bytes from the same input (default: $SOURCE_DATE_EPOCH)",
  ).argParser(parseSourceDate);
}

/** The source date in milliseconds, as an option or else the environment gives it. @throws {@link UsageError} */
export function sourceDateOf(
  seconds: number | undefined,
  env: Readonly<Record<string, string | undefined>>,
): { readonly sourceDate?: number } {
  const given = seconds ?? environmentSourceDate(env);
  return given === undefined ? {} : { sourceDate: given * 1000 };
}

/** Reads `--source-date` and `SOURCE_DATE_EPOCH`: seconds since 1970. @throws {@link UsageError} */
function parseSourceDate(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seconds <= LAST_SECOND) return seconds;
  throw new UsageError(
    `"${text}" is no number of seconds since 1970, or lies behind the year 2155.`,
    "`date +%s` prints such a number; SOURCE_DATE_EPOCH holds one too.",
  );
}

/** The source date that the environment gives, by the convention of reproducible builds. @throws {@link UsageError} */
export function environmentSourceDate({
  SOURCE_DATE_EPOCH,
}: Readonly<Record<string, string | undefined>>): number | undefined {
  return SOURCE_DATE_EPOCH === undefined || SOURCE_DATE_EPOCH === "" ? undefined : parseSourceDate(SOURCE_DATE_EPOCH);
}
