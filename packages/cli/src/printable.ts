/**
 * Control characters, line separators, and the marks that turn the direction of writing: in a name on a disc they can
 * move the cursor, hide text or fake a line of output. Lone surrogates cannot be printed at all.
 */
const hazards = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** Text from a disc or a file's name, safe for a terminal: what could act on it is shown as an escape. JSON has the exact text. */
export function printable(text: string): string {
  return text.replace(hazards, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
  });
}

/** An argument as a person would type it in a shell: quoted where it must be. */
export function shellWord(text: string): string {
  const shown = printable(text);
  return /^[\w@%+=:,./\\-]+$/.test(shown) ? shown : `"${shown.replace(/(["$`\\])/g, "\\$1")}"`;
}
