import { MultisessionError } from "./errors.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import type { Blocks, Lba } from "./units.ts";

/**
 * Blocks, or nothing when the medium does not give them: unwritten, damaged, or outside.
 *
 * @throws everything but `READ_FAILED`: a lost recorder or a cancelled call says nothing about the disc, and must never
 * be taken for a hole in it.
 */
export async function tryRead(
  reader: BlockReader,
  at: Lba,
  blocks: Blocks,
  options?: CallOptions,
): Promise<Uint8Array | undefined> {
  try {
    return await reader.read(at, blocks, options);
  } catch (error) {
    if (MultisessionError.is(error) && error.code === "READ_FAILED") return undefined;
    throw error;
  }
}
