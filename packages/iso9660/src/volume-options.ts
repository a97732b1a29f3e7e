import { BLOCK_BYTES, type DeltaPolicy, SESSION_RECORD_BYTES, type TreeExtent } from "@multisession/core";
import { type BootOptions, checkBootOptions } from "./boot-options.ts";
import { defaultIsoNames, type IsoNameRules } from "./iso-names.ts";
import { JOLIET_NAME_UNITS, type JolietUnits } from "./joliet-names.ts";
import type { NameSource } from "./open-volume.ts";
import type { Profile } from "./profile.ts";
import type { RockRidgeVersion, StampForm } from "./rock-ridge.ts";
import { MAX_SECTION_BYTES } from "./sections.ts";
import type { JolietLevel } from "./volume-descriptor.ts";
import {
  checkDates,
  checkTexts,
  fileTexts,
  plainTexts,
  type TextName,
  type VolumeDates,
  type VolumeTexts,
} from "./volume-texts.ts";

/** What becomes of folders that lie deeper than the standard allows. */
export type DeepFolders = "allowed" | "refused" | "relocated";

/** Options of the ISO 9660 file system. */
export interface Iso9660Options {
  /** Longest section of a file in bytes, whole blocks: 4 GiB - 2048 by default. Smaller ones try how readers join sections. */
  readonly sectionBytes?: number;
  /** Names for Windows, in a second hierarchy that costs about two thirds of the first: `true` by default. */
  readonly joliet?: boolean;
  /** Longest name in Joliet, in UTF-16 units: 103 by default, which all known readers take; the specification has 64. */
  readonly jolietUnits?: JolietUnits;
  /** Level of UCS-2 that Joliet's descriptor names: 3 by default, all characters. It changes no name. */
  readonly jolietLevel?: JolietLevel;
  /**
   * True names, modes, owners and links: `"1.10"` by default. `"1.12"` adds serial numbers; old FreeBSD and Solaris reject
   * it. Without Rock Ridge there are no symbolic links, and other systems see Joliet's names or capital letters.
   */
  readonly rockRidge?: RockRidgeVersion | false;
  /**
   * Form of Rock Ridge's time stamps (RRIP 4.1.6): `"short"` by default, whole seconds of the years 1900 to 2155. `"long"` has
   * hundredths of a second and the years 1 to 9999, and takes ten bytes more for each record. Linux 6.1 and xorriso 1.5.4 read it,
   * isoinfo leaves it alone, and bsdtar 3.6.2 is a month late (measured).
   */
  readonly stamps?: StampForm;
  /**
   * Level of interchange (ECMA-119 10): 3 by default. 1 makes names of at most 8 and 3 characters; in 1 and 2 every file is
   * one section, so that none can be longer than `sectionBytes` or lie in pieces. 4 is 3 with the enhanced descriptor of
   * ISO 9660:1999 beside it: names in UTF-8 up to 207 bytes in a hierarchy of their own, which few readers know.
   */
  readonly level?: IsoNameRules["level"] | 4;
  /**
   * What names in the primary hierarchy are made of: `"d"` by default, capital letters, digits and underscores. `"a"` adds
   * space and signs, `"relaxed"` all of printable ASCII with small letters; both break the standard, and most readers take
   * them.
   */
  readonly characters?: IsoNameRules["characters"];
  /**
   * Whether folders may lie deeper than 8 levels and paths be longer than 255 bytes (ECMA-119 6.8.2.1): `"allowed"` by
   * default, because only very old readers insist on the standard. `"refused"` names the first that does. `"relocated"`
   * moves them to a folder `rr_moved` in the root, from where Linux, xorriso and libarchive put them back by Rock
   * Ridge (RRIP 4.1.5); isoinfo, libcdio and GRUB show them there (measured).
   */
  readonly deepFolders?: DeepFolders;
  /**
   * Rules that refuse what they would have to change, each with the path and a reason: none by default, and then names are
   * mapped and notes say so. A profile sets `characters` to `"d"` and `deepFolders` to `"refused"`, `"dicom-cd"` also
   * `level` to 1; Joliet and Rock Ridge are there only if asked for.
   */
  readonly profile?: Profile;
  /** Publisher, preparer and the other texts of the volume. */
  readonly texts?: VolumeTexts;
  /** Dates of the volume. With `created` and `modified` a tree gives the same descriptors whenever it is burned. */
  readonly dates?: VolumeDates;
  /**
   * By which names volumes are read, the best first: `["rock-ridge", "joliet", "enhanced", "plain"]` by default. What is
   * left out is never read.
   */
  readonly prefer?: readonly NameSource[];
  /**
   * What firmware can start (El Torito): `"keep"` by default, what the state before can start, at the price of one block;
   * `"none"`, nothing any more. Given as entries, a new catalog is written in every session.
   */
  readonly boot?: BootOptions | "keep" | "none";
  /**
   * How much of the tree a later session writes: `"full"` by default, all of it. `"delta"`: only the folders that have
   * changed, and those above them; the others stay where earlier sessions recorded them, which breaks ECMA-119 6.8.2.2 (their
   * record of the parent is out of date) and is more than some readers can follow. It takes Rock Ridge and `deepFolders:
   * "allowed"`, and no profile. `ImagePlanOptions.tree` chooses for one session.
   */
  readonly sessions?: TreeExtent;
  /** With `"delta"`, of how many sessions one has the whole tree again: 16 by default. */
  readonly checkpointEvery?: number;
  /**
   * Whether MD5 sums are recorded too, of every file and of the session, as libisofs does: `false` by default, because they take
   * time and blocks. `xorriso -check_md5_r` and `-check_media` verify such a disc, as `verify` does with the SHA-256 of the
   * manifest in any case. It takes Rock Ridge. Files that earlier sessions recorded keep the sums that they have; their content
   * is not read for that, so that one without a sum stays without.
   */
  readonly md5?: boolean;
  /** For the application: up to 448 bytes behind the 64 of our session record, in the primary descriptor (ECMA-119 8.4.31). */
  readonly applicationUse?: Uint8Array;
}

/** Options with everything filled in: how a volume is laid out. */
export interface VolumeOptions {
  readonly sectionBytes: number;
  readonly joliet: boolean;
  readonly jolietUnits: JolietUnits;
  readonly jolietLevel: JolietLevel;
  readonly rockRidge: RockRidgeVersion | false;
  readonly stamps: StampForm;
  readonly names: IsoNameRules;
  /** Whether there is a hierarchy of ISO 9660:1999. */
  readonly enhanced: boolean;
  readonly profile: Profile | undefined;
  readonly prefer: readonly NameSource[];
  readonly deepFolders: DeepFolders;
  readonly texts: VolumeTexts;
  readonly dates: VolumeDates;
  readonly applicationUse: Uint8Array;
  readonly boot: BootOptions | "keep" | "none";
  /** When sessions share directories; nothing where other options rule it out. */
  readonly delta: DeltaPolicy | undefined;
  /** Whether MD5 sums are recorded. */
  readonly md5: boolean;
}

/** All hierarchies of names, the best first. */
const nameSources: readonly NameSource[] = ["rock-ridge", "joliet", "enhanced", "plain"];

/** Bytes of the application use field that are free. */
const APPLICATION_USE_BYTES: number = 512 - SESSION_RECORD_BYTES;

/** Fills in and checks options. @throws `TypeError` when an option makes no sense. */
export function volumeOptions({
  sectionBytes = MAX_SECTION_BYTES,
  profile,
  joliet = profile === undefined,
  jolietUnits = JOLIET_NAME_UNITS,
  jolietLevel = 3,
  rockRidge = profile === undefined ? "1.10" : false,
  stamps = "short",
  level = profile === "dicom-cd" ? 1 : defaultIsoNames.level,
  characters = defaultIsoNames.characters,
  deepFolders = profile === undefined ? "allowed" : "refused",
  prefer = nameSources,
  texts = {},
  dates = {},
  boot = "keep",
  sessions = "full",
  checkpointEvery = 16,
  md5 = false,
  applicationUse = new Uint8Array(0),
  ...others
}: Iso9660Options = {}): VolumeOptions {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`iso9660 has no option "${unknown}"`);
  if (
    !Number.isInteger(sectionBytes) ||
    sectionBytes < BLOCK_BYTES ||
    sectionBytes > MAX_SECTION_BYTES ||
    sectionBytes % BLOCK_BYTES !== 0
  ) {
    throw new TypeError(
      `sectionBytes must be a multiple of ${BLOCK_BYTES} up to ${MAX_SECTION_BYTES}, not ${sectionBytes}`,
    );
  }
  if (typeof joliet !== "boolean") throw new TypeError(`joliet must be true or false, not ${String(joliet)}`);
  if (jolietUnits !== 64 && jolietUnits !== JOLIET_NAME_UNITS)
    throw new TypeError(`jolietUnits must be 64 or ${JOLIET_NAME_UNITS}, not ${String(jolietUnits)}`);
  if (jolietLevel !== 1 && jolietLevel !== 2 && jolietLevel !== 3)
    throw new TypeError(`jolietLevel must be 1, 2 or 3, not ${String(jolietLevel)}`);
  if (rockRidge !== false && rockRidge !== "1.10" && rockRidge !== "1.12")
    throw new TypeError(`rockRidge must be "1.10", "1.12" or false, not ${String(rockRidge)}`);
  if (stamps !== "short" && stamps !== "long")
    throw new TypeError(`stamps must be "short" or "long", not ${String(stamps)}`);
  if (level !== 1 && level !== 2 && level !== 3 && level !== 4)
    throw new TypeError(`level must be 1, 2, 3 or 4, not ${String(level)}`);
  if (characters !== "d" && characters !== "a" && characters !== "relaxed")
    throw new TypeError(`characters must be "d", "a" or "relaxed", not ${String(characters)}`);
  if (deepFolders !== "allowed" && deepFolders !== "refused" && deepFolders !== "relocated")
    throw new TypeError(`deepFolders must be "allowed", "refused" or "relocated", not ${String(deepFolders)}`);
  if (deepFolders === "relocated" && rockRidge === false)
    throw new TypeError("deepFolders can be relocated only with rockRidge, which leads readers to them");
  if (!Array.isArray(prefer) || prefer.length === 0 || prefer.some((source) => !nameSources.includes(source)))
    throw new TypeError(`prefer must list some of ${nameSources.join(", ")}, not ${String(prefer) || "nothing"}`);
  checkTexts(texts);
  checkDates(dates);
  if (profile !== undefined) checkProfileOptions(profile, { level, characters, deepFolders, texts, joliet });
  if (typeof boot === "object" && boot !== null) checkBootOptions(boot);
  else if (boot !== "keep" && boot !== "none")
    throw new TypeError(`boot must be entries, "keep" or "none", not ${String(boot)}`);
  const delta = deltaPolicy({ sessions, checkpointEvery }, { profile, rockRidge, deepFolders });
  if (typeof md5 !== "boolean") throw new TypeError(`md5 must be true or false, not ${String(md5)}`);
  if (md5 && rockRidge === false) throw new TypeError("md5 takes rockRidge, in which files name their sums");
  if (!(applicationUse instanceof Uint8Array) || applicationUse.length > APPLICATION_USE_BYTES)
    throw new TypeError(`applicationUse must be at most ${APPLICATION_USE_BYTES} bytes`);
  const names = { level: level === 4 ? 3 : level, characters };
  return {
    sectionBytes,
    joliet,
    jolietUnits,
    jolietLevel,
    rockRidge,
    stamps,
    names,
    profile,
    enhanced: level === 4,
    prefer,
    deepFolders,
    texts,
    dates,
    applicationUse,
    boot,
    delta,
    md5,
  };
}

/** Shared directories break the standard, so they are nothing for options that insist on it; without Rock Ridge nothing tells which they are. */
function deltaPolicy(
  { sessions, checkpointEvery }: Required<Pick<Iso9660Options, "sessions" | "checkpointEvery">>,
  { profile, rockRidge, deepFolders }: Pick<VolumeOptions, "profile" | "rockRidge" | "deepFolders">,
): DeltaPolicy | undefined {
  if (sessions !== "full" && sessions !== "delta")
    throw new TypeError(`sessions must be "full" or "delta", not ${String(sessions)}`);
  if (!Number.isInteger(checkpointEvery) || checkpointEvery < 1)
    throw new TypeError(`checkpointEvery must be a whole number from 1 on, not ${String(checkpointEvery)}`);
  const isPossible = profile === undefined && rockRidge !== false && deepFolders === "allowed";
  if (!isPossible && sessions === "delta")
    throw new TypeError('delta sessions take rockRidge and deepFolders "allowed", and no profile');
  return isPossible ? { isDefault: sessions === "delta", checkpointEvery } : undefined;
}

/** A profile stands for what it says: an option that contradicts it is refused, and so is a text that would be changed. */
function checkProfileOptions(
  profile: Profile,
  {
    level,
    characters,
    deepFolders,
    texts,
    joliet,
  }: Required<Pick<Iso9660Options, "level" | "characters" | "deepFolders" | "texts" | "joliet">>,
): void {
  if (profile !== "strict" && profile !== "dicom-cd")
    throw new TypeError(`profile must be "strict" or "dicom-cd", not ${String(profile)}`);
  if (characters !== "d") throw new TypeError(`profile ${profile} allows only d-characters, not "${characters}"`);
  if (deepFolders !== "refused") throw new TypeError(`profile ${profile} refuses deep folders`);
  if (profile === "dicom-cd" && level !== 1) throw new TypeError(`profile dicom-cd is of level 1, not ${level}`);
  const stored = [plainTexts(texts, "primary"), ...(joliet ? [plainTexts(texts, "joliet")] : [])];
  for (const [name, text] of Object.entries(texts) as [TextName, string][]) {
    if ((fileTexts as readonly TextName[]).includes(name) || stored.every((plain) => plain[name] === text)) continue;
    throw new TypeError(`profile ${profile} cannot store the text "${name}" as it is: "${text}"`);
  }
}
