import { MultisessionError } from "./errors.ts";
import type { Medium } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import type { Blocks, Lba } from "./units.ts";

/** First block that no block number of 32 bits reaches: where a recorder tells no size, nothing else bounds its disc. */
const NO_BLOCK: Lba = 2 ** 32;

/**
 * Reads a disc as far as it goes. What is on a disc may name any block; those that the disc cannot have are refused here, and
 * no drive is asked for them. Good for the medium that it was made for: after a burn, make another.
 */
export class MediumReader implements BlockReader {
  /** Behind the last block that the medium can have. */
  readonly end: Lba;
  readonly #reader: BlockReader;

  /** `reader` is asked for what lies on `medium`. */
  constructor(reader: BlockReader, medium: Pick<Medium, "capacity" | "tracks">) {
    this.#reader = reader;
    this.end = endOf(medium);
  }

  /** As `BlockReader.read`. @throws `READ_FAILED` for blocks behind the medium's end, without a command. */
  async read(at: Lba, blocks: Blocks, options?: CallOptions): Promise<Uint8Array> {
    if (at + blocks <= this.end) return this.#reader.read(at, blocks, options);
    const first = Math.max(at, this.end);
    throw new MultisessionError("READ_FAILED", `Block ${first} is not on the disc, which ends before ${this.end}.`, {
      subject: `block ${first}`,
    });
  }
}

/** The highest end that anything tells of: a track that reaches beyond the capacity counts more than what refuses it. */
function endOf({ capacity, tracks }: Pick<Medium, "capacity" | "tracks">): Lba {
  // A drive that knows no size of a written track tells nothing of where the disc ends.
  if (tracks.some(({ size, state }) => size === 0 && (state === "open" || state === "damaged"))) return NO_BLOCK;
  const ends = tracks.map(({ start, size, lastRecorded = -1 }) => Math.max(start + size, lastRecorded + 1));
  const end = Math.max(capacity, ...ends);
  return end > 0 && end < NO_BLOCK ? end : NO_BLOCK;
}
