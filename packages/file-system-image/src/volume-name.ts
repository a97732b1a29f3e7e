import { MultisessionError } from "@multisession/core";

/** Most characters of a volume name: what a primary volume descriptor holds (ECMA-119, 8.4.7). */
const LONGEST = 32;

/** Checks a volume name. @throws `INVALID_VOLUME_NAME`. */
export function checkVolumeName(name: string): string {
  if (typeof name !== "string") throw new TypeError(`A volume name is a string, not a ${typeof name}`);
  const why =
    name.trim() === ""
      ? "it is empty"
      : name.length > LONGEST
        ? `it has ${name.length} characters, and ${LONGEST} are allowed`
        : /\p{Cc}/u.test(name)
          ? "it holds a control character"
          : undefined;
  if (why === undefined) return name;
  throw new MultisessionError("INVALID_VOLUME_NAME", `The volume name "${name}" cannot be used: ${why}.`, {
    subject: name,
  });
}

/** Whose date a volume is called after: the place's where it is recorded, or one that is the same everywhere. */
export type DateZone = "local" | "utc";

/** The name of a volume that nobody named: the date, the local one as IMAPI2 does it unless told. */
export function volumeNameFor(time: number, zone: DateZone = "local"): string {
  const date = new Date(time);
  const [year, month, day] =
    zone === "utc"
      ? [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
      : [date.getFullYear(), date.getMonth(), date.getDate()];
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${year}${two(month + 1)}${two(day)}`;
}
