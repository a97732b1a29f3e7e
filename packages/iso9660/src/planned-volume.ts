import {
  BLOCK_BYTES,
  type Blocks,
  blocksOf,
  type CallOptions,
  type DirectoryNode,
  type Extent,
  type Lba,
  type RecordedExtent,
  type Tree,
} from "@multisession/core";
import { checkTree, countOf } from "./check-tree.ts";
import { DESCRIPTOR_BLOCKS, type DescriptorWriter, newDescriptors, SYSTEM_AREA_BLOCKS } from "./descriptor-set.ts";
import { type Dialect, directoryBytes, type ExtentsOf, type Hierarchy, planHierarchy } from "./hierarchy.ts";
import { IsoDialect } from "./iso-dialect.ts";
import { JolietDialect } from "./joliet-dialect.ts";
import { JOLIET_NAME_UNITS } from "./joliet-names.ts";
import { pathTable } from "./path-table.ts";
import { MAX_SECTION_BYTES } from "./sections.ts";
import { Turns } from "./turns.ts";
import { encodeVolumeId, type HierarchyPointers } from "./volume-descriptor.ts";

/** A tree laid out: all sizes are final, no address is known. */
export interface PlannedVolume {
  readonly volumeName: string;
  readonly root: DirectoryNode;
  readonly iso: Hierarchy;
  readonly isoDialect: IsoDialect;
  readonly joliet: Hierarchy;
  readonly jolietDialect: JolietDialect;
  readonly notes: readonly string[];
}

/** Where the parts of a volume lie once its first block is known. */
interface Places {
  readonly isoTables: Lba;
  readonly jolietTables: Lba;
  readonly iso: Lba;
  readonly continuations: Lba;
  readonly joliet: Lba;
  readonly end: Lba;
}

/** Lays a tree out in both hierarchies. @throws `NAME_NOT_ALLOWED`, `INVALID_VOLUME_NAME`. */
export async function planVolume(tree: Tree, sectionBytes: number, options?: CallOptions): Promise<PlannedVolume> {
  const turns = new Turns(options);
  const { volumeName, root } = tree;
  const notes = await checkTree(tree, turns);
  const isoDialect = new IsoDialect(sectionBytes);
  const jolietDialect = new JolietDialect(sectionBytes);
  const iso = await planHierarchy(root, isoDialect, turns);
  const joliet = await planHierarchy(root, jolietDialect, turns);
  return { volumeName, root, iso, isoDialect, joliet, jolietDialect, notes: [...notes, ...jolietNotes(jolietDialect)] };
}

/** A volume that holds nothing. Synchronous, because nothing is long about it. */
export function planEmptyVolume(volumeName: string, time: number): PlannedVolume {
  const root: DirectoryNode = {
    kind: "directory",
    name: "",
    attributes: { mode: 0o755, uid: 0, gid: 0, modified: time },
    children: [],
  };
  const only = {
    named: { key: "", node: root },
    parent: 0,
    firstSubdirectory: 1,
    subdirectories: 0,
    at: 0,
    blocks: 1,
  };
  const hierarchy: Hierarchy = { directories: [only], blocks: 1, pathTableBytes: 10 };
  return {
    volumeName,
    root,
    iso: hierarchy,
    isoDialect: new IsoDialect(MAX_SECTION_BYTES),
    joliet: hierarchy,
    jolietDialect: new JolietDialect(MAX_SECTION_BYTES),
    notes: [],
  };
}

function jolietNotes({ changes: { mapped, cut, links } }: JolietDialect): string[] {
  const notes: string[] = [];
  if (cut > 0)
    notes.push(
      `${countOf(cut, "name")} longer than ${JOLIET_NAME_UNITS} characters cut for Windows (Joliet); Rock Ridge keeps them whole.`,
    );
  if (mapped > 0)
    notes.push(
      `${countOf(mapped, "name")} changed for Windows (Joliet), which forbids some characters and ignores case; Rock Ridge keeps them.`,
    );
  if (links > 0) notes.push(`${countOf(links, "symbolic link")} not shown on Windows: Joliet has none.`);
  return notes;
}

/** Blocks of a volume before the contents. */
export function volumeBlocks(volume: PlannedVolume): Blocks {
  return placesOf(volume, 0).end;
}

function placesOf({ iso, isoDialect, joliet }: PlannedVolume, start: Lba): Places {
  const isoTables = start + SYSTEM_AREA_BLOCKS + DESCRIPTOR_BLOCKS;
  const jolietTables = isoTables + 2 * blocksOf(iso.pathTableBytes);
  const isoAt = jolietTables + 2 * blocksOf(joliet.pathTableBytes);
  const continuations = isoAt + iso.blocks;
  const jolietAt = continuations + isoDialect.continuations.blocks;
  return { isoTables, jolietTables, iso: isoAt, continuations, joliet: jolietAt, end: jolietAt + joliet.blocks };
}

/** The writer of descriptors that lead to a volume that starts at `start`. */
export function descriptorsOf(volume: PlannedVolume, start: Lba, time: number): DescriptorWriter {
  const places = placesOf(volume, start);
  const { volumeName, iso, joliet, root } = volume;
  return newDescriptors(
    {
      primary: {
        volumeId: encodeVolumeId(volumeName, "primary"),
        pointers: pointersOf(iso, places.iso, places.isoTables),
      },
      joliet: {
        volumeId: encodeVolumeId(volumeName, "joliet"),
        pointers: pointersOf(joliet, places.joliet, places.jolietTables),
      },
    },
    { time, rootDate: root.attributes.modified },
  );
}

function pointersOf({ directories, pathTableBytes }: Hierarchy, at: Lba, tables: Lba): HierarchyPointers {
  return {
    rootAt: at,
    rootBytes: (directories[0]?.blocks ?? 0) * BLOCK_BYTES,
    pathTableBytes,
    pathTableL: tables,
    pathTableM: tables + blocksOf(pathTableBytes),
  };
}

/** All of a volume's extents behind the descriptors. Bytes are made while they are taken, again on demand, always the same. */
export function directoryExtents(
  volume: PlannedVolume,
  start: Lba,
  contentOf: (node: Parameters<ExtentsOf>[0]) => readonly RecordedExtent[],
): readonly Extent[] {
  const { iso, joliet } = volume;
  const jolietDialect = volume.jolietDialect.forWriting();
  const places = placesOf(volume, start);
  const isoDialect = volume.isoDialect.placed(places.continuations);
  const extents: Extent[] = [
    {
      at: places.isoTables,
      blocks: places.iso - places.isoTables,
      source: {
        from: "bytes",
        produce: () => [
          ...bothTables(iso, isoDialect, places.iso),
          ...bothTables(joliet, jolietDialect, places.joliet),
        ],
      },
      label: "path tables",
    },
    {
      at: places.iso,
      blocks: iso.blocks,
      source: { from: "bytes", produce: () => directoryBytes(iso, isoDialect, places.iso, contentOf) },
      label: "directories",
    },
    {
      at: places.continuations,
      blocks: isoDialect.continuations.blocks,
      source: { from: "bytes", produce: () => isoDialect.continuations.bytes(places.continuations) },
      label: "long names and link targets",
    },
    {
      at: places.joliet,
      blocks: joliet.blocks,
      source: { from: "bytes", produce: () => directoryBytes(joliet, jolietDialect, places.joliet, contentOf) },
      label: "Joliet directories",
    },
  ];
  return extents.filter(({ blocks }) => blocks > 0);
}

function bothTables(hierarchy: Hierarchy, dialect: Dialect, at: Lba): Uint8Array[] {
  return [pathTable(hierarchy, dialect, at, "L"), pathTable(hierarchy, dialect, at, "M")];
}
