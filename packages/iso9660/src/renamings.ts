import type { NamedNode } from "./hierarchy.ts";

/** So many names say what happens to the others; a note stays short. */
const MAX_EXAMPLES = 2;

/** Longest name that a note shows whole. */
const MAX_SHOWN = 40;

/** Characters that a note shows of a longer name, at its beginning and its end. */
const SHOWN = { first: 22, last: 16 };

/** The first names that a hierarchy changed, and what they became: for notes. */
export class Renamings {
  readonly #examples: string[] = [];

  /** Looks for changed names among those of a directory, until there are enough. */
  notice(named: readonly NamedNode[], shownAs: (named: NamedNode) => string): void {
    for (const child of named) {
      if (this.#examples.length === MAX_EXAMPLES) return;
      const shown = shownAs(child);
      if (shown !== child.node.name) this.#examples.push(`${quoted(child.node.name)} is ${quoted(shown)}`);
    }
  }

  /** As the middle of a sentence about so many names, with the colon before it: `: "a:b" is "a_b", "c?" is "c_", and so on`. */
  among(count: number): string {
    if (this.#examples.length === 0) return "";
    return `: ${this.#examples.join(", ")}${count > this.#examples.length ? ", and so on" : ""}`;
  }
}

function quoted(name: string): string {
  const characters = [...name];
  if (characters.length <= MAX_SHOWN) return `"${name}"`;
  return `"${characters.slice(0, SHOWN.first).join("")}…${characters.slice(-SHOWN.last).join("")}"`;
}
