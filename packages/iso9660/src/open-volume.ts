import {
  type Attributes,
  type BlockReader,
  type CallOptions,
  MultisessionError,
  type RecordedVolume,
  type StateRef,
} from "@multisession/core";
import { type DescriptorSet, readBlock, readStateDescriptors } from "./descriptor-set.ts";
import type { PlacedRecord } from "./directory-reader.ts";
import { readRecord, recordFlag } from "./directory-record.ts";
import { Findings } from "./findings.ts";
import { JolietLookup } from "./joliet-lookup.ts";
import { attributesOf } from "./record-node.ts";
import { RecordedSums } from "./recorded-sums.ts";
import { IsoVolume, type OpenRoot } from "./recorded-volume.ts";
import { versionOf } from "./rock-ridge.ts";
import { RockRidgeReader, suspSkip } from "./rock-ridge-reader.ts";
import { volumeNameOf } from "./tree-identity.ts";
import type { HierarchyPointers } from "./volume-descriptor.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** Hierarchies of names that a volume can be read by; `enhanced` is that of ISO 9660:1999. */
export type NameSource = "rock-ridge" | "joliet" | "enhanced" | "plain";

/**
 * Opens the state's volume by the first of the preferred hierarchies that it has and whose root can be read.
 *
 * @throws `DAMAGED_CONTENT` when there is none.
 */
export async function openVolume(
  reader: BlockReader,
  state: StateRef,
  volume: VolumeOptions,
  options?: CallOptions,
): Promise<RecordedVolume> {
  const set = await readStateDescriptors(reader, state, options);
  const findings = new Findings();
  const { primary, joliet } = set;
  const name = volumeNameOf(set);
  const primaryRoot = await readRoot(reader, primary.pointers, options);
  if (primaryRoot === undefined) findings.add(primary.pointers.rootAt, "The root directory cannot be read.");
  const openTree = async (
    kind: "joliet" | "enhanced",
    pointers: HierarchyPointers | undefined,
  ): Promise<OpenRoot | undefined> => {
    const root = pointers && (await readRoot(reader, pointers, options));
    return root && { pointers, reading: { kind }, attributes: plainAttributes(root), bytes: root.bytes };
  };
  const openers: Readonly<Record<NameSource, () => Promise<OpenRoot | undefined>>> = {
    "rock-ridge": async () => primaryRoot && openRockRidge(reader, findings, set, primaryRoot, state, volume, options),
    joliet: () => openTree("joliet", joliet?.pointers),
    enhanced: () => openTree("enhanced", set.enhanced?.pointers),
    plain: async () =>
      primaryRoot && {
        pointers: primary.pointers,
        reading: { kind: "plain" },
        attributes: plainAttributes(primaryRoot),
        bytes: primaryRoot.bytes,
      },
  };
  for (const source of volume.prefer) {
    const root = await openers[source]();
    if (root !== undefined) return new IsoVolume({ reader, findings, name, state, set, ...root });
  }
  throw new MultisessionError(
    "DAMAGED_CONTENT",
    `The root directory of "${name}" at block ${primary.pointers.rootAt} cannot be read by ${volume.prefer.join(" or ")}.`,
    { subject: state.label },
  );
}

async function openRockRidge(
  reader: BlockReader,
  findings: Findings,
  set: DescriptorSet,
  root: RootRecord,
  state: StateRef,
  volume: VolumeOptions,
  options?: CallOptions,
): Promise<OpenRoot | undefined> {
  const skip = suspSkip(root.systemUse);
  if (skip === undefined) return undefined;
  // In the root's own record the entries start at SP, behind the bytes that all others skip.
  const own = await new RockRidgeReader(reader, findings, 0).read(root, options);
  if (own.mode === undefined) return undefined;
  const { pointers } = set.primary;
  const { names, jolietUnits } = volume;
  const sumList = own.sumList && { sumList: own.sumList };
  const joliet = set.joliet && {
    joliet: new JolietLookup(reader, pointers.rootAt, set.joliet.pointers, jolietUnits),
  };
  return {
    pointers,
    reading: {
      kind: "rock-ridge",
      entries: new RockRidgeReader(reader, findings, skip),
      names,
      jolietUnits,
      ...joliet,
    },
    attributes: attributesOf(root, own, "directory"),
    bytes: root.bytes,
    ...(own.sumList && { sums: new RecordedSums(own.sumList, state) }),
    shareable: {
      fileSystem: state.fileSystem,
      reader,
      set,
      rockRidge: versionOf(root.systemUse),
      ...joliet,
      ...sumList,
      volume,
    },
  };
}

function plainAttributes(root: PlacedRecord): Attributes {
  return attributesOf(root, undefined, "directory");
}

/** A root's own record, and the block that it begins. */
interface RootRecord extends PlacedRecord {
  readonly bytes: Uint8Array;
}

/** A root's own record; nothing when it cannot be read or is none. */
export async function readRoot(
  reader: BlockReader,
  { rootAt }: HierarchyPointers,
  options?: CallOptions,
): Promise<RootRecord | undefined> {
  const block = await readBlock(reader, rootAt, options);
  const record = block && readRecord(block, 0);
  const isRoot =
    record !== undefined &&
    record.nameLength === 1 &&
    record.name[0] === 0 &&
    (record.flags & recordFlag.directory) !== 0;
  return isRoot ? { ...record, block: rootAt, bytes: block as Uint8Array } : undefined;
}
