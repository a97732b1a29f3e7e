import type { Blocks, Extent, ImageShape, Lba } from "@multisession/core";

/** One part of what will be written. IMAPI2: `IProgressItem`. */
export interface ProgressItem {
  /** A file's path, or what else it is. */
  readonly description: string;
  /** First block on the disc. */
  readonly firstBlock: Lba;
  /** Last block on the disc, inclusive as in IMAPI2. */
  readonly lastBlock: Lba;
  /** Blocks of the part. */
  readonly blockCount: Blocks;
}

/** The parts of a session in the order in which they are written. IMAPI2: `IProgressItems`. */
export class ProgressItems implements Iterable<ProgressItem> {
  readonly #extents: readonly Extent[];
  /** The extents of each phase by address, the last phase first: what is written last is what a block holds. */
  readonly #phases: readonly (readonly Extent[])[];

  constructor(shape: ImageShape | undefined) {
    const phases = (shape?.phases ?? []).map(({ extents }) => extents.filter(({ blocks }) => blocks > 0));
    this.#extents = phases.flat();
    this.#phases = phases.map((extents) => extents.toSorted((a, b) => a.at - b.at)).reverse();
  }

  /** Number of items. */
  get count(): number {
    return this.#extents.length;
  }

  /** An item by its place in the order of writing, from 0; nothing when there is none. */
  item(index: number): ProgressItem | undefined {
    return itemOf(this.#extents[index]);
  }

  /** The item that a block of the disc belongs to; nothing outside. IMAPI2: `ProgressItemFromBlock`. */
  itemFromBlock(block: Lba): ProgressItem | undefined {
    for (const extents of this.#phases) {
      const found = itemOf(extents[lastStartingUpTo(extents, block)]);
      if (found !== undefined && block <= found.lastBlock) return found;
    }
    return undefined;
  }

  /** The first item with a description; nothing when there is none. IMAPI2: `ProgressItemFromDescription`. */
  itemFromDescription(description: string): ProgressItem | undefined {
    return itemOf(this.#extents.find(({ label }) => label === description));
  }

  /** All items in the order of writing. */
  *[Symbol.iterator](): IterableIterator<ProgressItem> {
    for (const extent of this.#extents) yield itemOf(extent) as ProgressItem;
  }
}

/** Index of the last extent that starts at or before a block; -1 when all start behind it. */
function lastStartingUpTo(extents: readonly Extent[], block: Lba): number {
  let low = 0;
  let high = extents.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((extents[middle] as Extent).at <= block) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function itemOf(extent: Extent | undefined): ProgressItem | undefined {
  return (
    extent && {
      description: extent.label,
      firstBlock: extent.at,
      lastBlock: extent.at + extent.blocks - 1,
      blockCount: extent.blocks,
    }
  );
}
