import {
  BLOCK_BYTES,
  type BlockReader,
  type Blocks,
  type CallOptions,
  type Lba,
  MultisessionError,
  type SessionRecord,
  type StateRef,
  tryRead,
} from "@multisession/core";
import { digestOf, type TreeIdentity } from "./tree-identity.ts";
import {
  bootCatalogIn,
  type DescriptorDetails,
  type DescriptorKind,
  decodeDescriptor,
  descriptorType,
  encodeBootRecord,
  encodeDescriptor,
  encodeTerminator,
  type FoundDescriptor,
  recordIn,
  setRecord,
  setVolumeBlocks,
  typeOfDescriptor,
} from "./volume-descriptor.ts";

/** Blocks before the descriptors: the system area (ECMA-119 6.2.1). */
export const SYSTEM_AREA_BLOCKS = 16;

/** Most descriptors that are read; a set with more is cut. */
const MAX_DESCRIPTORS = 16;

/** Most blocks of a copied set: with the system area before it, a copy is no longer than an empty volume. */
const MAX_COPIED = 9;

/** Makes the blocks of a descriptor set for a head: with its size, and with our record or none. */
export type DescriptorWriter = (volumeBlocks: Blocks, record: SessionRecord | undefined) => Uint8Array;

/** A descriptor and the block that it lies in. */
export interface PlacedDescriptor extends FoundDescriptor {
  readonly block: Lba;
}

/** A descriptor set as it was found on a disc. */
export interface DescriptorSet {
  readonly primary: PlacedDescriptor;
  readonly joliet?: PlacedDescriptor;
  /** Of ISO 9660:1999. */
  readonly enhanced?: PlacedDescriptor;
  /** Where El Torito's catalog lies. */
  readonly bootCatalog?: Lba;
  /** Ours, from the first descriptor that has it: each one has, so that one is enough where a cut has torn the set. */
  readonly record?: SessionRecord;
  /** A descriptor has another record than the others, or the set ends where a block cannot be read. */
  readonly isTorn: boolean;
  /** The block where the set ends without a terminator; absent where it has one. */
  readonly brokenOffAt?: Lba;
  /** All blocks of the set that could be read, the terminator left out. */
  readonly blocks: readonly Uint8Array[];
}

/** The hierarchies that a set leads to. */
type SetHierarchies = TreeIdentity & { readonly enhanced?: TreeIdentity["primary"] };

/**
 * A writer of new sets that lead to these trees. Joliet comes before the enhanced descriptor: some readers take the first
 * supplementary one for Joliet's. The boot record is the second, where firmware looks for it (El Torito 2.0).
 */
export function newDescriptors(
  { primary, joliet, enhanced, bootCatalog }: SetHierarchies,
  details: DescriptorDetails,
): DescriptorWriter {
  const hierarchies = Object.entries({ primary, joliet, enhanced }) as [
    DescriptorKind,
    TreeIdentity["primary"] | undefined,
  ][];
  return (volumeBlocks, record) => {
    const descriptors = hierarchies.flatMap(([kind, hierarchy]) =>
      hierarchy === undefined ? [] : [encodeDescriptor({ kind, volumeBlocks, ...hierarchy }, details)],
    );
    for (const descriptor of descriptors) setRecord(descriptor, record);
    if (bootCatalog !== undefined) descriptors.splice(1, 0, encodeBootRecord(bootCatalog));
    return Buffer.concat([...descriptors, encodeTerminator()]);
  };
}

/** A writer of copies of a set that was found, whoever made it: only the size and our record change. */
export function copiedDescriptors(set: DescriptorSet): DescriptorWriter {
  return (volumeBlocks, record) => {
    const blocks = set.blocks.slice(0, MAX_COPIED - 1).map((block) => {
      const copy = Buffer.from(block);
      const type = typeOfDescriptor(copy);
      if (type !== descriptorType.primary && type !== descriptorType.supplementary) return copy;
      setRecord(copy, record);
      setVolumeBlocks(copy, volumeBlocks);
      return copy;
    });
    return Buffer.concat([...blocks, encodeTerminator()]);
  };
}

/** Blocks that the copy of a set takes. */
export function copiedBlocks(set: DescriptorSet): Blocks {
  return Math.min(set.blocks.length + 1, MAX_COPIED);
}

/**
 * Reads the descriptors behind `start`: up to sixteen, up to the terminator or the first block that is none. Nothing when
 * there is no primary descriptor. Never throws for what is on the disc; an abort is passed on.
 */
export async function readDescriptorSet(
  reader: BlockReader,
  start: Lba,
  options?: CallOptions,
): Promise<DescriptorSet | undefined> {
  const blocks: Uint8Array[] = [];
  const found: Partial<Record<DescriptorKind, PlacedDescriptor>> = {};
  const records: (SessionRecord | undefined)[] = [];
  let bootCatalog: Lba | undefined;
  let isCutOff = false;
  let brokenOffAt: Lba | undefined = start + SYSTEM_AREA_BLOCKS + MAX_DESCRIPTORS;
  for (let index = 0; index < MAX_DESCRIPTORS; index += 1) {
    const at = start + SYSTEM_AREA_BLOCKS + index;
    const block = await readBlock(reader, at, options);
    const type = block && typeOfDescriptor(block);
    isCutOff = block === undefined;
    if (block === undefined || type === undefined || type === descriptorType.terminator) {
      brokenOffAt = type === undefined ? at : undefined;
      break;
    }
    blocks.push(block);
    bootCatalog ??= bootCatalogIn(block);
    const descriptor = decodeDescriptor(block);
    if (descriptor !== undefined && found[descriptor.kind] === undefined) {
      found[descriptor.kind] = { ...descriptor, block: at };
      records.push(recordIn(block));
    }
    // What comes first decides: a disc that does not begin with a volume descriptor is read no further.
    if (found.primary === undefined && index > 0) break;
  }
  const { primary, ...others } = found;
  const record = records.find((one) => one !== undefined);
  const isTorn = isCutOff || records.some((one) => JSON.stringify(one) !== JSON.stringify(record));
  return (
    primary && {
      primary,
      ...others,
      ...(bootCatalog !== undefined && { bootCatalog }),
      ...(record && { record }),
      isTorn,
      ...(brokenOffAt !== undefined && { brokenOffAt }),
      blocks,
    }
  );
}

/**
 * The descriptors that a state is known by: at its start, or, where they are damaged, the disc's own head if it shows the
 * same tree.
 *
 * @throws `DAMAGED_CONTENT` when there are none.
 */
export async function readStateDescriptors(
  reader: BlockReader,
  state: StateRef,
  options?: CallOptions,
): Promise<DescriptorSet> {
  const own = await readDescriptorSet(reader, state.start, options);
  if (own !== undefined) return own;
  const head = state.start === 0 ? undefined : await readDescriptorSet(reader, 0, options);
  if (head !== undefined && digestOf(head) === state.digest) return head;
  throw new MultisessionError(
    "DAMAGED_CONTENT",
    `The volume descriptors of "${state.label}" at block ${state.start + SYSTEM_AREA_BLOCKS} cannot be read.`,
    {
      subject: state.label,
    },
  );
}

/** One block; nothing when it cannot be read. @throws what `tryRead` throws. */
export async function readBlock(reader: BlockReader, at: Lba, options?: CallOptions): Promise<Uint8Array | undefined> {
  if (at > 0xffff_ffff) return undefined;
  const block = await tryRead(reader, at, 1, options);
  return block?.length === BLOCK_BYTES ? block : undefined;
}
