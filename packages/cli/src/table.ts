/** A column of a table. */
export interface Column {
  /** Heading; no heading line is made when all are empty. */
  readonly title: string;
  /** Numbers go to the right. */
  readonly align?: "right";
}

/**
 * A table that is laid out piece by piece, with columns as wide as what has come so far needs: they never become
 * narrower. The last column is never padded, so that names of any script, whose width in a terminal is unknown, belong
 * there.
 */
export class TableLayout {
  readonly #columns: readonly Column[];
  readonly #widths: number[];
  readonly #indent: string;

  constructor(columns: readonly Column[], indent = "  ") {
    this.#columns = columns;
    this.#widths = columns.map(() => 0);
    this.#indent = indent;
  }

  /** Lines of the next rows. */
  lines(rows: readonly (readonly string[])[]): readonly string[] {
    for (const row of rows)
      for (const [index, cell] of row.entries()) this.#widths[index] = Math.max(this.#widths[index] ?? 0, cell.length);
    return rows.map((row) => this.#line(row));
  }

  #line(row: readonly string[]): string {
    const cells = this.#columns.map(({ align }, index) => {
      const cell = row[index] ?? "";
      if (align === "right") return cell.padStart(this.#widths[index] ?? 0);
      return index === this.#columns.length - 1 ? cell : cell.padEnd(this.#widths[index] ?? 0);
    });
    return `${this.#indent}${cells.join("  ")}`.trimEnd();
  }
}

/** Lines of a whole table, with its headings. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = "  ",
): readonly string[] {
  const titles = columns.map(({ title }) => title);
  return new TableLayout(columns, indent).lines(titles.some((title) => title !== "") ? [titles, ...rows] : rows);
}

/** Text broken at spaces into lines of at most `width` characters; what comes before the later ones is not counted. */
export function wrap(text: string, width: number, indent = ""): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((text, index) => (index === 0 ? text : indent + text));
}
