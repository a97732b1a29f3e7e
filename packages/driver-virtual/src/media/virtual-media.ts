import type { Blocks } from "@multisession/core";
import type { DriveCapture } from "@multisession/mmc";
import { bdR } from "./bd-r.ts";
import { bdRe } from "./bd-re.ts";
import { cdR, cdRw } from "./cd.ts";
import { dvdMinusR } from "./dvd-minus-r.ts";
import { dvdMinusRw } from "./dvd-minus-rw.ts";
import { dvdPlusR, dvdPlusRDl } from "./dvd-plus-r.ts";
import { dvdPlusRw } from "./dvd-plus-rw.ts";
import { dvdRam } from "./dvd-ram.ts";
import { checkCapacity, mediumWith, spareBlocks } from "./geometry.ts";
import type { MediumTable } from "./medium-table.ts";

/** A kind of disc that the virtual recorder makes. */
export interface VirtualMedium {
  /** Name in `createVirtualRecorder` and on the command line. */
  readonly id: VirtualMediumId;
  /** For people. */
  readonly text: string;
  /** Addressable blocks when none are asked for: those of a real disc. */
  readonly capacity: Blocks;
  /** Fewest blocks that can be asked for. */
  readonly minimum: Blocks;
}

/** Names of the media. `bd-r-pow` is a BD-R that is formatted for pseudo-overwrite, `dvd-rw-ro` a DVD-RW for restricted overwrite. */
export type VirtualMediumId =
  | "cd-r"
  | "cd-rw"
  | "dvd-r"
  | "dvd-rw"
  | "dvd-rw-ro"
  | "dvd-ram"
  | "dvd+r"
  | "dvd+r-dl"
  | "dvd+rw"
  | "bd-r"
  | "bd-r-pow"
  | "bd-re";

/** Which disc to make. */
export interface DiscOptions {
  /** Kind of the disc. */
  readonly medium: VirtualMediumId;
  /** Addressable blocks, rounded down to whole units; those of a real disc when left out. */
  readonly capacity?: Blocks;
  /**
   * Whether the disc is formatted already. Left out: `bd-r-pow`, `dvd-rw-ro` and `dvd-ram` are, the others are as bought. `false` for `bd-r-pow`
   * gives a blank BD-R that has so many blocks after that format; `true` for `bd-r` is a BD-R with spare areas.
   */
  readonly formatted?: boolean;
  /** Which drive it is made with, and the recorder behaves as: the name of a profile, or a capture. `virtual` when left out. */
  readonly drive?: string | DriveCapture;
}

/** A disc to be made, all choices settled. */
export interface FreshDisc {
  /** Its facts. */
  readonly table: MediumTable;
  /** Blocks of the medium, spare areas included. */
  readonly mediumBlocks: Blocks;
  /** Condition that it is made in. */
  readonly condition: string;
  /** Addressable blocks in that condition. */
  readonly blocks: Blocks;
}

interface Recipe {
  readonly table: MediumTable;
  readonly text: string;
  /** Condition when it is formatted. */
  readonly formatted: string;
  readonly isFormatted: boolean;
  /** Spare clusters of that format on a medium of full size. */
  readonly spares: number;
  /** Whether `capacity` means the blocks that are left after the format. */
  readonly countsFormatted: boolean;
}

/** Smallest spare areas of a BD-R: what growisofs formats with by default. */
const SMALLEST_SPARES = 4096;

/** Spare areas of a BD-RE as drives format it when nothing else is asked for (captured). */
const DEFAULT_SPARES = 12_288;
/** Supplementary spare area of a DVD-RAM as it is sold, in units of 16 blocks (captured). */
const RAM_SPARES = 3648;

/** Written as bought: there is nothing to format. */
const sequential = { formatted: "unformatted", isFormatted: false, spares: 0, countsFormatted: false } as const;

const recipes: Readonly<Record<VirtualMediumId, Recipe>> = {
  "cd-r": { ...sequential, table: cdR, text: "CD-R, 80 minutes, 737 MB: sessions one after another" },
  "cd-rw": {
    ...sequential,
    table: cdRw,
    text: "CD-RW, 80 minutes, 737 MB: sessions one after another, can be blanked",
  },
  "dvd-r": { ...sequential, table: dvdMinusR, text: "DVD-R, 4.7 GB: sessions one after another" },
  "dvd-rw": {
    ...sequential,
    table: dvdMinusRw,
    text: "DVD-RW, 4.7 GB: sessions one after another, can be blanked and formatted",
    formatted: "restricted",
  },
  "dvd-rw-ro": {
    ...sequential,
    table: dvdMinusRw,
    text: "DVD-RW, 4.7 GB, formatted for restricted overwrite",
    formatted: "restricted",
    isFormatted: true,
  },
  "dvd+r": { ...sequential, table: dvdPlusR, text: "DVD+R, 4.7 GB: sessions one after another" },
  "dvd+r-dl": { ...sequential, table: dvdPlusRDl, text: "DVD+R with two layers, 8.5 GB: sessions one after another" },
  "bd-r": {
    table: bdR,
    text: "BD-R, 25 GB: sessions one after another",
    formatted: "sequential",
    isFormatted: false,
    spares: SMALLEST_SPARES,
    countsFormatted: false,
  },
  "bd-r-pow": {
    table: bdR,
    text: "BD-R, 25 GB, formatted for pseudo-overwrite",
    formatted: "pseudo-overwrite",
    isFormatted: true,
    spares: SMALLEST_SPARES,
    countsFormatted: true,
  },
  "bd-re": {
    table: bdRe,
    text: "BD-RE, 25 GB: overwritten in place",
    formatted: "formatted",
    isFormatted: false,
    spares: DEFAULT_SPARES,
    countsFormatted: true,
  },
  "dvd-ram": {
    table: dvdRam,
    text: "DVD-RAM, 4.7 GB: overwritten in place",
    formatted: "formatted",
    isFormatted: true,
    spares: RAM_SPARES,
    countsFormatted: true,
  },
  "dvd+rw": {
    table: dvdPlusRw,
    text: "DVD+RW, 4.7 GB: overwritten in place",
    formatted: "formatted",
    isFormatted: false,
    spares: 0,
    countsFormatted: false,
  },
};

/** The tables by the name that disc files use. */
export const mediumTables: ReadonlyMap<string, MediumTable> = new Map(
  [cdR, cdRw, dvdMinusR, dvdMinusRw, dvdRam, dvdPlusR, dvdPlusRDl, dvdPlusRw, bdR, bdRe].map((table) => [
    table.id,
    table,
  ]),
);

/** Addressable blocks of a disc of full size, as its capacity is counted. */
function fullCapacity({ table, spares, countsFormatted }: Recipe): Blocks {
  return table.blocks - (countsFormatted ? spareBlocks(table, table.blocks, spares) : 0);
}

/** All media that can be made, in the order of a listing. */
export const virtualMedia: readonly VirtualMedium[] = (Object.keys(recipes) as VirtualMediumId[]).map((id) => {
  const recipe = recipes[id];
  const { table, text } = recipe;
  return { id, text, capacity: fullCapacity(recipe), minimum: table.minimumUnits * table.unit };
});

/**
 * Settles what disc is to be made.
 *
 * @throws `TypeError` for an unknown medium and a capacity that it cannot have.
 */
export function freshDisc({ medium, capacity, formatted }: DiscOptions): FreshDisc {
  const recipe = Object.hasOwn(recipes, medium) ? recipes[medium] : undefined;
  if (recipe === undefined) {
    throw new TypeError(`There is no medium "${medium}"; there are ${Object.keys(recipes).join(", ")}`);
  }
  const { table, spares, countsFormatted } = recipe;
  const full = fullCapacity(recipe);
  const asked = checkCapacity(table, capacity ?? full, full);
  const smaller = countsFormatted ? mediumWith(table, asked, spares) : asked;
  const mediumBlocks = asked === full ? table.blocks : smaller;
  if (!(formatted ?? recipe.isFormatted))
    return { table, mediumBlocks, condition: "unformatted", blocks: mediumBlocks };
  const blocks = mediumBlocks - spareBlocks(table, mediumBlocks, spares);
  return { table, mediumBlocks, condition: recipe.formatted, blocks };
}
