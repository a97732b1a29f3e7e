import type { FormatOption, Medium } from "@multisession/core";
import { bdRSubTypes, type FormatDescriptor, formatTypes } from "./commands/format.ts";
import type { MediumReport } from "./medium-report.ts";
import { profileNumbers } from "./profiles.ts";

/** One way of formatting: where it is on offer, what is sent, and how success shows. */
export interface FormatRule {
  /** Goes into plans. */
  readonly id: string;
  /** Profile of the medium. */
  readonly profile: number;
  /** Format type that the drive must list. */
  readonly type: number;
  /** Sub-type to send; drives list 0 and take all. */
  readonly subType: number;
  /** Cannot be undone. */
  readonly isIrreversible: boolean;
  /** What it is good for, in words. */
  readonly purpose: string;
  /** Whether the medium shows that the format is done. */
  isDone(medium: Medium): boolean;
}

/** Formats of media that have none yet (MMC). A BD-R takes one only while it is blank, and for good. */
export const formatRules: readonly FormatRule[] = [
  {
    id: "bd-r-pow",
    profile: profileNumbers.bdR,
    type: formatTypes.bdR,
    subType: bdRSubTypes.pseudoOverwrite,
    isIrreversible: true,
    purpose: "Written blocks can be replaced (pseudo-overwrite), with spare places for defects.",
    isDone: ({ kind }) => kind === "bd-r-pow",
  },
  {
    id: "bd-r-spare",
    profile: profileNumbers.bdR,
    type: formatTypes.bdR,
    subType: bdRSubTypes.sequential,
    isIrreversible: true,
    purpose: "Sessions as usual, with spare places for defects.",
    isDone: ({ kind, formats }) => kind === "bd-r" && formats.length === 0,
  },
  {
    id: "dvd+rw",
    profile: profileNumbers.dvdPlusRw,
    type: formatTypes.dvdPlusRw,
    subType: 0,
    isIrreversible: false,
    purpose: "Makes a new disc ready for writing; the drive goes on with it in the background.",
    isDone: ({ isFormatted }) => isFormatted,
  },
];

/** A rule that the medium takes now, with the drive's descriptor of the largest size. */
export interface FormatChoice {
  /** The rule. */
  readonly rule: FormatRule;
  /** What the drive lists. */
  readonly descriptor: FormatDescriptor;
}

/** Disc status “empty”: nothing was written, and nothing formatted. */
const EMPTY = 0;

/** The formats that the medium takes now. A medium that is formatted or written takes none. */
export function formatChoices({ configuration, disc, formats }: MediumReport): readonly FormatChoice[] {
  if (disc.discStatus !== EMPTY) return [];
  return formatRules
    .filter(({ profile }) => profile === configuration.profile)
    .flatMap((rule) => {
      const listed = (formats?.formats ?? []).filter(({ type }) => type === rule.type);
      const [descriptor] = listed.toSorted((a, b) => b.blocks - a.blocks);
      return descriptor ? [{ rule, descriptor }] : [];
    });
}

/** A choice as core knows it. */
export function formatOption({ rule, descriptor }: FormatChoice): FormatOption {
  const { id, isIrreversible, purpose } = rule;
  return { id, blocks: descriptor.blocks, isIrreversible, purpose };
}
