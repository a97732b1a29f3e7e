import { bdRecorders } from "./bd-recorders.ts";
import { cdRecorders } from "./cd-recorders.ts";
import type { DriveProfile } from "./drive-profile.ts";
import { dvdRecorders } from "./dvd-recorders.ts";
import { pioneerBdr203 } from "./pioneer-bdr-203.ts";
import { virtualDrive } from "./virtual-drive.ts";

/** All drives that the virtual recorder can behave as, the one that is no real drive first. */
export const driveProfiles: readonly DriveProfile[] = [
  virtualDrive,
  ...bdRecorders,
  pioneerBdr203,
  ...dvdRecorders,
  ...cdRecorders,
];
