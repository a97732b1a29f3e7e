import type { Lba } from "@multisession/core";

/** Where a directory was first found, and what it is called there. */
interface FoundPlace {
  readonly parent: Lba;
  readonly name: string;
  readonly level: number;
}

/** How deep folders are shown: no system takes longer paths, and programs that walk a tree need an end. */
export const MAX_LEVELS = 10_000;

/** The directories of a volume that were found so far: in another one again, one would be a loop, or be walked twice. */
export class FoundDirectories {
  readonly #root: Lba;
  readonly #places = new Map<Lba, FoundPlace>();
  /** Lengths, as the parents' records gave them. */
  readonly #bytes = new Map<Lba, number>();

  constructor(root: Lba, bytes: number) {
    this.#root = root;
    this.#places.set(root, { parent: root, name: "", level: 0 });
    this.#bytes.set(root, bytes);
  }

  /** Length of a directory; nothing where no record of a parent told it. */
  bytesOf(directory: Lba): number | undefined {
    return this.#bytes.get(directory);
  }

  /** Notes the length of a directory. */
  noteBytes(directory: Lba, bytes: number): void {
    this.#bytes.set(directory, bytes);
  }

  /** Whether what lies in a directory is too deep to be shown. */
  isDeepest(directory: Lba): boolean {
    return (this.#places.get(directory)?.level ?? 0) >= MAX_LEVELS;
  }

  /** Notes that a directory was found in another; false where it must not be shown there. `found`: those that were found there. */
  claim(at: Lba, { parent, name }: Pick<FoundPlace, "parent" | "name">, found: Set<Lba>): boolean {
    if (found.size === found.add(at).size) return false;
    const known = this.#places.get(at);
    if (known === undefined) this.#places.set(at, { parent, name, level: (this.#places.get(parent)?.level ?? 0) + 1 });
    return (known === undefined || known.parent === parent) && at !== this.#root;
  }

  /** Names that lead to a directory that was found. */
  pathOf(directory: Lba): readonly string[] | undefined {
    const names: string[] = [];
    for (let at = directory; at !== this.#root; ) {
      const place = this.#places.get(at);
      if (place === undefined) return undefined;
      names.push(place.name);
      at = place.parent;
    }
    return names.reverse();
  }
}
