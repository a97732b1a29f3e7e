import type { Lba } from "@multisession/core";

/**
 * A place on the medium that cannot hold data, by the address that the host writes to. Where the medium has spare areas, one
 * unit of them takes its place and nobody notices; when they are used up, WRITE fails with 3/32/00. Where it has none, with
 * 3/0C/00.
 */
export interface DefectFault {
  /** Which fault it is. */
  readonly fault: "defect";
  /** A block of the unit. */
  readonly at: Lba;
}

/** The spare areas count as used up: no further defect is replaced. What was replaced before stays so. */
export interface NoSparesFault {
  /** Which fault it is. */
  readonly fault: "no-spares";
}
