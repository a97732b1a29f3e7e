import type { Blocks, Lba } from "@multisession/core";
import type { CapturedMedium, CapturedSpeed, CapturedZone, DriveCapture, DriveQuirks } from "@multisession/mmc";
import { hex4 } from "../drives/drive-profile.ts";
import type { MediaId, MediumTable } from "../media/medium-table.ts";
import type { MediumState } from "../medium-state.ts";

/** Buffer of a drive that was not captured; bytes. */
const BUFFER_BYTES: number = 4 * 1024 * 1024;

/** How the drive behaves with the disc as it is: what was captured, and the medium's table where nothing was. */
export interface DriveTraits {
  /** Where it differs from the rule. */
  readonly quirks: DriveQuirks;
  /** Fastest first. */
  readonly writeSpeeds: readonly CapturedSpeed[];
  /** 1000 bytes per second. */
  readonly readSpeed: number;
  /** Stretches of the disc with speeds of their own; empty where one speed holds. */
  readonly writeZones: readonly CapturedZone[];
  /** Blocks of the medium: how far it is to the edge. */
  readonly mediumBlocks: Blocks;
  /** Size of the buffer. */
  readonly bufferBytes: number;
  /** How the medium names itself; a CD does not. */
  readonly mediaId: MediaId;
  /** Times that name a CD: first lead-in, and last lead-out of one of full size. */
  readonly times?: { readonly leadIn: Lba; readonly lastLeadOut: Lba };
}

/** The traits of a drive with a disc. */
export function traitsOf(drive: DriveCapture, state: MediumState): DriveTraits {
  const { table } = state;
  const medium = drive.media.find(({ profile }) => profile === hex4(state.profile));
  const id = medium?.mediaId ?? mediaIdOfTable(drive, table);
  const times = timesOf(table, id);
  return {
    quirks: medium?.quirks ?? {},
    writeSpeeds: nonEmpty(medium?.writeSpeeds) ?? table.writeSpeeds.map((speed) => ({ speed })),
    readSpeed: medium?.readSpeed ?? table.readSpeed,
    writeZones: zonesOn(medium, state),
    mediumBlocks: state.mediumBlocks,
    bufferBytes: medium?.bufferBytes ?? BUFFER_BYTES,
    mediaId: nameOf(table, id) ?? table.mediaId,
    ...(times && { times }),
  };
}

function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list !== undefined && list.length > 0 ? list : undefined;
}

/** A format changes the profile of some media, and not what they are called. */
function mediaIdOfTable({ media }: DriveCapture, { profile, conditions }: MediumTable): string | undefined {
  const own = new Set([profile, ...conditions.map((condition) => condition.profile ?? profile)].map(hex4));
  return media.find((medium) => own.has(medium.profile) && medium.mediaId !== undefined)?.mediaId;
}

/** A smaller disc has the zones up to its end. */
function zonesOn(medium: CapturedMedium | undefined, { blocks }: MediumState): readonly CapturedZone[] {
  const zones = medium?.writeZones?.filter(({ from }) => from < blocks) ?? [];
  return zones.map((zone, index) => (index === zones.length - 1 ? { ...zone, to: blocks - 1 } : zone));
}

/** Longest parts of a name in the structures that hold it. */
const nameParts = { bd: [6, 3], "dvd-plus": [8, 3], "dvd-minus": [6, 6] } as const;

function nameOf({ structures, mediaId }: MediumTable, id: string | undefined): MediaId | undefined {
  if (id === undefined || structures === "none" || structures === "dvd-ram") return undefined;
  const [longest, longestType] = nameParts[structures];
  const slash = id.lastIndexOf("/");
  const cut = structures === "dvd-minus" ? longest : slash;
  const manufacturer = cut < 0 ? id : id.slice(0, cut);
  const type = structures === "dvd-minus" ? id.slice(cut) : cut < 0 ? "" : id.slice(cut + 1);
  if (manufacturer.length > longest || type.length > longestType) return undefined;
  return { manufacturer, type, revision: mediaId.revision };
}

const timePattern = /^(\d\d)m(\d\d)s(\d\d)f\/(\d\d)m(\d\d)s(\d\d)f$/;

/** The times in the name of a CD, as addresses: minutes from 90 on count backwards (MMC). */
function timesOf({ family }: MediumTable, id: string | undefined): DriveTraits["times"] {
  const parts =
    family === "cd"
      ? timePattern
          .exec(id ?? "")
          ?.slice(1)
          .map(Number)
      : undefined;
  if (parts === undefined) return undefined;
  const [leadIn, lastLeadOut] = [lbaOf(parts.slice(0, 3)), lbaOf(parts.slice(3))];
  return leadIn < 0 && lastLeadOut > 0 ? { leadIn, lastLeadOut } : undefined;
}

function lbaOf([minute = 0, second = 0, frame = 0]: readonly number[]): Lba {
  return (minute * 60 + second) * 75 + frame - (minute < 90 ? 150 : 450_150);
}
