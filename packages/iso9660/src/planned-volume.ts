import type { CallOptions, DirectoryNode, Lba, Md5Sums, Tree } from "@multisession/core";
import { type PlannedBoot, planBoot } from "./boot.ts";
import { checkDepth } from "./check-depth.ts";
import { checkTree } from "./check-tree.ts";
import { EnhancedDialect } from "./enhanced-dialect.ts";
import { countHardLinks, type HardLinks } from "./hard-links.ts";
import { type Hierarchy, planHierarchy } from "./hierarchy.ts";
import { IsoDialect } from "./iso-dialect.ts";
import { JolietDialect } from "./joliet-dialect.ts";
import { keepList, type PlannedSums, placeSums, planWholeList } from "./planned-sums.ts";
import { checkPlannedProfile, checkProfile } from "./profile.ts";
import { relocate } from "./relocation.ts";
import type { SharedHierarchy } from "./shared-hierarchy.ts";
import type { IsoSharing } from "./sharing.ts";
import { Turns } from "./turns.ts";
import { blankTextNotes, blankTexts, detailsOf, type VolumeDetails } from "./volume-details.ts";
import { changeNotes } from "./volume-notes.ts";
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
 * @throws `NAME_NOT_ALLOWED`, `INVALID_VOLUME_NAME`, `iso9660/NOT_BOOTABLE`, and what {@link checkProfile} and
 * {@link checkPlannedProfile} refuse.
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
  const isoDialect = new IsoDialect(volume, { relocation, sums: sums && placeSums(sums, 0, 0) });
  const iso = await planHierarchy(root, isoDialect, turns, { relocation, shared: sharing?.primary });
  if (volume.deepFolders === "refused") await checkDepth(iso, isoDialect.forWriting(), turns);
  const joliet = volume.joliet ? await planJoliet(root, volume, turns, sharing?.joliet) : undefined;
  const enhanced = volume.enhanced ? await planEnhanced(root, volume, turns, sharing?.enhanced) : undefined;
  const details = detailsOf(volume, root, {
    primary: isoDialect.forWriting(),
    ...(joliet && { joliet: joliet.dialect.forWriting() }),
    ...(enhanced && { enhanced: enhanced.dialect.forWriting() }),
  });
  const blank = blankTexts(volume.texts, details.texts, volume.joliet);
  checkPlannedProfile(volume, root, isoDialect, blank);
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
      ...changeNotes(root, volume, { relocation, isoDialect, joliet: joliet?.dialect, enhanced: enhanced?.dialect }),
      ...blankTextNotes(blank),
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
