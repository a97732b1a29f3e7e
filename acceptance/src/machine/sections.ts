/** What a guest wrote, by the names of its sections. */
export type Sections = ReadonlyMap<string, string>;

/** Line of the output that ends it. A guest that did not write it did not come to its end. */
const END = "all done";

/** Commands of a shell that define `section NAME`: what is written from then on belongs to that section. */
export function sectionCommand(mark: string): string {
  return `section() { printf '\\n%s\\n' "${mark} $1"; }`;
}

/** The last command of a job script. */
export const endCommand: string = `section '${END}'`;

/** Takes the guest's output apart. Throws when the guest did not come to its end. */
export function readSections(output: string, mark: string): Sections {
  const sections = new Map<string, string>();
  for (const part of output.split(`\n${mark} `).slice(1)) {
    const end = part.indexOf("\n");
    sections.set(part.slice(0, end), part.slice(end + 1));
  }
  if (!sections.delete(END)) throw new Error("The guest did not finish its jobs.");
  return sections;
}

/** The lines of a section that are not empty; none when there is no such section. */
export function linesOf(sections: Sections, name: string): string[] {
  return (sections.get(name) ?? "").split("\n").filter(Boolean);
}

/** A word of a shell that stands for exactly this text. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
