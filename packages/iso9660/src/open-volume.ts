import {
  type Attributes,
  type BlockReader,
  type CallOptions,
  MultisessionError,
  type RecordedVolume,
  type StateRef,
} from "@multisession/core";
import { noteDescriptors } from "./check-descriptors.ts";
import { ContinuationAreas } from "./continuation-areas.ts";
import { type DescriptorSet, type PlacedDescriptor, readStateDescriptors } from "./descriptor-set.ts";
import type { PlacedRecord } from "./directory-reader.ts";
import { Findings } from "./findings.ts";
import { JolietLookup } from "./joliet-lookup.ts";
import { attributesOf } from "./record-node.ts";
import { RecordedSums } from "./recorded-sums.ts";
import { IsoVolume, type OpenRoot } from "./recorded-volume.ts";
import { versionOf } from "./rock-ridge.ts";
import { type RockRidge, RockRidgeReader, suspSkip } from "./rock-ridge-reader.ts";
import { type RootRecord, readRoot } from "./root-record.ts";
import { volumeNameOf } from "./tree-identity.ts";
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
  noteDescriptors(set, state, findings);
  const rootOf = async (descriptor: PlacedDescriptor): Promise<RootRecord | undefined> => {
    const root = await readRoot(reader, descriptor, options);
    if (root?.isOtherHalf)
      findings.add(descriptor.block, "The big-endian half of the root directory's place counts: the other is wrong.");
    return root;
  };
  const primaryRoot = await rootOf(primary);
  if (primaryRoot === undefined) findings.add(primary.pointers.rootAt, "The root directory cannot be read.");
  const openTree = async (
    kind: "joliet" | "enhanced",
    descriptor: PlacedDescriptor | undefined,
  ): Promise<OpenRoot | undefined> => {
    const root = descriptor && (await rootOf(descriptor));
    return (
      root && {
        pointers: root.pointers,
        reading: { kind },
        attributes: plainAttributes(root),
        bytes: root.bytes,
      }
    );
  };
  const openers: Readonly<Record<NameSource, () => Promise<OpenRoot | undefined>>> = {
    "rock-ridge": async () => primaryRoot && openRockRidge(reader, findings, set, primaryRoot, state, volume, options),
    joliet: () => openTree("joliet", joliet),
    enhanced: () => openTree("enhanced", set.enhanced),
    plain: async () =>
      primaryRoot && {
        pointers: primaryRoot.pointers,
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
  const areas = new ContinuationAreas(reader);
  const own = await readOwnEntries(areas, findings, root, options);
  if (skip === undefined || own === undefined) return undefined;
  const { pointers } = root;
  const { names, jolietUnits } = volume;
  const sumList = own.sumList && { sumList: own.sumList };
  const joliet = set.joliet && {
    joliet: new JolietLookup(reader, pointers.rootAt, set.joliet.pointers, jolietUnits),
  };
  return {
    pointers,
    reading: {
      kind: "rock-ridge",
      entries: new RockRidgeReader(areas, findings, skip),
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

/** What Rock Ridge says in the root's own record; nothing where it is not used. */
async function readOwnEntries(
  areas: ContinuationAreas,
  findings: Findings,
  root: RootRecord,
  options?: CallOptions,
): Promise<RockRidge | undefined> {
  if (suspSkip(root.systemUse) === undefined) return undefined;
  // There the entries start at SP, behind the bytes that all others skip.
  const own = await new RockRidgeReader(areas, findings, 0).read(root, options);
  return own.mode === undefined ? undefined : own;
}

/** Whether {@link openVolume} would find a root. Where the plain names may be read, their root alone tells that. */
export async function canOpen(
  reader: BlockReader,
  set: DescriptorSet,
  prefer: readonly NameSource[],
  options?: CallOptions,
): Promise<boolean> {
  const primary = await readRoot(reader, set.primary, options);
  if (primary !== undefined && prefer.includes("plain")) return true;
  const isReadable: Readonly<Record<NameSource, () => Promise<unknown>>> = {
    plain: async () => primary,
    "rock-ridge": async () =>
      primary && readOwnEntries(new ContinuationAreas(reader), new Findings(), primary, options),
    joliet: async () => set.joliet && readRoot(reader, set.joliet, options),
    enhanced: async () => set.enhanced && readRoot(reader, set.enhanced, options),
  };
  for (const source of prefer) if ((await isReadable[source]()) !== undefined) return true;
  return false;
}

function plainAttributes(root: PlacedRecord): Attributes {
  return attributesOf(root, undefined, "directory");
}
