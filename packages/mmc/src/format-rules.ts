import type { Blocks, FormatOption, Medium } from "@multisession/core";
import { blankTypes } from "./commands/blank.ts";
import { bdReSubTypes, bdRSubTypes, formatTypes } from "./commands/format.ts";
import { blankCapacityOf } from "./medium-capacity.ts";
import type { MediumReport } from "./medium-report.ts";
import { profileNumbers } from "./profiles.ts";

/** A FORMAT UNIT: which of the drive's descriptors is sent back, and how. */
export interface FormatMethod {
  /** Format type that the drive must list. */
  readonly type: number;
  /** Sub-type to send; drives list 0 and take all. */
  readonly subType: number;
  /** Which one of several with that type: the one that the drive lists first (its default), or the one with most blocks. */
  readonly size: "first" | "largest";
  /** Number of blocks to send in place of the listed one. */
  readonly blocks?: Blocks;
}

/** One way of formatting or blanking: where it is on offer, what is sent, and how success shows. */
export interface FormatRule {
  /** Goes into plans. */
  readonly id: string;
  /** Profiles of the media. */
  readonly profiles: readonly number[];
  /** States in which the medium takes it. */
  readonly takenWhen: readonly MediumState[];
  /** FORMAT UNIT with a descriptor of the drive, or BLANK with one of `blankTypes`. */
  readonly method: FormatMethod | { readonly blank: number };
  /** Cannot be undone. */
  readonly isIrreversible: boolean;
  /** What it is good for, in words. */
  readonly purpose: string;
  /** Whether the medium shows that the format is done. */
  isDone(medium: Medium, blocks: Blocks): boolean;
}

/** Blank: nothing was written, and nothing formatted. Used: anything else. */
export type MediumState = "blank" | "used";

const dvdRw = [profileNumbers.dvdRwSequential, profileNumbers.dvdRwRestricted];
const isBlank: FormatRule["isDone"] = ({ status }) => status === "blank";
const isFormatted: FormatRule["isDone"] = ({ isFormatted: is, capacity }, blocks) => is && capacity === blocks;

/** Formats and blanks (MMC; what growisofs, dvd+rw-format and libburn send). A BD-R takes one only while it is blank. */
export const formatRules: readonly FormatRule[] = [
  {
    id: "bd-r-pow",
    profiles: [profileNumbers.bdR],
    takenWhen: ["blank"],
    method: { type: formatTypes.bdR, subType: bdRSubTypes.pseudoOverwrite, size: "largest" },
    isIrreversible: true,
    purpose: "Written blocks can be replaced (pseudo-overwrite), with spare places for defects.",
    isDone: ({ kind }) => kind === "bd-r-pow",
  },
  {
    id: "bd-r-spare",
    profiles: [profileNumbers.bdR],
    takenWhen: ["blank"],
    method: { type: formatTypes.bdR, subType: bdRSubTypes.sequential, size: "largest" },
    isIrreversible: true,
    purpose: "Sessions as usual, with spare places for defects.",
    isDone: ({ kind, formats }) => kind === "bd-r" && formats.length === 0,
  },
  {
    id: "dvd+rw",
    profiles: [profileNumbers.dvdPlusRw],
    takenWhen: ["blank"],
    method: { type: formatTypes.dvdPlusRw, subType: 0, size: "largest" },
    isIrreversible: false,
    purpose: "Makes a new disc ready for writing; the drive goes on with it in the background.",
    isDone: ({ isFormatted: is }) => is,
  },
  {
    id: "dvd-ram",
    profiles: [profileNumbers.dvdRam],
    takenWhen: ["blank", "used"],
    method: { type: formatTypes.full, subType: 0, size: "first" },
    isIrreversible: false,
    purpose: "Formats the whole disc, with spare places for defects; it takes long, and what was on it is lost.",
    isDone: isFormatted,
  },
  {
    id: "bd-re-spare",
    profiles: [profileNumbers.bdRe],
    takenWhen: ["blank", "used"],
    method: { type: formatTypes.bdReSpare, subType: bdReSubTypes.quick, size: "first" },
    isIrreversible: false,
    purpose: "Overwritable, with spare places for defects; what was on it is given up.",
    isDone: isFormatted,
  },
  {
    id: "bd-re-no-spare",
    profiles: [profileNumbers.bdRe],
    takenWhen: ["blank", "used"],
    method: { type: formatTypes.bdRe, subType: 0, size: "first" },
    isIrreversible: false,
    purpose: "Overwritable, without spare places, so that writing is faster; what was on it is given up.",
    isDone: isFormatted,
  },
  {
    id: "dvd-rw-ro",
    profiles: dvdRw,
    takenWhen: ["blank", "used"],
    method: { type: formatTypes.packet, subType: 0, size: "largest" },
    isIrreversible: false,
    purpose: "Overwritable as a whole (restricted overwrite); it takes as long as writing the disc once.",
    isDone: ({ kind, capacity }, blocks) => kind === "dvd-rw-ro" && capacity === blocks,
  },
  {
    id: "dvd-rw-ro-quick",
    profiles: dvdRw,
    takenWhen: ["blank", "used"],
    // No blocks: the format grows with what is written, and stays intermediate until the session is closed.
    method: { type: formatTypes.dvdRwQuick, subType: 0, size: "first", blocks: 0 },
    isIrreversible: false,
    purpose: "Overwritable as far as it was written once (restricted overwrite); it takes a minute.",
    isDone: ({ kind }) => kind === "dvd-rw-ro",
  },
  {
    id: "dvd-rw-blank",
    profiles: dvdRw,
    // Also a blank disc: one that was blanked only minimally takes sessions again afterwards.
    takenWhen: ["blank", "used"],
    method: { blank: blankTypes.full },
    isIrreversible: false,
    purpose: "Erases the whole disc, so that it takes sessions; it takes as long as writing the disc once.",
    isDone: (medium) => medium.kind === "dvd-rw" && medium.status === "blank",
  },
  {
    id: "dvd-rw-blank-quick",
    profiles: dvdRw,
    takenWhen: ["used"],
    method: { blank: blankTypes.minimal },
    isIrreversible: false,
    purpose: "Makes the disc look new; afterwards it takes one recording at once and no sessions.",
    isDone: (medium) => medium.kind === "dvd-rw" && medium.status === "blank",
  },
  {
    id: "cd-rw-packet",
    profiles: [profileNumbers.cdRw],
    takenWhen: ["blank", "used"],
    method: { type: formatTypes.packet, subType: 0, size: "largest" },
    isIrreversible: false,
    purpose: "Overwritable as a whole, in packets of 32 blocks; it takes as long as writing the disc once.",
    isDone: ({ kind, capacity }, blocks) => kind === "cd-rw-packet" && capacity === blocks,
  },
  {
    id: "cd-rw-blank",
    profiles: [profileNumbers.cdRw],
    takenWhen: ["used"],
    method: { blank: blankTypes.full },
    isIrreversible: false,
    purpose: "Erases the whole disc; it takes as long as writing it once.",
    isDone: isBlank,
  },
  {
    id: "cd-rw-blank-quick",
    profiles: [profileNumbers.cdRw],
    takenWhen: ["used"],
    method: { blank: blankTypes.minimal },
    isIrreversible: false,
    purpose: "Makes the disc look new; it takes a minute.",
    isDone: isBlank,
  },
];

/** A rule that the medium takes now. */
export interface FormatChoice {
  /** The rule. */
  readonly rule: FormatRule;
  /** Addressable blocks afterwards. */
  readonly blocks: Blocks;
  /** Type dependent parameter of the drive's descriptor; 0 for a blank. */
  readonly parameter: number;
}

/** Disc status “empty”: nothing was written, and nothing formatted. */
const EMPTY = 0;

/** The formats that the medium takes now: only what the drive lists, and the blanks of its profile. */
export function formatChoices(report: MediumReport): readonly FormatChoice[] {
  const { configuration, disc, formats } = report;
  const state: MediumState = disc.discStatus === EMPTY ? "blank" : "used";
  return formatRules
    .filter(({ profiles, takenWhen }) => profiles.includes(configuration.profile) && takenWhen.includes(state))
    .flatMap((rule): FormatChoice[] => {
      if ("blank" in rule.method) return [{ rule, blocks: blankCapacityOf(report), parameter: 0 }];
      const { type, size } = rule.method;
      const listed = (formats?.formats ?? []).filter((descriptor) => descriptor.type === type);
      const [descriptor] = size === "first" ? listed : listed.toSorted((a, b) => b.blocks - a.blocks);
      return descriptor ? [{ rule, blocks: descriptor.blocks, parameter: descriptor.parameter }] : [];
    });
}

/** A choice as core knows it. */
export function formatOption({ rule, blocks }: FormatChoice): FormatOption {
  const { id, isIrreversible, purpose } = rule;
  return { id, blocks, isIrreversible, purpose };
}
