import type { BlockReader, HeadFound, Lba, Probe } from "@multisession/core";
import { type DescriptorSet, readBlock, readDescriptorSet, SYSTEM_AREA_BLOCKS } from "./descriptor-set.ts";
import { canOpen, type NameSource } from "./open-volume.ts";
import { digestOf, volumeNameOf } from "./tree-identity.ts";

/** Finds heads of ISO 9660 volumes, of whatever program. */
export class Iso9660Probe implements Probe {
  readonly fileSystem: string;
  readonly #prefer: readonly NameSource[];

  /** `prefer`: the hierarchies that volumes are opened by; a tree is readable where one of them can be. */
  constructor(fileSystem: string, prefer: readonly NameSource[]) {
    this.fileSystem = fileSystem;
    this.#prefer = prefer;
  }

  async head(reader: BlockReader, start: Lba): Promise<HeadFound | undefined> {
    const set = await readDescriptorSet(reader, start);
    if (set === undefined) return undefined;
    return {
      start,
      end: await endOf(set, start, reader),
      label: volumeNameOf(set),
      digest: digestOf(set),
      isTreeReadable: await canOpen(reader, set, this.#prefer),
      ...(set.isTorn ? { isTorn: true } : {}),
      ...(set.record === undefined ? {} : { record: set.record }),
    };
  }
}

/**
 * Where the space of a head ends.
 *
 * Our record says it. Elsewhere the volume space size must be read in one of two ways. At the start of the disc both are
 * one. Behind it the size is the session's own with xorriso and genisoimage, and in our bridges; it is absolute with
 * writers that follow newest Linux. Absolute it can be only if the head's trees lie between its start and that block. If
 * they do, it is the session's own nevertheless, unless its last block cannot be read while that of the absolute size can.
 */
async function endOf({ primary, record }: DescriptorSet, start: Lba, reader: BlockReader): Promise<Lba> {
  if (record !== undefined) return record.end;
  const { volumeBlocks, pointers } = primary;
  const own = start + volumeBlocks;
  const isInside = [pointers.rootAt, pointers.pathTableL].every(
    (at) => at > start + SYSTEM_AREA_BLOCKS && at < volumeBlocks,
  );
  if (start === 0 || !isInside) return own;
  const isOwnReadable = (await readBlock(reader, own - 1)) !== undefined;
  return isOwnReadable || (await readBlock(reader, volumeBlocks - 1)) === undefined ? own : volumeBlocks;
}
