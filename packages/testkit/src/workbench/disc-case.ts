import type { MediumKind } from "@multisession/core";
import type { DiscOptions } from "@multisession/driver-virtual";

/** A disc that a mechanism is tried on: a small one, so that every block of a burn can be the last. */
export interface DiscCase {
  /** Heading in the test report. */
  readonly name: string;
  /** What a mechanism claims in `supports.media`. */
  readonly kind: MediumKind;
  /** How the virtual recorder makes it. */
  readonly disc: DiscOptions;
}

/** Addressable blocks of the discs: room for some ten small sessions and their repairs. */
const CAPACITY = 1024;
/** The same where gaps of 2,048 blocks lie between sessions. */
const DVD_PLUS_R_CAPACITY = 16_384;
/** The same where they are larger: 6,902 blocks and more on a CD, 28,688 and then 6,160 on a DVD-R. */
const WIDE_CAPACITY = 65_536;

/** Every kind of disc that the virtual recorder makes, in the states in which it comes to a mechanism. */
export const discCases: readonly DiscCase[] = [
  { name: "BD-R, as bought", kind: "bd-r", disc: { medium: "bd-r", capacity: CAPACITY } },
  {
    name: "BD-R, formatted for pseudo-overwrite",
    kind: "bd-r-pow",
    disc: { medium: "bd-r-pow", capacity: CAPACITY },
  },
  { name: "CD-R, as bought", kind: "cd-r", disc: { medium: "cd-r", capacity: WIDE_CAPACITY } },
  { name: "CD-RW, as bought", kind: "cd-rw", disc: { medium: "cd-rw", capacity: WIDE_CAPACITY } },
  {
    name: "CD-RW, formatted with fixed packets",
    kind: "cd-rw-packet",
    disc: { medium: "cd-rw-packet", capacity: WIDE_CAPACITY },
  },
  { name: "DVD-R, as bought", kind: "dvd-r", disc: { medium: "dvd-r", capacity: WIDE_CAPACITY } },
  { name: "DVD-RW, as bought", kind: "dvd-rw", disc: { medium: "dvd-rw", capacity: WIDE_CAPACITY } },
  {
    name: "DVD-RW, formatted for restricted overwrite",
    kind: "dvd-rw-ro",
    disc: { medium: "dvd-rw-ro", capacity: WIDE_CAPACITY },
  },
  { name: "DVD+R, as bought", kind: "dvd+r", disc: { medium: "dvd+r", capacity: DVD_PLUS_R_CAPACITY } },
  {
    name: "DVD+R with two layers, as bought",
    kind: "dvd+r-dl",
    disc: { medium: "dvd+r-dl", capacity: DVD_PLUS_R_CAPACITY },
  },
  { name: "DVD+RW, as bought", kind: "dvd+rw", disc: { medium: "dvd+rw", capacity: CAPACITY } },
  { name: "DVD+RW, formatted", kind: "dvd+rw", disc: { medium: "dvd+rw", capacity: CAPACITY, formatted: true } },
  { name: "BD-RE, as bought", kind: "bd-re", disc: { medium: "bd-re", capacity: CAPACITY } },
  { name: "DVD-RAM, as bought", kind: "dvd-ram", disc: { medium: "dvd-ram", capacity: CAPACITY } },
];
