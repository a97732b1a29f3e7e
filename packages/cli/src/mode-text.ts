import type { RecordedEntry } from "@multisession/core";

const kindLetters: Readonly<Record<RecordedEntry["kind"], string>> = { file: "-", directory: "d", symlink: "l" };

/** Kind and permissions as `ls -l` shows them: `-rw-r--r--`. */
export function modeText({ kind, attributes: { mode } }: RecordedEntry): string {
  const bit = (mask: number, letter: string): string => (mode & mask ? letter : "-");
  const execute = (mask: number, special: number, letter: string): string => {
    if (!(mode & special)) return bit(mask, "x");
    return mode & mask ? letter : letter.toUpperCase();
  };
  return [
    kindLetters[kind],
    bit(0o400, "r"),
    bit(0o200, "w"),
    execute(0o100, 0o4000, "s"),
    bit(0o040, "r"),
    bit(0o020, "w"),
    execute(0o010, 0o2000, "s"),
    bit(0o004, "r"),
    bit(0o002, "w"),
    execute(0o001, 0o1000, "t"),
  ].join("");
}
