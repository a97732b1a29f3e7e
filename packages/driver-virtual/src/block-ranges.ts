import type { Blocks, Lba } from "@multisession/core";

/** From the first block to the last one, exclusive. */
export type BlockRange = readonly [from: Lba, to: Lba];

/** Blocks, kept as ranges: a disc that is written in one go takes one of them, whatever its size. */
export class BlockRanges {
  /** In order, apart from each other. */
  #ranges: readonly BlockRange[];

  constructor(ranges: readonly BlockRange[] = []) {
    this.#ranges = ranges;
  }

  /** In order, none touching the next. */
  get ranges(): readonly BlockRange[] {
    return this.#ranges;
  }

  /** How many blocks there are. */
  get blocks(): Blocks {
    return this.#ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  }

  /** Exclusive end of the last one; 0 when there is none. */
  get end(): Lba {
    return this.#ranges.at(-1)?.[1] ?? 0;
  }

  /** Whether all blocks of a range are among them. */
  holds(from: Lba, to: Lba): boolean {
    const range = this.#ranges[this.#before(from) - 1];
    return range !== undefined && to <= range[1];
  }

  /** Adds a range; it may lie across others. */
  add(from: Lba, to: Lba): void {
    let first = this.#before(from);
    if ((this.#ranges[first - 1]?.[1] ?? -1) >= from) first -= 1;
    const last = this.#before(to);
    const start = first < last ? Math.min(from, this.#ranges[first]?.[0] ?? from) : from;
    const end = first < last ? Math.max(to, this.#ranges[last - 1]?.[1] ?? to) : to;
    this.#ranges = this.#ranges.toSpliced(first, last - first, [start, end]);
  }

  /** Takes over all of another one. */
  assign(other: BlockRanges): void {
    this.#ranges = other.#ranges;
  }

  /** How many ranges begin at a block or before it. */
  #before(at: Lba): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.[0] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
