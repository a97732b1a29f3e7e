import type { ReadEntry } from "./reader.ts";

const KINDS: Readonly<Record<string, ReadEntry["kind"]>> = { "-": "file", d: "directory", l: "symlink" };

/** Kind of an entry by the first letter of a long listing. Throws on what no test tree holds, such as a device. */
export function kindOf(letter: string): ReadEntry["kind"] {
  const kind = KINDS[letter];
  if (kind === undefined) throw new Error(`A listing shows an entry of type "${letter}".`);
  return kind;
}

/** Permission bits of the nine letters of a long listing, `rwsr-x--T` and the like. */
export function modeOf(letters: string): number {
  let mode = 0;
  for (const [index, letter] of [...letters].entries()) {
    const isExecute = index % 3 === 2;
    if (letter === "-") continue;
    if (!isExecute || "xst".includes(letter)) mode |= 0o400 >> index;
    if (isExecute && "sStT".includes(letter)) mode |= 0o4000 >> Math.floor(index / 3);
  }
  return mode;
}

/** The words of a text quoted for a shell: `'it'"'"'s' -> 'b'` gives `it's`, `->`, `b`. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)) {
    words.push(word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => single ?? double ?? ""));
  }
  return words;
}
