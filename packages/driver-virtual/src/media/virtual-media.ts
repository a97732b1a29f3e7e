import type { Blocks } from "@multisession/core";
import type { DriveCapture } from "@multisession/mmc";
import { bdR, bdRDl, bdRQl, bdRTl } from "./bd-r.ts";
import { bdRe, bdReDl, bdReTl } from "./bd-re.ts";
import { cdR, cdRw } from "./cd.ts";
import { dvdMinusR, dvdMinusRDl } from "./dvd-minus-r.ts";
import { dvdMinusRw } from "./dvd-minus-rw.ts";
import { dvdPlusR, dvdPlusRDl } from "./dvd-plus-r.ts";
import { dvdPlusRw } from "./dvd-plus-rw.ts";
import { dvdRam } from "./dvd-ram.ts";
import { checkCapacity, formattedBlocks, mediumWith, mediumWithPackets } from "./geometry.ts";
import { conditionOf, type MediumTable } from "./medium-table.ts";

/** A kind of disc that the virtual recorder makes. */
export interface VirtualMedium {
  /** Name in `createVirtualRecorder` and on the command line. */
  readonly id: VirtualMediumId;
  /** For people. */
  readonly text: string;
  /** Addressable blocks when none are asked for: those of a real disc. */
  readonly capacity: Blocks;
  /** Addressable blocks of all real discs of that kind, in ascending order. */
  readonly capacities: readonly Blocks[];
  /** Fewest blocks that can be asked for. */
  readonly minimum: Blocks;
}

/**
 * Names of the media. `cd-rw-packet` is a CD-RW that is formatted with fixed packets, `dvd-rw-ro` a DVD-RW for restricted
 * overwrite, `bd-r-pow` a BD-R that is formatted for pseudo-overwrite, `bd-r-rrm` one for random recording.
 */
export type VirtualMediumId =
  | "cd-r"
  | "cd-rw"
  | "cd-rw-packet"
  | "dvd-r"
  | "dvd-r-dl"
  | "dvd-rw"
  | "dvd-rw-ro"
  | "dvd-ram"
  | "dvd+r"
  | "dvd+r-dl"
  | "dvd+rw"
  | "bd-r"
  | "bd-r-pow"
  | "bd-r-rrm"
  | "bd-re";

/** Which disc to make. */
export interface DiscOptions {
  /** Kind of the disc. */
  readonly medium: VirtualMediumId;
  /**
   * Addressable blocks, rounded down to whole units; those of a real disc when left out. What is more than a BD with one
   * layer has makes one with two, three or four.
   */
  readonly capacity?: Blocks;
  /**
   * Whether the disc is formatted already. Left out: `cd-rw-packet`, `bd-r-pow`, `bd-r-rrm`, `dvd-rw-ro` and `dvd-ram` are, the
   * others are as bought. `false` for `bd-r-pow` gives a blank BD-R that has so many blocks after that format; `true` for `bd-r`
   * is a BD-R with spare areas.
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
  /** The same with more layers, smallest first. */
  readonly larger?: readonly MediumTable[];
  /** Blocks of smaller discs that are sold. */
  readonly smaller?: readonly Blocks[];
  readonly text: string;
  /** Condition when it is formatted. */
  readonly formatted: string;
  readonly isFormatted: boolean;
  /** Which of the listed spares that format has. */
  readonly spares: "none" | "usual" | "fewest";
  /** Whether `capacity` means the blocks that are left after the format. */
  readonly countsFormatted: boolean;
}

/** Blocks of a CD of 74 minutes (MMC: 333000 frames, less the first pregap). */
const SHORT_CD: Blocks = 332_850;

/** Written as bought: there is nothing to format. */
const sequential = { formatted: "unformatted", isFormatted: false, spares: "none", countsFormatted: false } as const;

const recipes: Readonly<Record<VirtualMediumId, Recipe>> = {
  "cd-r": {
    ...sequential,
    table: cdR,
    smaller: [SHORT_CD],
    text: "CD-R, 80 minutes, 737 MB: sessions one after another",
  },
  "cd-rw": {
    ...sequential,
    table: cdRw,
    smaller: [SHORT_CD],
    text: "CD-RW, 80 minutes, 737 MB: sessions one after another, can be blanked",
  },
  "cd-rw-packet": {
    table: cdRw,
    smaller: [SHORT_CD],
    text: "CD-RW, 80 minutes, 605 MB, formatted with fixed packets",
    formatted: "packets",
    isFormatted: true,
    spares: "none",
    countsFormatted: true,
  },
  "dvd-r": { ...sequential, table: dvdMinusR, text: "DVD-R, 4.7 GB: sessions one after another" },
  "dvd-r-dl": { ...sequential, table: dvdMinusRDl, text: "DVD-R with two layers, 8.5 GB: one session" },
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
    larger: [bdRDl, bdRTl, bdRQl],
    text: "BD-R, 25 to 128 GB: sessions one after another",
    formatted: "sequential",
    isFormatted: false,
    spares: "fewest",
    countsFormatted: false,
  },
  "bd-r-pow": {
    table: bdR,
    larger: [bdRDl, bdRTl, bdRQl],
    text: "BD-R, 25 to 128 GB, formatted for pseudo-overwrite",
    formatted: "pseudo-overwrite",
    isFormatted: true,
    spares: "fewest",
    countsFormatted: true,
  },
  "bd-r-rrm": {
    table: bdR,
    larger: [bdRDl, bdRTl, bdRQl],
    text: "BD-R, 25 to 128 GB, formatted for random recording: each block once, anywhere",
    formatted: "random",
    isFormatted: true,
    spares: "fewest",
    countsFormatted: true,
  },
  "bd-re": {
    table: bdRe,
    larger: [bdReDl, bdReTl],
    text: "BD-RE, 25 to 100 GB: overwritten in place",
    formatted: "formatted",
    isFormatted: false,
    spares: "usual",
    countsFormatted: true,
  },
  "dvd-ram": {
    table: dvdRam,
    text: "DVD-RAM, 4.7 GB: overwritten in place",
    formatted: "formatted",
    isFormatted: true,
    spares: "usual",
    countsFormatted: true,
  },
  "dvd+rw": {
    table: dvdPlusRw,
    text: "DVD+RW, 4.7 GB: overwritten in place",
    formatted: "formatted",
    isFormatted: false,
    spares: "none",
    countsFormatted: false,
  },
};

/** The tables by the name that disc files use. */
export const mediumTables: ReadonlyMap<string, MediumTable> = new Map(
  [
    ...[cdR, cdRw, dvdMinusR, dvdMinusRDl, dvdMinusRw, dvdRam, dvdPlusR, dvdPlusRDl, dvdPlusRw],
    ...[bdR, bdRDl, bdRTl, bdRQl, bdRe, bdReDl, bdReTl],
  ].map((table) => [table.id, table]),
);

/** Spare clusters of the format that a disc of full size is made with. */
function sparesOf({ formats }: MediumTable, spares: Recipe["spares"]): number {
  // `fewest` is listed last; growisofs formats a BD-R so by default.
  const listed = spares === "usual" ? formats[0]?.spares[0] : formats.at(-1)?.spares.at(-1);
  return spares === "none" ? 0 : (listed ?? 0);
}

/** Addressable blocks of a disc of that size, as its capacity is counted. */
function capacityOf(table: MediumTable, { spares, countsFormatted, formatted }: Recipe, blocks: Blocks): Blocks {
  return countsFormatted ? formattedBlocks(table, blocks, formatted, sparesOf(table, spares)) : blocks;
}

/** The same of full size. */
function fullCapacity(table: MediumTable, recipe: Recipe): Blocks {
  return capacityOf(table, recipe, table.blocks);
}

/** All media that can be made, in the order of a listing. */
export const virtualMedia: readonly VirtualMedium[] = (Object.keys(recipes) as VirtualMediumId[]).map((id) => {
  const recipe = recipes[id];
  const { table, text, larger = [], smaller = [] } = recipe;
  const capacities = [
    ...smaller.map((blocks) => capacityOf(table, recipe, blocks)),
    ...[table, ...larger].map((each) => fullCapacity(each, recipe)),
  ];
  return { id, text, capacity: fullCapacity(table, recipe), capacities, minimum: table.minimumUnits * table.unit };
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
  const table = tableFor(recipe, capacity);
  const { countsFormatted } = recipe;
  const spares = sparesOf(table, recipe.spares);
  const full = fullCapacity(table, recipe);
  const asked = checkCapacity(table, capacity ?? full, full);
  const smaller = countsFormatted ? sizeFor(table, recipe, asked) : asked;
  const mediumBlocks = asked === full ? table.blocks : smaller;
  if (!(formatted ?? recipe.isFormatted))
    return { table, mediumBlocks, condition: "unformatted", blocks: mediumBlocks };
  const blocks = formattedBlocks(table, mediumBlocks, recipe.formatted, spares);
  return { table, mediumBlocks, condition: recipe.formatted, blocks };
}

/** The smallest medium that has so many addressable blocks when it is formatted. */
function sizeFor(table: MediumTable, { formatted, spares }: Recipe, asked: Blocks): Blocks {
  const { packets } = conditionOf(table, formatted);
  if (packets === undefined) return mediumWith(table, asked, sparesOf(table, spares));
  return mediumWithPackets(table, asked - (asked % packets.user), formatted);
}

/** The smallest one that has room for so many blocks; the largest when none has. */
function tableFor(recipe: Recipe, capacity: Blocks | undefined): MediumTable {
  const { table, larger = [] } = recipe;
  if (capacity === undefined) return table;
  return [table, ...larger].find((each) => capacity <= fullCapacity(each, recipe)) ?? larger.at(-1) ?? table;
}
