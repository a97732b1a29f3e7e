import type { Blocks, Lba, Sense } from "@multisession/core";

/**
 * What a drive shows of itself with some discs: its capture. Plain data. It holds nothing that was recorded and no serial
 * number, so that it can be published; the virtual recorder behaves as it says.
 */
export interface DriveCapture {
  /** INQUIRY. */
  readonly identity: CapturedIdentity;
  /** MMC profiles that the drive lists, in its order, as four hexadecimal digits; absent where that was not seen. */
  readonly profiles?: readonly string[];
  /** All features but the profile list, in ascending order; absent where they were not seen. */
  readonly features?: readonly CapturedFeature[];
  /** What it showed with discs in it, one for each profile of a disc. */
  readonly media: readonly CapturedMedium[];
}

/** The name of a drive (INQUIRY). */
export interface CapturedIdentity {
  /** At most 8 characters. */
  readonly vendor: string;
  /** At most 16 characters. */
  readonly product: string;
  /** At most 4 characters. */
  readonly revision: string;
}

/** A feature that a drive lists (GET CONFIGURATION). */
export interface CapturedFeature {
  /** Feature number as four hexadecimal digits. */
  readonly code: string;
  /** Of the descriptor's layout. */
  readonly version?: number;
  /** It is always current. */
  readonly isPersistent?: true;
  /** The descriptor behind its head in hexadecimal digits; absent where it depends on the disc, or names this very drive. */
  readonly data?: string;
}

/** A speed that a disc can be written at (GET PERFORMANCE, type 3). */
export interface CapturedSpeed {
  /** 1000 bytes per second. */
  readonly speed: number;
  /** Constant angular velocity: the speed is reached at the edge. */
  readonly isAngular?: true;
}

/** A stretch of a disc and its speed at both ends (GET PERFORMANCE, type 0). */
export interface CapturedZone {
  /** First block. */
  readonly from: Lba;
  /** Last block. */
  readonly to: Lba;
  /** At the first block; 1000 bytes per second. */
  readonly startSpeed: number;
  /** At the last block; 1000 bytes per second. */
  readonly endSpeed: number;
}

/** What a drive showed with one kind of disc in it. */
export interface CapturedMedium {
  /** MMC profile of the disc, four hexadecimal digits. */
  readonly profile: string;
  /** What the disc calls itself: `VERBAT/IMe`, `CMCW02`, `97m26s66f/79m59s71f`. */
  readonly mediaId?: string;
  /** Fastest first. */
  readonly writeSpeeds?: readonly CapturedSpeed[];
  /** 1000 bytes per second. */
  readonly readSpeed?: number;
  /** Speeds of writing along the disc, where they differ. */
  readonly writeZones?: readonly CapturedZone[];
  /** Size of the buffer. */
  readonly bufferBytes?: number;
  /** Where the drive does not do as MMC says, or does one of several things that are allowed. */
  readonly quirks?: DriveQuirks;
}

/** Where drives differ. All were captured; what is left out is the rule. */
export interface DriveQuirks {
  /** READ TRACK INFORMATION tells -150 as the next address of a blank CD (captured: PIONEER BDR-205, LITE-ON LTR-48125S). */
  readonly startsInPregap?: true;
  /** Feature 0038h is current on a BD-R that is not formatted yet (captured: ATAPI iHBS112). */
  readonly pseudoOverwriteWhileBlank?: true;
  /** READ TRACK INFORMATION never says that its next writable address is valid. */
  readonly withoutNextWritable?: true;
  /** READ TRACK INFORMATION never says that its last recorded address is valid (captured on BD-R). */
  readonly withoutLastRecorded?: true;
  /** READ CAPACITY of a disc that is not closed is an unset number, FFFD0000h (captured: ASUS DRW-1608P2). */
  readonly unsetCapacity?: true;
  /** READ TRACK INFORMATION of a closed disc: the size of a track is an unset number, FFFD0000h (captured: AOPEN DUW1608). */
  readonly unsetTrackSize?: true;
  /** READ TRACK INFORMATION of a closed disc: the size of a track is 0 (reported of Toshiba SD-R5272). */
  readonly zeroTrackSize?: true;
  /** READ TRACK INFORMATION of DVD+R is longer and names this block (captured). */
  readonly readCompatibility?: Blocks;
  /** READ DISC STRUCTURE of the spare areas of a BD that is not formatted (captured: 5/24/00, also 3/31/00). */
  readonly unformattedSpare?: Sense;
  /** WRITE to a disc that was just formatted is refused with this sense (captured: ATAPI iHBS112, 5/21/00). */
  readonly writeAfterFormat?: Sense;
  /** READ DISC and TRACK INFORMATION are refused with 2/04/07 while a close or a blank goes on (reported of PIONEER BDR-203). */
  readonly busyInformation?: true;
  /** WRITE to a full buffer is refused with 2/04/08 instead of waiting. */
  readonly busyWhenFull?: true;
}
