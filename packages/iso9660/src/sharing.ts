import type { BlockReader, CallOptions, Lba, NoSharing, Sharing } from "@multisession/core";
import type { ListPlace } from "./checksum-list.ts";
import type { DescriptorSet } from "./descriptor-set.ts";
import { EnhancedLookup } from "./enhanced-lookup.ts";
import type { JolietLookup } from "./joliet-lookup.ts";
import { RecordedPathTable } from "./recorded-path-table.ts";
import type { RockRidgeVersion } from "./rock-ridge.ts";
import { SharedHierarchy } from "./shared-hierarchy.ts";
import type { HierarchyPointers } from "./volume-descriptor.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** What of a recorded volume decides whether its directories can be shared. */
export interface ShareableVolume {
  readonly fileSystem: string;
  readonly reader: BlockReader;
  readonly set: DescriptorSet;
  /** Version of the root's Rock Ridge; nothing where it has another or none. */
  readonly rockRidge: RockRidgeVersion | undefined;
  readonly joliet?: JolietLookup;
  /** Where the list of MD5 sums lies that the volume's records name. */
  readonly sumList?: ListPlace;
  /** How the next session is written. */
  readonly volume: VolumeOptions;
}

/** What listing the volume told of its directories. */
export interface ListedDirectories {
  /** Length of a directory. */
  bytesOf(at: Lba): number | undefined;
  /** The primary path table. */
  table(options?: CallOptions): Promise<RecordedPathTable | undefined>;
  /** Names that lead to it from the root. */
  pathOf(at: Lba): readonly string[] | undefined;
}

/** Hierarchies by which folders that were moved aside are known in the root's list: ours, genisoimage's, libisofs's. */
const HIDING_PLACE = /^[._]?rr_moved(_\d+)?$/i;

/**
 * Says which directories of a volume the next session may leave where they lie. Only of sessions of ours with the same
 * hierarchies: their names are those that the session would give them, and their records what it would write.
 */
export async function shareDirectories(
  { fileSystem, reader, set, rockRidge, joliet, sumList, volume }: ShareableVolume,
  listed: ListedDirectories,
  options?: CallOptions,
): Promise<Sharing | NoSharing> {
  if (set.record === undefined) return { reason: "another program recorded the session that this one builds on" };
  if (rockRidge === undefined || rockRidge !== volume.rockRidge)
    return { reason: "the session that this one builds on has another version of Rock Ridge" };
  if ((set.joliet !== undefined) !== volume.joliet || (set.enhanced !== undefined) !== volume.enhanced)
    return { reason: "the session that this one builds on has other hierarchies of names" };
  // Such an image can lie in a folder that is shared, whose files nobody has listed.
  if (typeof volume.boot === "object" && volume.boot.entries.some(({ image }) => typeof image === "string"))
    return { reason: "its boot entries name files of the tree" };
  const tableOf = async (pointers: HierarchyPointers | undefined): Promise<SharedHierarchy | undefined> => {
    const table = pointers && (await RecordedPathTable.read(reader, pointers, options));
    return table && new SharedHierarchy(table);
  };
  const table = await listed.table(options);
  const primary = table && new SharedHierarchy(table);
  const jolietTable = await tableOf(set.joliet?.pointers);
  const enhanced = await tableOf(set.enhanced?.pointers);
  if (primary === undefined || (volume.joliet && !jolietTable) || (volume.enhanced && !enhanced))
    return { reason: "its path tables cannot be read or do not have every folder" };
  if (hasMovedFolders(primary.table)) return { reason: "it has folders that were moved because they lie too deep" };
  return new IsoSharing(fileSystem, listed, sumList, {
    primary,
    ...(jolietTable && joliet && { joliet: { hierarchy: jolietTable, lookup: joliet } }),
    ...(enhanced &&
      set.enhanced && { enhanced: { hierarchy: enhanced, lookup: new EnhancedLookup(reader, set.enhanced.pointers) } }),
  });
}

function hasMovedFolders(table: RecordedPathTable): boolean {
  const { first, end } = table.childrenOf(0);
  for (let number = first; number < end; number += 1)
    if (HIDING_PLACE.test(Buffer.from(table.identifierOf(number)).toString("latin1"))) return true;
  return false;
}

/** The hierarchies of a volume with what finds directories in them. */
interface Hierarchies {
  readonly primary: SharedHierarchy;
  readonly joliet?: { readonly hierarchy: SharedHierarchy; readonly lookup: JolietLookup };
  readonly enhanced?: { readonly hierarchy: SharedHierarchy; readonly lookup: EnhancedLookup };
}

/** Directories of ISO 9660 that stay where they lie. */
export class IsoSharing implements Sharing {
  readonly fileSystem: string;
  /** The list of MD5 sums that the records in shared directories name. */
  readonly sumList: ListPlace | undefined;
  readonly #listed: ListedDirectories;
  readonly #hierarchies: Hierarchies;

  constructor(fileSystem: string, listed: ListedDirectories, sumList: ListPlace | undefined, hierarchies: Hierarchies) {
    this.fileSystem = fileSystem;
    this.sumList = sumList;
    this.#listed = listed;
    this.#hierarchies = hierarchies;
  }

  /** The sharing as this file system gave it. @throws `TypeError` for another's. */
  static of(sharing: Sharing): IsoSharing {
    if (sharing instanceof IsoSharing) return sharing;
    throw new TypeError(`What "${sharing.fileSystem}" shares is nothing for ISO 9660`);
  }

  get primary(): SharedHierarchy {
    return this.#hierarchies.primary;
  }

  get joliet(): SharedHierarchy | undefined {
    return this.#hierarchies.joliet?.hierarchy;
  }

  get enhanced(): SharedHierarchy | undefined {
    return this.#hierarchies.enhanced?.hierarchy;
  }

  /** A directory is shared in all hierarchies or in none, and only where all agree on how many others are in it. */
  async canShare(at: Lba, options?: CallOptions): Promise<boolean> {
    const { primary, joliet, enhanced } = this.#hierarchies;
    const subdirectories = subdirectoriesOf(primary, at, at, this.#listed.bytesOf(at));
    if (subdirectories === undefined) return false;
    if (joliet !== undefined) {
      const place = await joliet.lookup.placeOf(at, options);
      if (subdirectoriesOf(joliet.hierarchy, at, place?.at, place?.bytes) !== subdirectories) return false;
    }
    if (enhanced !== undefined) {
      const path = this.#listed.pathOf(at);
      const place = path && (await enhanced.lookup.placeOf(path, options));
      if (subdirectoriesOf(enhanced.hierarchy, at, place?.at, place?.bytes) !== subdirectories) return false;
    }
    return true;
  }
}

/** How many directories are in one, once its place is noted; nothing when it has none. */
function subdirectoriesOf(
  hierarchy: SharedHierarchy,
  at: Lba,
  here: Lba | undefined,
  bytes: number | undefined,
): number | undefined {
  const place = here === undefined ? undefined : hierarchy.note(at, here, bytes ?? 0);
  if (place === undefined) return undefined;
  const { first, end } = hierarchy.table.childrenOf(place.number);
  return end - first;
}
