import { BLOCK_BYTES, blocksOf, type Lba } from "@multisession/core";
import { type Dialect, type Hierarchy, identifierBytesOf, pathRecordBytes } from "./hierarchy.ts";

/** Most directories that can be parents: the parent's number has 16 bits (ECMA-119 9.4.4). */
export const MAX_PARENTS = 65_535;

/** A hierarchy's path table in whole blocks: type L little-endian, type M big-endian (ECMA-119 9.4). */
export function pathTable(hierarchy: Hierarchy, dialect: Dialect, base: Lba, type: "L" | "M"): Uint8Array {
  const bytes = Buffer.alloc(blocksOf(hierarchy.pathTableBytes) * BLOCK_BYTES);
  let at = 0;
  for (const [index, directory] of hierarchy.directories.entries()) {
    const identifierBytes = index === 0 ? 1 : identifierBytesOf(directory, dialect);
    const block =
      directory.kind === "planned" ? base + directory.at : directory.place.table.addressOf(directory.place.number);
    // A parent whose number has no room is given as the root; readers that follow records are not touched by it.
    const parentNumber = directory.parent < MAX_PARENTS ? directory.parent + 1 : 1;
    bytes[at] = identifierBytes;
    if (type === "L") {
      bytes.writeUInt32LE(block, at + 2);
      bytes.writeUInt16LE(parentNumber, at + 6);
    } else {
      bytes.writeUInt32BE(block, at + 2);
      bytes.writeUInt16BE(parentNumber, at + 6);
    }
    if (directory.kind === "planned") {
      if (index > 0) dialect.putIdentifier(bytes, at + 8, directory.named);
    } else if (directory.shown !== undefined) dialect.putIdentifier(bytes, at + 8, directory.shown.named);
    else bytes.set(directory.place.table.identifierOf(directory.place.number), at + 8);
    at += pathRecordBytes(identifierBytes);
  }
  return bytes;
}
