import {
  BLOCK_BYTES,
  type Blocks,
  blocksOf,
  type Content,
  type Extent,
  type Lba,
  type RecordedExtent,
} from "@multisession/core";
import { bootExtents } from "./boot.ts";
import { type DescriptorWriter, newDescriptors, SYSTEM_AREA_BLOCKS } from "./descriptor-set.ts";
import { directoryBytes } from "./directory-writer.ts";
import type { Dialect, ExtentsOf, Hierarchy } from "./hierarchy.ts";
import { pathTable } from "./path-table.ts";
import { placeSums } from "./planned-sums.ts";
import type { PlannedVolume } from "./planned-volume.ts";
import { encodeVolumeId, type HierarchyPointers } from "./volume-descriptor.ts";

/** Where the parts of a volume lie once its first block is known. */
interface Places {
  readonly isoTables: Lba;
  readonly jolietTables: Lba;
  readonly enhancedTables: Lba;
  readonly iso: Lba;
  readonly continuations: Lba;
  readonly joliet: Lba;
  readonly enhanced: Lba;
  readonly boot: Lba;
  /** Of the tag behind the directories; where there is none it is the end too. */
  readonly treeTag: Lba;
  readonly end: Lba;
}

/** Where the tag behind the directories lies, which closes a volume that starts at `start`. */
export function treeTagOf(volume: PlannedVolume, start: Lba): Lba {
  return placesOf(volume, start).treeTag;
}

/** Blocks of a volume before the contents. */
export function volumeBlocks(volume: PlannedVolume): Blocks {
  return placesOf(volume, 0).end;
}

function placesOf({ iso, isoDialect, joliet, enhanced, boot, hasTags }: PlannedVolume, start: Lba): Places {
  const supplementary = [joliet, enhanced].filter((hierarchy) => hierarchy !== undefined).length;
  const tag = Number(hasTags);
  // Before the tables: primary descriptor, boot record, supplementary ones, terminator, tag.
  const isoTables = start + SYSTEM_AREA_BLOCKS + 1 + (boot === undefined ? 0 : 1) + supplementary + 1 + tag;
  const jolietTables = isoTables + 2 * blocksOf(iso.pathTableBytes);
  const enhancedTables = jolietTables + 2 * blocksOf(joliet?.hierarchy.pathTableBytes ?? 0);
  const isoAt = enhancedTables + 2 * blocksOf(enhanced?.hierarchy.pathTableBytes ?? 0);
  const continuations = isoAt + iso.blocks;
  const jolietAt = continuations + isoDialect.continuations.blocks;
  const enhancedAt = jolietAt + (joliet?.hierarchy.blocks ?? 0);
  const bootAt = enhancedAt + (enhanced?.hierarchy.blocks ?? 0);
  const treeTag = bootAt + (typeof boot === "object" ? boot.blocks : 0);
  return {
    isoTables,
    jolietTables,
    enhancedTables,
    iso: isoAt,
    continuations,
    joliet: jolietAt,
    enhanced: enhancedAt,
    boot: bootAt,
    treeTag,
    end: treeTag + tag,
  };
}

/** The writer of descriptors that lead to a volume that starts at `start`. */
export function descriptorsOf(volume: PlannedVolume, start: Lba, time: number): DescriptorWriter {
  const places = placesOf(volume, start);
  const { volumeName, iso, joliet, enhanced, boot, root } = volume;
  return newDescriptors(
    {
      primary: {
        volumeId: encodeVolumeId(volumeName, "primary"),
        pointers: pointersOf(iso, places.iso, places.isoTables),
      },
      ...(joliet && {
        joliet: {
          volumeId: encodeVolumeId(volumeName, "joliet"),
          pointers: pointersOf(joliet.hierarchy, places.joliet, places.jolietTables),
        },
      }),
      ...(enhanced && {
        enhanced: {
          volumeId: encodeVolumeId(volumeName, "enhanced"),
          pointers: pointersOf(enhanced.hierarchy, places.enhanced, places.enhancedTables),
        },
      }),
      ...(boot !== undefined && { bootCatalog: typeof boot === "object" ? places.boot : boot }),
    },
    { time, rootDate: root.attributes.modified, ...volume.details },
  );
}

function pointersOf({ directories, pathTableBytes }: Hierarchy, at: Lba, tables: Lba): HierarchyPointers {
  const [root] = directories;
  return {
    rootAt: at,
    rootBytes: root?.kind === "planned" ? root.blocks * BLOCK_BYTES : 0,
    pathTableBytes,
    pathTableL: tables,
    pathTableM: tables + blocksOf(pathTableBytes),
  };
}

/** All of a volume's extents behind the descriptors. Bytes are made while they are taken, again on demand, always the same. */
export function directoryExtents(
  volume: PlannedVolume,
  start: Lba,
  extentsOf: (content: Content) => readonly RecordedExtent[],
  sumsAt: Lba = 0,
): readonly Extent[] {
  const { iso, boot, sums } = volume;
  const contentOf: ExtentsOf = ({ content }) => extentsOf(content);
  const places = placesOf(volume, start);
  const others = [
    volume.joliet && { ...volume.joliet, at: places.joliet, label: "Joliet directories" },
    volume.enhanced && { ...volume.enhanced, at: places.enhanced, label: "enhanced directories" },
  ].flatMap((other) => (other === undefined ? [] : [{ ...other, dialect: other.dialect.forWriting() }]));
  const isoDialect = volume.isoDialect.placed(
    { directories: places.iso, continuations: places.continuations },
    sums && placeSums(sums, start, sumsAt),
  );
  const extents: Extent[] = [
    {
      at: places.isoTables,
      blocks: places.iso - places.isoTables,
      source: {
        from: "bytes",
        produce: () => [
          ...bothTables(iso, isoDialect, places.iso),
          ...others.flatMap(({ hierarchy, dialect, at }) => bothTables(hierarchy, dialect, at)),
        ],
      },
      label: "path tables",
    },
    {
      at: places.iso,
      blocks: iso.blocks,
      source: {
        from: "bytes",
        produce: () =>
          directoryBytes({
            hierarchy: iso,
            dialect: isoDialect,
            base: places.iso,
            extentsOf: contentOf,
            hardLinks: volume.hardLinks,
          }),
      },
      label: "directories",
    },
    {
      at: places.continuations,
      blocks: isoDialect.continuations.blocks,
      source: { from: "bytes", produce: () => isoDialect.continuations.bytes(places.continuations) },
      label: "long names and link targets",
    },
    ...others.map(
      ({ hierarchy, dialect, at, label }): Extent => ({
        at,
        blocks: hierarchy.blocks,
        source: {
          from: "bytes",
          produce: () => directoryBytes({ hierarchy, dialect, base: at, extentsOf: contentOf }),
        },
        label,
      }),
    ),
    ...(typeof boot === "object" ? bootExtents(boot, places.boot, start + SYSTEM_AREA_BLOCKS, extentsOf) : []),
  ];
  return extents.filter(({ blocks }) => blocks > 0);
}

function bothTables(hierarchy: Hierarchy, dialect: Dialect, at: Lba): Uint8Array[] {
  return [pathTable(hierarchy, dialect, at, "L"), pathTable(hierarchy, dialect, at, "M")];
}
