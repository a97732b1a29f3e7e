import type { Extent } from "./extent.ts";
import type { Finding, Probe, SessionRecord, StateRef } from "./history.ts";
import type { Assessment, Needs } from "./intent.ts";
import type { Md5Sums } from "./md5-sums.ts";
import type { Medium } from "./medium.ts";
import type { Fixed } from "./plan.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import type { DeltaPolicy, DirectorySpan, NoSharing, Sharing } from "./sharing.ts";
import type { AddressSpace } from "./space.ts";
import type { Content, RecordedBytes, RecordedEntry, RecordedExtent, Tree } from "./tree.ts";
import type { Blocks, Lba } from "./units.ts";
import type { SummedBlocks } from "./verify-sums.ts";

/** What a file system is given to lay a session out. */
export interface SessionFrame {
  /** What the mechanism offers. */
  readonly space: AddressSpace;
  /** The state that the session builds on. */
  readonly base?: StateRef;
  /** Time and identity of the session. */
  readonly fixed: Fixed;
  /** Where the tree has folders that stay where they lie: what `RecordedVolume.share` of the base gave. */
  readonly sharing?: Sharing;
  /** MD5 sums that the disc has of contents that are on it, for a file system that records them again. */
  readonly md5Sums?: Md5Sums;
}

/** Where everything of a session lies, once all sizes are known. */
export interface Placement {
  /** First block of this file system's front part; of the first file system it is the session's start. */
  readonly front: Lba;
  /** First block of this file system's back part. */
  readonly back: Lba;
  /** First block of the session. */
  readonly start: Lba;
  /** Exclusive end of the session, its trailer included. */
  readonly sessionEnd: Lba;
  /** Where the chain goes on: `sessionEnd` and the units that bridge and commit will take. */
  readonly chainEnd: Lba;
  /** What every head of the session must carry, as `encodeSessionRecord` stores it in 64 bytes. */
  readonly record: SessionRecord;
  /** Extents of a content, placed by the image: no block of content is placed twice for two file systems. */
  extentsOf(content: Content): readonly RecordedExtent[];
}

/**
 * A file system's part of a session. Extents of `front` and `back` fill the blocks that the layout announced.
 * `commit` and `bridge` fill the part of their unit that the file system owns; core fills the rest of the unit.
 */
export interface Rendering {
  /** Extents that fill the front part. */
  readonly front: readonly Extent[];
  /** Extents that fill the back part. */
  readonly back: readonly Extent[];
  /** With `space.published.by === "head"`: the descriptors for the start of the disc, inside that unit. */
  readonly commit?: readonly Extent[];
  /** With `space.chainFrom`: a head there whose own size leads to the session's start. */
  readonly bridge?: readonly Extent[];
}

/** A session laid out: all sizes are final, no address of content is known yet. */
export interface Layout {
  /** Blocks before the contents: head, path tables, directories. */
  readonly front: Blocks;
  /** Blocks behind the contents. */
  readonly back: Blocks;
  /** What the file system changed or dropped to store the tree: names mapped, attributes it has no room for. */
  readonly notes: readonly string[];
  /** Whether derived extents ask for MD5 sums. */
  readonly md5?: boolean;
  /** Pure: the same answer for the same placement. Reads no file. */
  render(placement: Placement): Promise<Rendering>;
}

/** A volume on the disc, opened for reading. Directories are read when they are listed. */
export interface RecordedVolume {
  /** As the volume has it. */
  readonly volumeName: string;
  /** Where `list` begins. */
  readonly root: RecordedEntry & { readonly kind: "directory" };
  /** Entries of a directory in the order of the disc. Damage inside is reported in `findings`; the rest is listed. */
  list(
    directory: RecordedEntry & { readonly kind: "directory" },
    options?: CallOptions,
  ): Promise<readonly RecordedEntry[]>;
  /**
   * The bytes of a file whose entry has an `encoding`, in pieces. A file system that gives none needs no such method. Zeros
   * may stand where bytes are damaged: then it fails when all the others have been given.
   *
   * @throws `READ_FAILED`, and `DAMAGED_CONTENT` with the address of what makes no sense.
   */
  decode?(content: RecordedBytes, options?: CallOptions): AsyncIterable<Uint8Array>;
  /**
   * Says which directories the next session may leave where they lie, or why none. Reads at most path tables or what takes
   * their place. A file system that always writes the whole tree needs no such method.
   */
  share?(options?: CallOptions): Promise<Sharing | NoSharing>;
  /** Reads the MD5 sums that the volume has of files: of contents with `md5At`. A file system that records none needs no such method. */
  md5Sums?(options?: CallOptions): Promise<Md5Sums>;
  /** The volume's head and directories with the MD5 sum that it has of them; nothing where it has none. */
  summedDirectories?(options?: CallOptions): Promise<SummedBlocks | undefined>;
  /** Where its directories lie; nothing when that cannot be told. Reads no directory. */
  directories?(options?: CallOptions): Promise<DirectorySpan | undefined>;
  /** What was found wrong so far, with its address. */
  readonly findings: readonly Finding[];
}

/** Times from one to another; milliseconds since 1970. */
export interface TimeRange {
  /** The earliest, included. */
  readonly first: number;
  /** The latest, included. */
  readonly last: number;
}

/** A file system: what is written into the space that a mechanism offers. Sees no drive and no source file. */
export interface FileSystem {
  /** Stable name, such as `iso9660`. */
  readonly id: string;
  /** Finds its heads on a disc. */
  readonly probe: Probe;
  /** When sessions share directories; absent where each always has the whole tree. */
  readonly delta?: DeltaPolicy;
  /** Whether sessions with the whole tree record MD5 sums, so also those of contents that are on the disc already. */
  readonly md5?: boolean;
  /** Which times it records as they are; others become the nearest of these. All without it. */
  readonly times?: TimeRange;
  /** Whether its volumes can live on this medium. Pure. */
  assess(medium: Medium): Assessment;
  /** Lower bounds, before anything is laid out. Pure. */
  needs(tree: Tree | undefined): Needs;
  /** Lays the tree out. Pure, asynchronous because it yields on large trees. @throws `NAME_NOT_ALLOWED`, `INVALID_VOLUME_NAME`. */
  layout(tree: Tree, frame: SessionFrame, options?: CallOptions): Promise<Layout>;
  /**
   * A session that holds only a head: it shows `state` again, or an empty volume when there is none.
   * The reader gives the old head; nothing else is read.
   */
  republish(
    state: StateRef | undefined,
    frame: SessionFrame,
    reader: BlockReader,
    options?: CallOptions,
  ): Promise<Layout>;
  /** The disc's head again from the newest state's own copy: the extents of the commit unit. */
  restoreHead(
    state: StateRef,
    space: AddressSpace,
    reader: BlockReader,
    options?: CallOptions,
  ): Promise<readonly Extent[]>;
  /** Whether a block stays as it is in the head's unit where nobody writes it; else it becomes zeros. Without it, all stay. */
  keepsInHead?(block: Uint8Array): boolean;
  /** A valid empty volume with a new life for the disc's head: never zeros, which would let old heads live again. */
  clear(space: AddressSpace, fixed: Fixed): readonly Extent[];
  /** Opens a state for reading. Lenient: damage is a finding. @throws `DAMAGED_CONTENT` when not even the root can be found. */
  open(reader: BlockReader, state: StateRef, options?: CallOptions): Promise<RecordedVolume>;
}
