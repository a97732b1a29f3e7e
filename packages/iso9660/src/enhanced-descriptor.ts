import { BLOCK_BYTES } from "@multisession/core";
import { decodeDescriptor, descriptorType, type HierarchyPointers, typeOfDescriptor } from "./volume-descriptor.ts";

/** Version in the descriptor of an enhanced volume (ECMA-119, 4th edition, 8.5.2; ISO 9660:1999). */
const ENHANCED_VERSION = 2;

/** Where the version lies in every descriptor. */
const VERSION_AT = 6;

/**
 * Where the enhanced hierarchy of a descriptor set lies: names of up to 207 bytes without versions, which genisoimage and
 * xorriso write at level 4. Nothing when the set has none.
 */
export function enhancedPointers(blocks: readonly Uint8Array[]): HierarchyPointers | undefined {
  for (const block of blocks) {
    if (typeOfDescriptor(block) !== descriptorType.supplementary || block[VERSION_AT] !== ENHANCED_VERSION) continue;
    // All fields that lead to a tree lie where the primary descriptor has them.
    const same = new Uint8Array(BLOCK_BYTES);
    same.set(block.subarray(0, BLOCK_BYTES));
    same[0] = descriptorType.primary;
    same[VERSION_AT] = 1;
    const { pointers } = decodeDescriptor(same) ?? {};
    if (pointers !== undefined) return pointers;
  }
  return undefined;
}
