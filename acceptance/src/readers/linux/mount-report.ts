import { join } from "node:path";
import type { ReadEntry } from "../../reader.ts";

/** What the kernel made of one mount. */
export interface MountReport {
  readonly isMounted: boolean;
  /** What `mount` said when it failed. */
  readonly message: string;
  /** Options in force, as `/proc/mounts` shows them. `norock` and `nojoliet` tell which tree was taken. */
  readonly options: readonly string[];
  readonly entries: readonly ReadEntry[];
  /** What the kernel logged during the mount. */
  readonly log: readonly string[];
}

type Sections = ReadonlyMap<string, string>;

/** Takes the guest's output apart: one report for each job. Throws when the guest did not come to its end. */
export function mountReports(output: string, mark: string, jobs: number): MountReport[] {
  const sections = new Map<string, string>();
  for (const part of output.split(`\n${mark} `).slice(1)) {
    const end = part.indexOf("\n");
    sections.set(part.slice(0, end), part.slice(end + 1));
  }
  if (!sections.has("all done")) throw new Error("The guest did not finish its jobs.");
  return Array.from({ length: jobs }, (_, job) => mountReport(sections, job));
}

function mountReport(sections: Sections, job: number): MountReport {
  const lines = (name: string): string[] => (sections.get(`${job} ${name}`) ?? "").split("\n").filter(Boolean);
  const [, , , options = ""] = (lines("options")[0] ?? "").split(" ");
  return {
    isMounted: sections.has(`${job} options`),
    message: lines("mount").join("\n"),
    options: options.split(","),
    entries: entriesOf((sections.get(`${job} paths`) ?? "").split("\0").slice(0, -1), lines),
    log: lines("kernel").map((line) => line.replace(/^\[ *[\d.]+\] /, "")),
  };
}

function entriesOf(names: readonly string[], lines: (section: string) => string[]): ReadEntry[] {
  const attributes = lines("attributes");
  const links = lines("links");
  const sums = lines("sums");
  if (attributes.length !== names.length) {
    throw new Error(`The guest names ${names.length} entries and describes ${attributes.length}.`);
  }
  return names.map((name, index) => {
    const [type = "", size, time] = (attributes[index] ?? "").split(" ");
    const bits = Number.parseInt(type, 16);
    const entry = { path: join("/", name), mode: bits & 0o7777, mtime: Number(time) * 1000 };
    if ((bits & 0o170000) === 0o120000) return { ...entry, kind: "symlink", target: linkTarget(name, links.shift()) };
    if ((bits & 0o170000) === 0o040000) return { ...entry, kind: "directory" };
    return { ...entry, kind: "file", bytes: Number(size), sha256: sumOf(name, sums.shift()) };
  });
}

function linkTarget(name: string, line = ""): string {
  const start = `'${name}' -> '`;
  if (!line.startsWith(start)) throw new Error(`The guest describes the link ${name} as: ${line}`);
  return line.slice(start.length, -1);
}

function sumOf(name: string, line = ""): string {
  if (line.slice(66) !== name) throw new Error(`The guest gives no checksum for ${name}: ${line}`);
  return line.slice(0, 64);
}
