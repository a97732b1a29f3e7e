/** A column of a table. */
export interface Column {
  /** Heading; no heading line is made when all are empty. */
  readonly title: string;
  /** Numbers go to the right. */
  readonly align?: "right";
}

/**
 * Lines of a table with columns as wide as they must be. The last column is never padded, so that names of any script,
 * whose width in a terminal is unknown, belong there.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  indent = "  ",
): readonly string[] {
  const hasTitles = columns.some(({ title }) => title !== "");
  const all = hasTitles ? [columns.map(({ title }) => title), ...rows] : rows;
  const widths = columns.map((_, index) => Math.max(0, ...all.map((row) => (row[index] ?? "").length)));
  return all.map((row) => {
    const cells = columns.map(({ align }, index) => {
      const cell = row[index] ?? "";
      if (align === "right") return cell.padStart(widths[index] ?? 0);
      return index === columns.length - 1 ? cell : cell.padEnd(widths[index] ?? 0);
    });
    return `${indent}${cells.join("  ")}`.trimEnd();
  });
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
