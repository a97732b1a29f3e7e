import type { BlockReader, CallOptions, Lba } from "@multisession/core";
import { DirectoryReader } from "./directory-reader.ts";
import { recordFlag } from "./directory-record.ts";
import { enhancedKeyAlone } from "./enhanced-names.ts";
import { Findings } from "./findings.ts";
import type { HierarchyPointers } from "./volume-descriptor.ts";

/** Where a directory lies, and how long it is. */
interface Place {
  readonly at: Lba;
  readonly bytes: number;
}

/** Finds directories of the enhanced hierarchy by their true names. Each is read once, and only to find what is in it. */
export class EnhancedLookup {
  readonly #directories: DirectoryReader;
  readonly #subdirectories = new Map<Lba, ReadonlyMap<string, Place>>();
  readonly #root: Place;

  constructor(reader: BlockReader, { rootAt, rootBytes }: HierarchyPointers) {
    this.#directories = new DirectoryReader(reader, new Findings());
    this.#root = { at: rootAt, bytes: rootBytes };
  }

  /** The directory that these names lead to from the root; nothing when there is none. */
  async placeOf(names: readonly string[], options?: CallOptions): Promise<Place | undefined> {
    let place: Place | undefined = this.#root;
    for (const name of names) {
      place = (await this.#in(place, options)).get(enhancedKeyAlone(name));
      if (place === undefined) return undefined;
    }
    return place;
  }

  async #in({ at, bytes }: Place, options?: CallOptions): Promise<ReadonlyMap<string, Place>> {
    const known = this.#subdirectories.get(at);
    if (known !== undefined) return known;
    const found = new Map<string, Place>();
    for await (const { flags, name, dataAt, dataLength } of this.#directories.records(at, bytes, options))
      if ((flags & recordFlag.directory) !== 0)
        found.set(Buffer.from(name).toString("latin1"), { at: dataAt, bytes: dataLength });
    this.#subdirectories.set(at, found);
    return found;
  }
}
