import { type DocumentKind, jsonDocument } from "./documents.ts";

/** Characters that are written at once. A document that is shorter is written as a whole, or not at all. */
const PIECE = 64 * 1024;

/** A JSON document with one list of any length: written while the list is made, as `JSON.stringify` would write the whole. */
export class LongDocument {
  readonly #write: (text: string) => void;
  #waiting: string;
  #isBegun = false;
  #isEmpty = true;

  /** `head`: the members before the list, which is called `list`. */
  constructor(write: (text: string) => void, kind: DocumentKind, head: object, list: string) {
    const text = JSON.stringify(jsonDocument(kind, { ...head, [list]: [] }), undefined, 2);
    this.#write = write;
    this.#waiting = text.slice(0, text.lastIndexOf("]"));
  }

  /** Whether some of it was written already. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Items of the list, in their order. */
  add(items: Iterable<object>): void {
    for (const item of items) {
      this.#waiting += `${this.#isEmpty ? "" : ","}\n    ${JSON.stringify(item, undefined, 2).replaceAll("\n", "\n    ")}`;
      this.#isEmpty = false;
      if (this.#waiting.length < PIECE) continue;
      this.#write(this.#waiting);
      this.#waiting = "";
      this.#isBegun = true;
    }
  }

  /** Ends the list and the document, with the members behind the list. */
  end(tail: object): void {
    const members = Object.keys(tail).length === 0 ? "\n}" : `,${JSON.stringify(tail, undefined, 2).slice(1)}`;
    this.#write(`${this.#waiting}${this.#isEmpty ? "" : "\n  "}]${members}\n`);
  }
}
