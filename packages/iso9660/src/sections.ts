import { BLOCK_BYTES, type Content, type RecordedExtent } from "@multisession/core";

/** Longest section of a file: the most that a 32-bit length takes in whole blocks (ISO 9660 level 3). */
export const MAX_SECTION_BYTES: number = 2 ** 32 - BLOCK_BYTES;

/** Joins pieces that follow each other on the disc. Pieces without bytes are left out. */
export function joinExtents(extents: readonly RecordedExtent[]): readonly RecordedExtent[] {
  if (extents.length === 1 && extents[0]?.bytes !== 0) return extents;
  const joined: RecordedExtent[] = [];
  for (const extent of extents) {
    const last = joined.at(-1);
    if (extent.bytes === 0) continue;
    const follows =
      last !== undefined && last.bytes % BLOCK_BYTES === 0 && last.at + last.bytes / BLOCK_BYTES === extent.at;
    if (follows) joined[joined.length - 1] = { at: last.at, bytes: last.bytes + extent.bytes };
    else joined.push(extent);
  }
  return joined;
}

/** A file's pieces as its directory records name them: none longer than `sectionBytes`, at least one. */
export function sectionsOf(extents: readonly RecordedExtent[], sectionBytes: number): readonly RecordedExtent[] {
  const joined = joinExtents(extents);
  // No block belongs to an empty file; block 0 is what older writers name and all readers accept.
  if (joined.length === 0) return [{ at: 0, bytes: 0 }];
  if (joined.length === 1 && (joined[0] as RecordedExtent).bytes <= sectionBytes) return joined;
  return joined.flatMap(({ at, bytes }) =>
    Array.from({ length: Math.ceil(bytes / sectionBytes) }, (_, index) => ({
      at: at + (index * sectionBytes) / BLOCK_BYTES,
      bytes: Math.min(sectionBytes, bytes - index * sectionBytes),
    })),
  );
}

/** How many sections a content will have. A new content is placed in one piece. */
export function countSections(content: Content, sectionBytes: number): number {
  if (content.kind === "recorded")
    return content.extents.length === 1 && (content.extents[0] as RecordedExtent).bytes <= sectionBytes
      ? 1
      : sectionsOf(content.extents, sectionBytes).length;
  return Math.max(1, Math.ceil(content.bytes / sectionBytes));
}
