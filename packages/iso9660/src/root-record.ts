import type { BlockReader, CallOptions } from "@multisession/core";
import { readBlock } from "./descriptor-set.ts";
import type { PlacedRecord } from "./directory-reader.ts";
import { readRecord, recordFlag } from "./directory-record.ts";
import type { FoundDescriptor, HierarchyPointers } from "./volume-descriptor.ts";

/** A root's own record, and the block that it begins. */
export interface RootRecord extends PlacedRecord {
  readonly bytes: Uint8Array;
  /** The descriptor's, of two halves that differ with the right one. */
  readonly pointers: HierarchyPointers;
  /** Whether a big-endian half of the descriptor had to be taken. */
  readonly isOtherHalf: boolean;
}

/**
 * A root's own record; nothing when it cannot be read or is none. Where the two halves of the address in the descriptor
 * differ, the little-endian one counts if it leads to a root; of two lengths, the one that the root's own record has.
 */
export async function readRoot(
  reader: BlockReader,
  { pointers, otherRoot }: Pick<FoundDescriptor, "pointers" | "otherRoot">,
  options?: CallOptions,
): Promise<RootRecord | undefined> {
  const places = new Set([pointers.rootAt, ...(otherRoot === undefined ? [] : [otherRoot.rootAt])]);
  for (const rootAt of places) {
    const bytes = await readBlock(reader, rootAt, options);
    const record = bytes && rootRecordIn(bytes);
    if (bytes === undefined || record === undefined) continue;
    const rootBytes = otherRoot?.rootBytes === record.dataLength ? record.dataLength : pointers.rootBytes;
    const isOtherHalf = rootAt !== pointers.rootAt || rootBytes !== pointers.rootBytes;
    return { ...record, block: rootAt, bytes, pointers: { ...pointers, rootAt, rootBytes }, isOtherHalf };
  }
  return undefined;
}

function rootRecordIn(block: Uint8Array): ReturnType<typeof readRecord> {
  const record = readRecord(block, 0);
  const isRoot =
    record !== undefined &&
    record.nameLength === 1 &&
    record.name[0] === 0 &&
    (record.flags & recordFlag.directory) !== 0;
  return isRoot ? record : undefined;
}
