import type { Blocks, MediumKind } from "@multisession/core";

/** A state of the medium on which the current features depend. */
export type FeatureCondition =
  | "blank"
  | "spares"
  | "pseudo-overwrite"
  /** DVD-RW: it was not blanked minimally, so that it takes more than one recording. */
  | "incremental"
  /** DVD-RW restricted overwrite: it was formatted quickly or grown, and is not closed yet. */
  | "intermediate"
  /** CD-RW: formatted with fixed packets. */
  | "packets";

/** What a profile (MMC) says about its media, before anything is asked about the one in the drive. */
export interface Profile {
  /** As MMC writes it. */
  readonly name: string;
  /** Family of the medium. */
  readonly family: "cd" | "dvd" | "bd";
  /** Blocks of one error correction unit: what is written as a whole. */
  readonly unit: Blocks;
  /** A pressed disc is complete, whatever the drive says of it. */
  readonly isPressed?: boolean;
  /** Core's name of its media, and of their rules. */
  readonly kind: MediumKind;
  /** Features that are current with such a medium (MMC; lists of real drives), without those that always are. */
  readonly features: readonly number[];
  /** Features that are current only in a state of the medium. */
  readonly featuresWhen?: Readonly<Partial<Record<FeatureCondition, readonly number[]>>>;
}

const cd = { family: "cd", unit: 1 } as const;
const dvd = { family: "dvd", unit: 16 } as const;
const bd = { family: "bd", unit: 32 } as const;

/** Profile numbers that are named elsewhere. */
export const profileNumbers = {
  none: 0x00,
  cdRw: 0x0a,
  dvdRam: 0x12,
  dvdRwRestricted: 0x13,
  dvdRwSequential: 0x14,
  dvdPlusRw: 0x1a,
  bdR: 0x41,
  bdRe: 0x43,
} as const;

/** Every profile of an optical medium, by its number in GET CONFIGURATION. Their rules: `mediumRules`. */
export const profiles: ReadonlyMap<number, Profile> = new Map<number, Profile>([
  [0x08, { name: "CD-ROM", kind: "cd-rom", ...cd, isPressed: true, features: [0x10, 0x1d, 0x1e, 0x107] }],
  [0x09, { name: "CD-R", kind: "cd-r", ...cd, features: [0x10, 0x1d, 0x1e, 0x21, 0x2d, 0x2e, 0x107] }],
  [
    profileNumbers.cdRw,
    {
      name: "CD-RW",
      kind: "cd-rw",
      ...cd,
      features: [0x10, 0x1d, 0x1e, 0x21, 0x23, 0x2d, 0x2e, 0x37, 0x107],
      featuresWhen: { packets: [0x26] },
    },
  ],
  [0x10, { name: "DVD-ROM", kind: "dvd-rom", ...dvd, isPressed: true, features: [0x10, 0x1f, 0x107] }],
  [0x11, { name: "DVD-R sequential", kind: "dvd-r", ...dvd, features: [0x10, 0x1f, 0x21, 0x2f, 0x107] }],
  [
    profileNumbers.dvdRam,
    { name: "DVD-RAM", kind: "dvd-ram", ...dvd, features: [0x10, 0x1f, 0x20, 0x23, 0x24, 0x107] },
  ],
  [
    profileNumbers.dvdRwRestricted,
    {
      name: "DVD-RW restricted overwrite",
      kind: "dvd-rw-ro",
      ...dvd,
      features: [0x10, 0x1f, 0x23, 0x26, 0x2c, 0x107],
      featuresWhen: { intermediate: [0x21] },
    },
  ],
  [
    profileNumbers.dvdRwSequential,
    {
      name: "DVD-RW sequential",
      kind: "dvd-rw",
      ...dvd,
      features: [0x10, 0x1f, 0x23, 0x2c, 0x2f, 0x107],
      featuresWhen: { incremental: [0x21] },
    },
  ],
  [0x15, { name: "DVD-R dual layer sequential", kind: "dvd-r-dl", ...dvd, features: [0x10, 0x1f, 0x21, 0x2f, 0x107] }],
  [0x16, { name: "DVD-R dual layer jump", kind: "dvd-r-dl", ...dvd, features: [0x10, 0x1f, 0x21, 0x2f, 0x33, 0x107] }],
  [
    profileNumbers.dvdPlusRw,
    {
      name: "DVD+RW",
      kind: "dvd+rw",
      ...dvd,
      features: [0x10, 0x1f, 0x20, 0x23, 0x2a, 0x107],
    },
  ],
  [0x1b, { name: "DVD+R", kind: "dvd+r", ...dvd, features: [0x10, 0x1f, 0x2b, 0x107] }],
  [0x2b, { name: "DVD+R double layer", kind: "dvd+r-dl", ...dvd, features: [0x10, 0x1f, 0x3b, 0x107] }],
  [0x40, { name: "BD-ROM", kind: "bd-rom", ...bd, isPressed: true, features: [0x10, 0x40, 0x107] }],
  [
    profileNumbers.bdR,
    {
      name: "BD-R sequential",
      kind: "bd-r",
      ...bd,
      features: [0x10, 0x21, 0x40, 0x41, 0x107],
      featuresWhen: { blank: [0x23], spares: [0x24], "pseudo-overwrite": [0x38] },
    },
  ],
  [0x42, { name: "BD-R random", kind: "bd-r-rrm", ...bd, features: [0x10, 0x25, 0x24, 0x40, 0x41, 0x107] }],
  [profileNumbers.bdRe, { name: "BD-RE", kind: "bd-re", ...bd, features: [0x10, 0x20, 0x23, 0x24, 0x40, 0x41, 0x107] }],
]);

/** Features that are current without and with any medium (MMC). */
const alwaysCurrent: readonly number[] = [0x00, 0x01, 0x02, 0x03, 0x100, 0x105, 0x108];

/** Numbers of the features that a drive shows as current for a medium of that profile and state, in ascending order. */
export function currentFeatures(profile: number, conditions: readonly FeatureCondition[] = []): readonly number[] {
  const entry = profiles.get(profile);
  const conditional = conditions.flatMap((condition) => entry?.featuresWhen?.[condition] ?? []);
  return [...new Set([...alwaysCurrent, ...(entry?.features ?? []), ...conditional])].sort((a, b) => a - b);
}

/** Name of a profile for people. */
export function profileName(profile: number): string {
  return profiles.get(profile)?.name ?? `a medium of the unknown profile ${profile.toString(16).padStart(4, "0")}h`;
}
