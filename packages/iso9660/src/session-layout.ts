import {
  BLOCK_BYTES,
  type BlockReader,
  type Blocks,
  type CallOptions,
  type Extent,
  type Fixed,
  type Layout,
  type Lba,
  type Placement,
  type Rendering,
  type SessionFrame,
  type SessionRecord,
  type StateRef,
  type Tree,
} from "@multisession/core";
import {
  copiedBlocks,
  copiedDescriptors,
  type DescriptorWriter,
  newDescriptors,
  readStateDescriptors,
  SYSTEM_AREA_BLOCKS,
} from "./descriptor-set.ts";
import { descriptorsOf, directoryExtents, treeTagOf, volumeBlocks } from "./placed-volume.ts";
import { type PlannedVolume, planEmptyVolume, planVolume } from "./planned-volume.ts";
import { type SessionTags, sessionTags } from "./session-tags.ts";
import { IsoSharing } from "./sharing.ts";
import { identityOf } from "./tree-identity.ts";
import { blankDetails } from "./volume-details.ts";
import { type VolumeOptions, volumeOptions } from "./volume-options.ts";

/** Name of a volume that holds nothing yet: none, so that the first session with files does not inherit one. */
const EMPTY_VOLUME_NAME = "";

/** Size of an empty volume at the start of a disc: readers of a chain find nothing behind block 32, where the first session starts. */
const CLEARED_BLOCKS = 32;

/** Most blocks of a session that holds only a head: an empty volume with Joliet, which is never shorter than copied descriptors. */
export const HEAD_BLOCKS: Blocks = emptyBlocks(volumeOptions());

/** Blocks of an empty volume with these options. */
export function emptyBlocks(volume: VolumeOptions): Blocks {
  return volumeBlocks(planEmptyVolume(EMPTY_VOLUME_NAME, 0, volume));
}

/** A session with a tree. */
export async function layoutTree(
  tree: Tree,
  frame: SessionFrame,
  volume: VolumeOptions,
  options?: CallOptions,
): Promise<Layout> {
  const { base, sharing, space, md5Sums } = frame;
  const keptCatalog = base && identityOf(base.digest)?.bootCatalog;
  // What is shared lies in the session that is built on or before it: where this one begins, nothing of that may be written over.
  if (sharing !== undefined && (base === undefined || base.end > space.sessionStart))
    throw new TypeError("Directories are shared only with a session that ends before this one begins");
  const taken = { keptCatalog, sharing: sharing && IsoSharing.of(sharing), md5Sums };
  return layoutVolume(await planVolume(tree, volume, taken, options), frame);
}

/** A session that shows `state` again, or an empty volume: head only. @throws `DAMAGED_CONTENT` when the state's head cannot be read. */
export async function layoutAgain(
  state: StateRef | undefined,
  frame: SessionFrame,
  reader: BlockReader,
  volume: VolumeOptions,
  options?: CallOptions,
): Promise<Layout> {
  if (state === undefined) return layoutVolume(planEmptyVolume(EMPTY_VOLUME_NAME, frame.fixed.time, volume), frame);
  const set = await readStateDescriptors(reader, state, options);
  const front = SYSTEM_AREA_BLOCKS + copiedBlocks(set);
  return {
    front,
    back: 0,
    notes: [],
    render: async (placement) => headRendering(copiedDescriptors(set), frame, placement),
  };
}

/** The descriptors of the newest state for the disc's head. @throws `DAMAGED_CONTENT` when the state's own cannot be read. */
export async function headAgain(
  state: StateRef,
  reader: BlockReader,
  options?: CallOptions,
): Promise<readonly Extent[]> {
  const set = await readStateDescriptors(reader, state, options);
  const record = set.record ?? state.record;
  return [descriptorExtent(0, copiedDescriptors(set), record?.end ?? state.end, record)];
}

/** An empty volume that begins a life: readers of a chain stop at block 32, so that no old session lives on behind it. */
export function emptyHead({ time, life, nonce }: Fixed, options: VolumeOptions): readonly Extent[] {
  const volume = planEmptyVolume(EMPTY_VOLUME_NAME, time, options);
  const record: SessionRecord = { life, sequence: 0, nonce, start: 0, end: CLEARED_BLOCKS, trailerAt: 0, time };
  return [
    descriptorExtent(0, descriptorsOf(volume, 0, time), CLEARED_BLOCKS, record),
    ...directoryExtents(volume, 0, () => []),
  ];
}

function layoutVolume(volume: PlannedVolume, frame: SessionFrame): Layout {
  const { sums, hasTags, notes } = volume;
  const listBlocks = sums?.blocks ?? 0;
  return {
    front: volumeBlocks(volume),
    back: listBlocks + Number(hasTags),
    notes,
    ...(hasTags && { md5: true }),
    render: async (placement) => {
      const { front, back } = placement;
      const descriptors = descriptorsOf(volume, front, frame.fixed.time);
      const directories = directoryExtents(volume, front, (content) => placement.extentsOf(content), back);
      const tags = hasTags ? sessionTags(front, treeTagOf(volume, front), back + listBlocks) : undefined;
      const behind = tags ? [...directories, tags.tree] : directories;
      const rendering = headRendering(descriptors, frame, placement, behind, tags);
      if (sums === undefined || tags === undefined) return rendering;
      const { produce } = sums.placed(front, back);
      const list: Extent = {
        at: back,
        blocks: listBlocks,
        source: { from: "derived", produce: (written) => [produce(written)] },
        label: "MD5 sums",
      };
      return { ...rendering, back: listBlocks > 0 ? [list, tags.session] : [tags.session] };
    },
  };
}

function headRendering(
  descriptors: DescriptorWriter,
  frame: SessionFrame,
  placement: Placement,
  behind: readonly Extent[] = [],
  tags?: SessionTags,
): Rendering {
  const { front, start, sessionEnd, chainEnd, record } = placement;
  if (front !== start)
    throw new TypeError(
      "ISO 9660 must come first in a session: readers look for its descriptors behind the session's start",
    );
  const { published, chainFrom } = frame.space;
  const size = published.by === "head" ? chainEnd - start : sessionEnd;
  const set = descriptorExtent(start, descriptors, size, record);
  const copy = descriptorExtent(0, descriptors, chainEnd, record);
  return {
    front: [
      { at: start, blocks: SYSTEM_AREA_BLOCKS, source: { from: "zero" }, label: "system area" },
      set,
      ...(tags ? [tags.superblock(set)] : []),
      ...behind,
    ],
    back: [],
    ...(published.by === "head" ? { commit: tags ? [copy, tags.relocated(copy)] : [copy] } : {}),
    ...(chainFrom === undefined
      ? {}
      : { bridge: [bridgeExtent(chainFrom, start, baseDescriptors(frame) ?? descriptors)] }),
  };
}

/**
 * A head that leads readers of a chain on: its own size reaches to the session. It shows the base state's tree, or the
 * session's where the chain has none before it (an empty volume lies in the disc's head): either way its digest is a
 * neighbour's, so that it does not count as a state.
 */
function bridgeExtent(chainFrom: Lba, start: Lba, descriptors: DescriptorWriter): Extent {
  return { ...descriptorExtent(chainFrom, descriptors, start - chainFrom, undefined), label: "bridge" };
}

function baseDescriptors({ base, fixed }: SessionFrame): DescriptorWriter | undefined {
  const identity = base === undefined || base.start === 0 ? undefined : identityOf(base.digest);
  return identity && newDescriptors(identity, { time: fixed.time, rootDate: fixed.time, ...blankDetails });
}

function descriptorExtent(
  start: Lba,
  descriptors: DescriptorWriter,
  size: Blocks,
  record: SessionRecord | undefined,
): Extent {
  const bytes = descriptors(size, record);
  return {
    at: start + SYSTEM_AREA_BLOCKS,
    blocks: bytes.length / BLOCK_BYTES,
    source: { from: "bytes", produce: () => [bytes] },
    label: "volume descriptors",
  };
}
