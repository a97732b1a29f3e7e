import type { Extent, Lba } from "@multisession/core";
import { type ChecksumTag, encodeTag } from "./checksum-tag.ts";

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
    source: { from: "derived", produce: (written) => encodeTag(tag, written.phaseMd5()) },
    label: "checksum tag",
  };
}

function endOf({ at, blocks }: Extent): Lba {
  return at + blocks;
}
