import {
  BLOCK_BYTES,
  type Blocks,
  blocksOf,
  type CallOptions,
  type Content,
  type DirectoryNode,
  type Extent,
  type Lba,
  type Md5Sums,
  type RecordedExtent,
  type Tree,
} from "@multisession/core";
import { bootExtents, type PlannedBoot, planBoot } from "./boot.ts";
import { checkDepth } from "./check-depth.ts";
import { checkTree, countOf } from "./check-tree.ts";
import { type DescriptorWriter, newDescriptors, SYSTEM_AREA_BLOCKS } from "./descriptor-set.ts";
import { EnhancedDialect } from "./enhanced-dialect.ts";
import { countHardLinks, type HardLinks } from "./hard-links.ts";
import { type Dialect, directoryBytes, type ExtentsOf, type Hierarchy, planHierarchy } from "./hierarchy.ts";
import { IsoDialect } from "./iso-dialect.ts";
import { JolietDialect } from "./joliet-dialect.ts";
import { pathTable } from "./path-table.ts";
import { keepList, type PlacedSums, type PlannedSums, planWholeList } from "./planned-sums.ts";
import { checkProfile } from "./profile.ts";
import { type Relocation, relocate } from "./relocation.ts";
import type { SharedHierarchy } from "./shared-hierarchy.ts";
import type { IsoSharing } from "./sharing.ts";
import { Turns } from "./turns.ts";
import { encodeVolumeId, type HierarchyPointers } from "./volume-descriptor.ts";
import { detailsOf, fileTextNotes, type VolumeDetails } from "./volume-details.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** A tree laid out: all sizes are final, no address is known. */
export interface PlannedVolume {
  readonly volumeName: string;
  readonly root: DirectoryNode;
  readonly iso: Hierarchy;
  readonly isoDialect: IsoDialect;
  readonly hardLinks: HardLinks;
  readonly joliet?: PlannedJoliet;
  readonly enhanced?: PlannedEnhanced;
  /** A catalog of its own, or the address of one that an earlier session has. */
  readonly boot?: PlannedBoot | Lba;
  readonly notes: readonly string[];
  /** MD5 sums that the session's records name. */
  readonly sums?: PlannedSums;
  /** Whether it has tags with the sums of its blocks. */
  readonly hasTags: boolean;
  /** Texts, dates and application use of the descriptors. */
  readonly details: VolumeDetails;
}

/** Joliet's hierarchy. */
interface PlannedJoliet {
  readonly hierarchy: Hierarchy;
  readonly dialect: JolietDialect;
}

/** The hierarchy of ISO 9660:1999. */
interface PlannedEnhanced {
  readonly hierarchy: Hierarchy;
  readonly dialect: EnhancedDialect;
}

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

/** What a session takes over from the state that it builds on. */
interface PlanningBase {
  /** Where it has its boot catalog. */
  readonly keptCatalog?: Lba | undefined;
  /** Its directories that stay where they lie. */
  readonly sharing?: IsoSharing | undefined;
  /** The MD5 sums that the disc has. */
  readonly md5Sums?: Md5Sums | undefined;
}

/**
 * Lays a tree out in all hierarchies.
 *
 * @throws `NAME_NOT_ALLOWED`, `INVALID_VOLUME_NAME`, `iso9660/NOT_BOOTABLE`.
 */
export async function planVolume(
  tree: Tree,
  volume: VolumeOptions,
  { keptCatalog, sharing, md5Sums }: PlanningBase,
  options?: CallOptions,
): Promise<PlannedVolume> {
  const turns = new Turns(options);
  const { volumeName, root } = tree;
  const notes = [...(await checkTree(tree, volume, turns)), ...(await checkProfile(tree, volume, turns))];
  const boot = typeof volume.boot === "object" ? planBoot(volume.boot, root) : keptCatalog;
  const hardLinks = await countHardLinks(root, turns, sharing !== undefined);
  const sums = await planSums(root, volume, { sharing, md5Sums }, turns);
  const relocation =
    volume.deepFolders === "relocated" ? await relocate(root, new IsoDialect(volume), turns) : undefined;
  const isoDialect = new IsoDialect(volume, { relocation, sums: sums && placedSums(sums, 0, 0) });
  const iso = await planHierarchy(root, isoDialect, turns, { relocation, shared: sharing?.primary });
  if (volume.deepFolders === "refused") await checkDepth(iso, isoDialect.forWriting(), turns);
  const joliet = volume.joliet ? await planJoliet(root, volume, turns, sharing?.joliet) : undefined;
  const enhanced = volume.enhanced ? await planEnhanced(root, volume, turns, sharing?.enhanced) : undefined;
  const details = detailsOf(volume, root, {
    primary: isoDialect.forWriting(),
    ...(joliet && { joliet: joliet.dialect.forWriting() }),
    ...(enhanced && { enhanced: enhanced.dialect.forWriting() }),
  });
  return {
    volumeName,
    root,
    iso,
    isoDialect,
    hardLinks,
    ...(sums && { sums }),
    hasTags: volume.md5,
    ...(joliet && { joliet }),
    ...(enhanced && { enhanced }),
    ...(boot !== undefined && volume.boot !== "none" && { boot }),
    notes: [
      ...notes,
      ...relocationNotes(relocation, volume),
      ...isoNotes(isoDialect, volume),
      ...attributeNotes(root, isoDialect, volume),
      ...(joliet ? jolietNotes(joliet.dialect, volume) : []),
      ...(enhanced ? enhancedNotes(enhanced.dialect, volume) : []),
      ...fileTextNotes(volume.texts, details.texts, volume.joliet),
    ],
    details,
  };
}

/**
 * A session that shares directories names the list that their records name also without sums of its own: xorriso takes files
 * that name a sum, where it finds no list, for files with a wrong one in the session that it appends (1.5.4, measured).
 */
async function planSums(
  root: DirectoryNode,
  { md5 }: VolumeOptions,
  { sharing, md5Sums }: Pick<PlanningBase, "sharing" | "md5Sums">,
  turns: Turns,
): Promise<PlannedSums | undefined> {
  if (sharing !== undefined) return md5 || sharing.sumList !== undefined ? keepList(sharing.sumList) : undefined;
  return md5 ? planWholeList(root, md5Sums, turns) : undefined;
}

function placedSums(sums: PlannedSums, from: Lba, at: Lba): PlannedSums & PlacedSums {
  return { ...sums, ...sums.placed(from, at) };
}

async function planJoliet(
  root: DirectoryNode,
  volume: VolumeOptions,
  turns: Turns,
  shared: SharedHierarchy | undefined,
): Promise<PlannedJoliet> {
  const dialect = new JolietDialect(volume);
  return { hierarchy: await planHierarchy(root, dialect, turns, { shared }), dialect };
}

async function planEnhanced(
  root: DirectoryNode,
  volume: VolumeOptions,
  turns: Turns,
  shared: SharedHierarchy | undefined,
): Promise<PlannedEnhanced> {
  const dialect = new EnhancedDialect(volume);
  return { hierarchy: await planHierarchy(root, dialect, turns, { shared }), dialect };
}

/** A volume that holds nothing. Synchronous, because nothing is long about it. */
export function planEmptyVolume(volumeName: string, time: number, volume: VolumeOptions): PlannedVolume {
  const root: DirectoryNode = {
    kind: "directory",
    name: "",
    attributes: { mode: 0o755, uid: 0, gid: 0, modified: time },
    children: [],
  };
  const only = {
    kind: "planned",
    named: { key: "", node: root },
    parent: 0,
    firstSubdirectory: 1,
    subdirectories: 0,
    shownSubdirectories: 0,
    at: 0,
    blocks: 1,
  } as const;
  const hierarchy: Hierarchy = { directories: [only], blocks: 1, pathTableBytes: 10 };
  return {
    volumeName,
    root,
    iso: hierarchy,
    isoDialect: new IsoDialect(volume),
    hardLinks: new Map(),
    hasTags: false,
    ...(volume.joliet ? { joliet: { hierarchy, dialect: new JolietDialect(volume) } } : {}),
    ...(volume.enhanced ? { enhanced: { hierarchy, dialect: new EnhancedDialect(volume) } } : {}),
    notes: [],
    details: detailsOf(volume, root),
  };
}

/** What of the root's extended attributes has no room in its own record. */
function attributeNotes(root: DirectoryNode, dialect: IsoDialect, { rockRidge }: VolumeOptions): string[] {
  return rockRidge === false || dialect.keepsRootAttributes(root)
    ? []
    : ["The extended attributes of the root folder are too long and not kept: those of all other items are."];
}

function isoNotes(
  { changes: { mapped, links, specials, compressed } }: IsoDialect,
  { joliet, rockRidge, enhanced }: VolumeOptions,
): string[] {
  if (rockRidge !== false) return [];
  const notes = ["Modes and owners are not kept, and times only to the second: that takes Rock Ridge."];
  if (links > 0) notes.push(`${countOf(links, "symbolic link")} left out: they take Rock Ridge.`);
  if (specials > 0) notes.push(`${countOf(specials, "special file")} left out: they take Rock Ridge.`);
  if (compressed > 0)
    notes.push(
      `${countOf(compressed, "compressed file")} shown as the compressed bytes: only Rock Ridge tells of them.`,
    );
  if (!joliet && !enhanced && mapped > 0)
    notes.push(`${countOf(mapped, "name")} kept only in the capital letters, digits and underscores of ISO 9660.`);
  return notes;
}

function relocationNotes(relocation: Relocation | undefined, { joliet }: VolumeOptions): string[] {
  if (relocation === undefined) return [];
  const count = countOf(relocation.standIns.size, "folder");
  const others = joliet ? "Rock Ridge or Joliet" : "Rock Ridge";
  return [
    `${count} too deep for ISO 9660 moved to "${relocation.folder.name}"; readers of ${others} see the true place.`,
  ];
}

function jolietNotes(
  { changes: { mapped, cut, links, specials } }: JolietDialect,
  { rockRidge, jolietUnits }: VolumeOptions,
): string[] {
  const notes: string[] = [];
  const kept = (how: string): string => (rockRidge === false ? "" : `; Rock Ridge keeps them${how}`);
  if (cut > 0)
    notes.push(
      `${countOf(cut, "name")} longer than ${jolietUnits} characters cut for Windows (Joliet)${kept(" whole")}.`,
    );
  if (mapped > 0)
    notes.push(
      `${countOf(mapped, "name")} changed for Windows (Joliet), which forbids some characters and ignores case${kept("")}.`,
    );
  if (links > 0 && rockRidge !== false)
    notes.push(`${countOf(links, "symbolic link")} not shown on Windows: Joliet has none.`);
  if (specials > 0 && rockRidge !== false)
    notes.push(`${countOf(specials, "special file")} not shown on Windows: Joliet has none.`);
  return notes;
}

function enhancedNotes({ changes: { mapped } }: EnhancedDialect, { rockRidge, joliet }: VolumeOptions): string[] {
  if (mapped === 0) return [];
  const kept = rockRidge === false && !joliet ? "" : " Other readers see them by Rock Ridge or Joliet.";
  return [`${countOf(mapped, "name")} too long or with a semicolon changed for readers of ISO 9660:1999.${kept}`];
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
  const isoDialect = volume.isoDialect.placed(places.continuations, sums && placedSums(sums, start, sumsAt));
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
        produce: () => directoryBytes(iso, isoDialect, places.iso, contentOf, volume.hardLinks),
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
        source: { from: "bytes", produce: () => directoryBytes(hierarchy, dialect, at, contentOf) },
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
