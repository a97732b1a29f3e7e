import type { Blocks, Lba } from "./units.ts";

/** What the burn knows when it reaches a derived extent: everything that was written before it in the same burn. */
export interface Written {
  /** Hashes and fate of one new content. */
  content(id: number): ContentHashes;
  /** SHA-256 over the blocks of every extent of the payload so far that is not content, in write order. */
  metadata(): Uint8Array;
  /**
   * MD5 over all blocks of the phase so far, in write order; where the shape asks for MD5. In the commit it begins with block 0,
   * where readers of a head begin: what lies there before the phase is read from the medium. Nothing where that cannot be read.
   */
  phaseMd5(): Uint8Array | undefined;
}

/** Hashes of one content, and whether it `isDamaged`. */
export interface ContentHashes {
  /** Of exactly its bytes. */
  readonly sha256: Uint8Array;
  /** Of exactly its bytes; where the shape asks for MD5. */
  readonly md5?: Uint8Array;
  /** It changed while it was read, and was cut or filled with zeros. */
  readonly isDamaged: boolean;
}

/** Where the bytes of an extent come from. Every source gives exactly the blocks of its extent; core fills the last one with zeros. */
export type Source =
  /** Made by the file system, again on demand and always the same. */
  | { readonly from: "bytes"; produce(): Iterable<Uint8Array> }
  /** A file, read while it is written; `id` counts the image's new contents from 0. */
  | { readonly from: "content"; readonly id: number; readonly bytes: number }
  /** Of fixed length, made from extents earlier in the write order: manifest, trailer. */
  | { readonly from: "derived"; produce(written: Written): Iterable<Uint8Array> }
  /**
   * What is on the medium now, kept where a unit is rewritten as a whole. `unreadable`: what becomes of blocks that cannot
   * be read. Only where nothing can be lost any more may they become zeros. `keeps`: which blocks stay; the others become
   * zeros. All without it.
   */
  | { readonly from: "medium"; readonly unreadable: "refuse" | "zeros"; keeps?(block: Uint8Array): boolean }
  | { readonly from: "zero" };

/** Consecutive blocks with one source. */
export interface Extent {
  /** First block. */
  readonly at: Lba;
  /** Length. */
  readonly blocks: Blocks;
  /** Where its bytes come from. */
  readonly source: Source;
  /** For people and tests: what it is, such as `path tables` or a file's path. */
  readonly label: string;
}

/** What the extents of a phase are for. */
export type PhaseKind = "give-up" | "invalidate" | "payload" | "bridge" | "commit" | "mirror" | "cleanup";

/**
 * Extents that belong together in the write order. Their order is the order in which they are written.
 * `then` must be true before the next phase starts: `durable` means flushed to the medium. On append ranges `ordered`
 * is free, and a flush is not neutral (it can end a track, pad, or move the next address), so it comes only where planned.
 */
export interface Phase {
  /** What its extents are for. */
  readonly kind: PhaseKind;
  /** In the order in which they are written. */
  readonly extents: readonly Extent[];
  /** What must be true before the next phase starts. */
  readonly then: "none" | "ordered" | "durable";
}

/** A rendered session: everything that is to be written, without a byte of file content read. */
export interface ImageShape {
  /** In the order in which they are written. */
  readonly phases: readonly Phase[];
  /** The state that the burn makes. `end`: where the chain goes on, replaced units of the commit included. */
  readonly state: { readonly start: Lba; readonly end: Lba; readonly label: string };
  /** Digest of what was rendered: paths, types, sizes, times, modes, links, placement; not content. */
  readonly imageDigest: string;
  /** Whether derived extents ask for MD5 sums, which nothing else needs. */
  readonly md5?: boolean;
}

/** Blocks of a phase. */
export function phaseBlocks(phase: Phase): Blocks {
  return phase.extents.reduce((sum, { blocks }) => sum + blocks, 0);
}

/** Consecutive blocks of a phase as they will be written. */
export interface Run {
  /** First block. */
  readonly at: Lba;
  /** Length. */
  readonly blocks: Blocks;
  /** Label of the first extent. */
  readonly label: string;
}

/** Joins the extents of a phase that follow each other, so that 100,000 files are one run. */
export function runsOf(phase: Phase): readonly Run[] {
  const runs: { at: Lba; blocks: Blocks; label: string }[] = [];
  let last: (typeof runs)[number] | undefined;
  for (const extent of phase.extents) {
    const { at, blocks } = extent;
    if (last !== undefined && last.at + last.blocks === at) {
      last.blocks += blocks;
      continue;
    }
    last = { at, blocks, label: extent.label };
    runs.push(last);
  }
  return runs.filter(({ blocks }) => blocks > 0);
}
