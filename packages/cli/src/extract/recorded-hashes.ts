import {
  type BlockReader,
  type CallOptions,
  type Lba,
  type ManifestEntry,
  readManifestChain,
  readTrailer,
  type StateRef,
} from "@multisession/core";

/**
 * The hashes that were taken when the files of a state were recorded, by the first block of each file. Files of sessions
 * of other programs, and of sessions whose manifest cannot be read, have none.
 */
export async function recordedHashes(
  reader: BlockReader,
  states: readonly StateRef[],
  options: CallOptions,
): Promise<ReadonlyMap<Lba, ManifestEntry>> {
  const hashes = new Map<Lba, ManifestEntry>();
  for (const { record } of states) {
    if (record === undefined || record.trailerAt === 0) continue;
    const trailer = await readTrailer(reader, record.trailerAt, options);
    if (trailer === undefined) continue;
    // Also of sessions that are not listed any more, because their heads cannot be read.
    for await (const { entries } of readManifestChain(reader, trailer, options))
      for (const entry of entries) hashes.set(entry.at, entry);
  }
  return hashes;
}
