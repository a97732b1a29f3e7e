import type { DriveProfile } from "./drive-profile.ts";

/** No real drive: knows all media and does as MMC says. */
export const virtualDrive: DriveProfile = {
  id: "virtual",
  text: "no real drive: knows all media, does as MMC says",
  identity: { vendor: "VIRTUAL", product: "DISC RECORDER", revision: "1.00" },
  media: [],
};
