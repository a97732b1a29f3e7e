import { type DocumentKind, jsonDocument } from "./documents.ts";
import type { CommandIo } from "./io.ts";
import { LongDocument } from "./long-document.ts";
import { type Paint, paintFor } from "./paint.ts";

/** Width that text is laid out for when the terminal does not say. */
const DEFAULT_WIDTH = 100;

/** Characters that are written at once: a write for every line would take longer than to make the lines. */
const PIECE = 64 * 1024;

/** What a command says: text for people, or documents for programs, never both on standard output. */
export class Output {
  /** Whether `--json` was given. */
  readonly isJson: boolean;
  /** Colours of standard output. */
  readonly paint: Paint;
  /** Colours of standard error. */
  readonly paintError: Paint;
  readonly #io: CommandIo;

  constructor(io: CommandIo, options: { readonly json: boolean; readonly color: boolean }) {
    this.#io = io;
    this.isJson = options.json;
    this.paint = paintFor(io.stdout, io, options.color);
    this.paintError = paintFor(io.stderr, io, options.color);
  }

  /** Characters that fit on a line. */
  get width(): number {
    return Math.max(40, this.#io.stdout.columns ?? DEFAULT_WIDTH);
  }

  /** A few lines for people on standard output; nothing with `--json`. */
  text(...lines: readonly string[]): void {
    this.lines(lines);
  }

  /** Any number of lines for people, written in pieces while they are made; with `--json` none is made. */
  lines(lines: Iterable<string>): void {
    if (this.isJson) return;
    let piece = "";
    for (const line of lines) {
      piece += `${line}\n`;
      if (piece.length < PIECE) continue;
      this.#io.stdout.write(piece);
      piece = "";
    }
    if (piece !== "") this.#io.stdout.write(piece);
  }

  /** A line for people on standard error, also with `--json`. */
  remark(line: string): void {
    this.#io.stderr.write(`${line}\n`);
  }

  /** The result for programs, with `--json` only. Commands that tell events write it on one line, as the last one. */
  document(kind: DocumentKind, body: object, layout: "pages" | "line" = "pages"): void {
    if (!this.isJson) return;
    const document = jsonDocument(kind, body);
    this.#io.stdout.write(`${layout === "line" ? JSON.stringify(document) : JSON.stringify(document, undefined, 2)}\n`);
  }

  /**
   * The result for programs, whose one list can be of any length: `make` adds its items while it finds them, and `tail` gives
   * the members that stand behind it, also where `make` fails and the list breaks off. Without `--json` all that goes nowhere.
   */
  async longDocument(
    kind: DocumentKind,
    head: object,
    list: string,
    make: (add: (items: Iterable<object>) => void) => Promise<void>,
    tail: () => object,
  ): Promise<void> {
    if (!this.isJson) return make(() => {});
    const document = new LongDocument((text) => this.#io.stdout.write(text), kind, head, list);
    try {
      await make((items) => document.add(items));
    } catch (error) {
      if (document.isBegun) document.end(tail());
      throw error;
    }
    document.end(tail());
  }
}
