import type { BlockReader, CallOptions, Extent, Lba, StateRef, SummedBlocks } from "@multisession/core";
import { type ChecksumTag, decodeTag, encodeTag } from "./checksum-tag.ts";
import { type DescriptorSet, readBlock, SYSTEM_AREA_BLOCKS } from "./descriptor-set.ts";

/** The tags of a session, each with the MD5 sum of all blocks before it. libisofs goes from one to the next. */
export interface SessionTags {
  /** Behind the descriptors of the session. */
  superblock(descriptors: Extent): Extent;
  /** Behind its directories. */
  readonly tree: Extent;
  /** Behind its contents and their sums. */
  readonly session: Extent;
  /** Behind the copy of the descriptors in the disc's head: its sum begins with block 0, and it leads to the session. */
  relocated(descriptors: Extent): Extent;
}

/** Tags of a session that begins at `from`, two of which lie at `treeAt` and `sessionAt`. */
export function sessionTags(from: Lba, treeAt: Lba, sessionAt: Lba): SessionTags {
  return {
    superblock: (descriptors) => tagExtent({ kind: "superblock", at: endOf(descriptors), from, pointer: treeAt }),
    tree: tagExtent({ kind: "tree", at: treeAt, from, pointer: sessionAt }),
    session: tagExtent({ kind: "session", at: sessionAt, from }),
    relocated: (descriptors) => tagExtent({ kind: "relocated", at: endOf(descriptors), from: 0, pointer: from }),
  };
}

function tagExtent(tag: ChecksumTag): Extent {
  return {
    at: tag.at,
    blocks: 1,
    source: { from: "derived", produce: (written) => [encodeTag(tag, written.phaseMd5())] },
    label: "checksum tag",
  };
}

function endOf({ at, blocks }: Extent): Lba {
  return at + blocks;
}

/**
 * Head and directories of a session with the sum in the tag behind them. It is found by the tag behind the descriptors; the one
 * in the disc's head leads to the session that the head belongs to, which has descriptors of the same number.
 */
export async function readSummedDirectories(
  reader: BlockReader,
  { start, end }: StateRef,
  { blocks }: DescriptorSet,
  options?: CallOptions,
): Promise<SummedBlocks | undefined> {
  const tagAt = async (at: Lba | undefined): Promise<ReturnType<typeof decodeTag>> => {
    const block = at !== undefined && at < end ? await readBlock(reader, at, options) : undefined;
    return block && decodeTag(block, at as Lba);
  };
  const behind = SYSTEM_AREA_BLOCKS + blocks.length + 1;
  const first = await tagAt(start + behind);
  const from = first?.kind === "relocated" ? (first.pointer ?? 0) : start;
  const superblock = first?.kind === "relocated" ? await tagAt(from + behind) : first;
  const tree = superblock?.kind === "superblock" ? await tagAt(superblock.pointer) : undefined;
  if (tree?.kind !== "tree" || tree.from !== from) return undefined;
  return { at: from, blocks: tree.at - from, md5: tree.md5 };
}
