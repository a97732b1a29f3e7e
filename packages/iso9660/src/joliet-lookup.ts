import type { BlockReader, CallOptions, Lba, RecordedEntry } from "@multisession/core";
import { DirectoryReader } from "./directory-reader.ts";
import { recordFlag } from "./directory-record.ts";
import { Findings } from "./findings.ts";
import { foldCase, type JolietUnits, nameAlone, withoutEnd } from "./joliet-names.ts";
import { decodeJolietName } from "./recorded-names.ts";
import type { HierarchyPointers } from "./volume-descriptor.ts";

/** Where a directory of Joliet's hierarchy lies. */
interface Place {
  readonly at: Lba;
  readonly bytes: number;
}

/** A node of Joliet's hierarchy. */
interface JolietRecord extends Place {
  readonly name: string;
  readonly isDirectory: boolean;
}

/** A directory of the primary hierarchy under its Joliet name. */
interface Child {
  readonly parent: Lba;
  readonly name: string;
}

/** The count that tells equal names apart: ours, and that of xorriso and genisoimage. */
const COUNT = /(~\d+|\d{3})(?=(\.[^.]*)?$)/;

/**
 * Finds what nodes of a volume with Rock Ridge are called in its Joliet hierarchy. Directories there are read only where
 * somebody asks. What cannot be read there is no finding: nobody sees those names but the next session.
 */
export class JolietLookup {
  readonly #directories: DirectoryReader;
  readonly #children = new Map<Lba, Child>();
  /** Joliet's directories by those of the primary hierarchy, then by name. */
  readonly #subdirectories = new Map<Lba, ReadonlyMap<string, Place>>();
  readonly #units: JolietUnits;
  readonly #rootAt: Lba;
  readonly #root: Place;

  /** `rootAt`: the primary hierarchy's root; `pointers`: Joliet's; `units`: how long a name of the next session may be. */
  constructor(reader: BlockReader, rootAt: Lba, pointers: HierarchyPointers, units: JolietUnits) {
    this.#units = units;
    this.#directories = new DirectoryReader(reader, new Findings());
    this.#rootAt = rootAt;
    this.#root = { at: pointers.rootAt, bytes: pointers.rootBytes };
  }

  /** Says that a directory was found in another, and what Joliet calls it. */
  note(directory: Lba, child: Child): void {
    this.#children.set(directory, child);
  }

  /** What Joliet calls these entries of a directory, as far as it can be told. */
  async namesIn(
    directory: Lba,
    entries: readonly RecordedEntry[],
    options?: CallOptions,
  ): Promise<ReadonlyMap<RecordedEntry, string>> {
    const place = await this.placeOf(directory, options);
    return place === undefined
      ? new Map()
      : match(entries, await this.#records(directory, place, options), this.#units);
  }

  /** Where Joliet has a directory that was noted, and how long it is; nothing when it cannot be found. */
  async placeOf(directory: Lba, options?: CallOptions): Promise<Place | undefined> {
    const path: Child[] = [];
    for (let at = directory; at !== this.#rootAt; ) {
      const child = this.#children.get(at);
      if (child === undefined) return undefined;
      path.push(child);
      at = child.parent;
    }
    let place: Place | undefined = this.#root;
    for (const { parent, name } of path.reverse()) {
      if (!this.#subdirectories.has(parent)) await this.#records(parent, place, options);
      place = this.#subdirectories.get(parent)?.get(name);
      if (place === undefined) return undefined;
    }
    return place;
  }

  async #records(directory: Lba, { at, bytes }: Place, options?: CallOptions): Promise<JolietRecord[]> {
    const records: JolietRecord[] = [];
    for await (const record of this.#directories.records(at, bytes, options)) {
      if (record.nameLength === 1) continue;
      const name = decodeJolietName(record.name);
      // Of a file in several sections the first counts.
      if (records.at(-1)?.name === name) continue;
      const isDirectory = (record.flags & recordFlag.directory) !== 0;
      records.push({ name, isDirectory, at: record.dataAt, bytes: record.dataLength });
    }
    this.#subdirectories.set(
      directory,
      new Map(records.flatMap((record) => (record.isDirectory ? [[record.name, record] as const] : []))),
    );
    return records;
  }
}

/**
 * Which record belongs to which entry. Names that are the same come first, where nothing speaks against it. The others are
 * told by where a content lies; directories and empty files by the names without the counts that tell them apart, in the
 * order of the names.
 */
function match(
  entries: readonly RecordedEntry[],
  records: readonly JolietRecord[],
  units: JolietUnits,
): Map<RecordedEntry, string> {
  const names = new Map<RecordedEntry, string>();
  const byName = new Map(records.map((record) => [record.name, record]));
  const left = new Set(records);
  const others: RecordedEntry[] = [];
  for (const entry of entries) {
    if (entry.kind === "symlink" || entry.kind === "special") continue;
    const record = byName.get(entry.name);
    if (record === undefined || !left.has(record) || !isSameContent(entry, record)) others.push(entry);
    else {
      names.set(entry, record.name);
      left.delete(record);
    }
  }
  const groups = new Map<string, JolietRecord[]>();
  for (const record of left) {
    const key = record.isDirectory || record.bytes === 0 ? nameKey(record, record.name) : `at ${record.at}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  for (const entry of others.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const content = entry.kind === "file" ? entry.extents[0] : undefined;
    const isDirectory = entry.kind === "directory";
    const key = content === undefined ? nameKey({ isDirectory }, nameAlone(entry, units)) : `at ${content.at}`;
    const record = groups.get(key)?.shift();
    if (record !== undefined) names.set(entry, record.name);
  }
  return names;
}

function isSameContent(entry: RecordedEntry, { isDirectory, at, bytes }: JolietRecord): boolean {
  if (entry.kind !== "file") return isDirectory;
  const first = entry.extents[0];
  return !isDirectory && (first === undefined ? bytes === 0 : first.at === at);
}

/** Other programs, and ours once, end names in dots and spaces too. */
function nameKey({ isDirectory }: Pick<JolietRecord, "isDirectory">, name: string): string {
  return `${isDirectory ? "folder" : "file"} ${foldCase(withoutEnd(name.replace(COUNT, "")))}`;
}
