import {
  BLOCK_BYTES,
  type BlockReader,
  type CallOptions,
  type Lba,
  type Md5Sums,
  type StateRef,
  tryRead,
} from "@multisession/core";
import { isWhole, type ListPlace, listBlocks, OTHER_SUMS, SUM_BYTES, SUMS_PER_BLOCK } from "./checksum-list.ts";
import type { Findings } from "./findings.ts";

/** Longest list that is read: 64 MiB, four million files. */
const MAX_SUMS = 4_194_304;

/** Blocks of one read. */
const READ_BLOCKS = 32;

/** The list of MD5 sums that the records of a volume name. */
export class RecordedSums {
  readonly #place: ListPlace;
  readonly #end: Lba;
  #list: Promise<Buffer | undefined> | undefined;

  constructor(place: ListPlace, { end }: StateRef) {
    this.#place = place;
    this.#end = end;
  }

  /** Where the sum of a file lies whose record names an index, as `RecordedBytes.md5At` counts; nothing where there is none. */
  md5At(index: number): number | undefined {
    const { at, count } = this.#place;
    return index > 0 && index <= count - OTHER_SUMS ? at * SUMS_PER_BLOCK + index : undefined;
  }

  /** Reads the list. One that is damaged is a finding, and none of its sums is taken. */
  async load(reader: BlockReader, findings: Findings, options?: CallOptions): Promise<Md5Sums> {
    this.#list ??= this.#read(reader, findings, options);
    const list = await this.#list;
    const { at, count } = this.#place;
    return ({ md5At = 0 }) => {
      const index = md5At - at * SUMS_PER_BLOCK;
      return index > 0 && index <= count - OTHER_SUMS
        ? list?.subarray(index * SUM_BYTES, (index + 1) * SUM_BYTES)
        : undefined;
    };
  }

  async #read(reader: BlockReader, findings: Findings, options?: CallOptions): Promise<Buffer | undefined> {
    const { at, count } = this.#place;
    const blocks = listBlocks(count);
    const pieces: Uint8Array[] = [];
    const fits = count <= MAX_SUMS && at + blocks <= this.#end;
    for (let done = 0; fits && done < blocks; done += READ_BLOCKS) {
      const piece = await tryRead(reader, at + done, Math.min(READ_BLOCKS, blocks - done), options);
      if (piece === undefined) break;
      pieces.push(piece);
    }
    const list = Buffer.concat(pieces);
    if (fits && list.length === blocks * BLOCK_BYTES && isWhole(list, count)) return list;
    findings.add(at, "The list of MD5 sums cannot be read or is damaged.");
    return undefined;
  }
}
