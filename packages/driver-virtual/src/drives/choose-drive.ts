import type { DriveCapture } from "@multisession/mmc";
import type { MediumTable } from "../media/medium-table.ts";
import { freshDisc, type VirtualMediumId } from "../media/virtual-media.ts";
import { hex4 } from "./drive-profile.ts";
import { driveProfiles } from "./drive-profiles.ts";
import { virtualDrive } from "./virtual-drive.ts";

/** The drive of that name, or the one that is given. @throws `TypeError` when there is no drive of that name. */
export function chooseDrive(drive: string | DriveCapture = virtualDrive): DriveCapture {
  if (typeof drive !== "string") return drive;
  const found = driveProfiles.find(({ id }) => id === drive);
  if (found === undefined) {
    throw new TypeError(`There is no drive "${drive}"; there are ${driveProfiles.map(({ id }) => id).join(", ")}`);
  }
  return found;
}

/** Whether a drive lists a medium as it is bought. @throws `TypeError` for an unknown medium. */
export function knowsMedium(drive: DriveCapture, medium: VirtualMediumId): boolean {
  return lists(drive, freshDisc({ medium }).table);
}

function lists({ profiles }: DriveCapture, { profile }: MediumTable): boolean {
  return profiles?.includes(hex4(profile)) ?? true;
}

/** @throws `TypeError` when a drive does not know a medium. */
export function checkKnown(drive: DriveCapture, table: MediumTable): void {
  if (lists(drive, table)) return;
  const { vendor, product } = drive.identity;
  throw new TypeError(`The drive ${vendor} ${product} does not know ${table.id}`);
}
