import { BLOCK_BYTES, blocksOf } from "@multisession/core";
import type { FileSource } from "../file-source.ts";

/** Bytes of one piece of a large file: a message for less takes a tenth of the time that reading and hashing take (measured). */
export const PIECE: number = 1024 * 1024;

/** Files that are read into one slot at most, so that the first ones can be taken soon. */
const FILES = 512;

/** Several files. `end` is exclusive. */
export interface SmallBatch {
  readonly kind: "small";
  readonly first: number;
  readonly end: number;
}

/** What one job of the worker reads: several files, or a piece of one. */
export type Batch =
  | SmallBatch
  | {
      readonly kind: "piece";
      readonly first: number;
      readonly end: number;
      /** First byte in the file. */
      readonly from: number;
      readonly length: number;
      readonly isLast: boolean;
    };

/** Divides files into what fits into slots, in their order; of small files each begins with a block. */
export function* batchesOf(files: readonly Pick<FileSource, "bytes">[]): Generator<Batch> {
  for (let first = 0; first < files.length; ) {
    const bytes = (files[first] as FileSource).bytes;
    if (bytes > PIECE) {
      for (let from = 0; from < bytes; from += PIECE) {
        const length = Math.min(PIECE, bytes - from);
        yield { kind: "piece", first, end: first + 1, from, length, isLast: from + length === bytes };
      }
      first += 1;
      continue;
    }
    let end = first;
    for (let space = 0; end < files.length && end - first < FILES; end++) {
      space += blocksOf((files[end] as FileSource).bytes) * BLOCK_BYTES;
      if (space > PIECE) break;
    }
    yield { kind: "small", first, end };
    first = end;
  }
}
