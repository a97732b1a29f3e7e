import { BLOCK_BYTES, blocksOf, type Lba } from "@multisession/core";
import { type Dialect, type Hierarchy, pathRecordBytes } from "./hierarchy.ts";

/** Most directories that can be parents: the parent's number has 16 bits (ECMA-119 9.4.4). */
export const MAX_PARENTS = 65_535;

/** A hierarchy's path table in whole blocks: type L little-endian, type M big-endian (ECMA-119 9.4). */
export function pathTable(hierarchy: Hierarchy, dialect: Dialect, base: Lba, type: "L" | "M"): Uint8Array {
  const bytes = Buffer.alloc(blocksOf(hierarchy.pathTableBytes) * BLOCK_BYTES);
  let at = 0;
  for (const [index, { named, parent, at: block }] of hierarchy.directories.entries()) {
    const identifierBytes = index === 0 ? 1 : dialect.identifierBytes(named);
    // A parent whose number has no room is given as the root; readers that follow records are not touched by it.
    const parentNumber = parent < MAX_PARENTS ? parent + 1 : 1;
    bytes[at] = identifierBytes;
    if (type === "L") {
      bytes.writeUInt32LE(base + block, at + 2);
      bytes.writeUInt16LE(parentNumber, at + 6);
    } else {
      bytes.writeUInt32BE(base + block, at + 2);
      bytes.writeUInt16BE(parentNumber, at + 6);
    }
    if (index > 0) dialect.putIdentifier(bytes, at + 8, named);
    at += pathRecordBytes(identifierBytes);
  }
  return bytes;
}
