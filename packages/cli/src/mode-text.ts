import type { RecordedEntry, SpecialType } from "@multisession/core";

const kindLetters: Readonly<Record<Exclude<RecordedEntry["kind"], "special">, string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
};

const specialLetters: Readonly<Record<SpecialType, string>> = {
  "character-device": "c",
  "block-device": "b",
  fifo: "p",
  socket: "s",
};

/** Kind and permissions as `ls -l` shows them: `-rw-r--r--`; then `h` where readers are asked not to show it. */
export function modeText(entry: RecordedEntry): string {
  const { mode, hidden } = entry.attributes;
  const bit = (mask: number, letter: string): string => (mode & mask ? letter : "-");
  const execute = (mask: number, special: number, letter: string): string => {
    if (!(mode & special)) return bit(mask, "x");
    return mode & mask ? letter : letter.toUpperCase();
  };
  return [
    entry.kind === "special" ? specialLetters[entry.type] : kindLetters[entry.kind],
    bit(0o400, "r"),
    bit(0o200, "w"),
    execute(0o100, 0o4000, "s"),
    bit(0o040, "r"),
    bit(0o020, "w"),
    execute(0o010, 0o2000, "s"),
    bit(0o004, "r"),
    bit(0o002, "w"),
    execute(0o001, 0o1000, "t"),
    hidden === true ? "h" : "",
  ].join("");
}
