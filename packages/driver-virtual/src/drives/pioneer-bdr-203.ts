import { type DriveProfile, linear, profilesOf } from "./drive-profile.ts";

/** Numbers of the features that it lists (captured; what is in them was not). */
const codes =
  "0001 0002 0003 0004 0010 001D 001E 001F 0020 0021 0023 0024 0026 002A 002B 002C 002D 002E 002F 0033 0038 003B 0040 0041 0100 0103 0104 0105 0106 0107 0108 010A 010B 010D";

/** PIONEER BDR-203: all its features, its buffer for each family of media, and what it refuses while it is busy. */
export const pioneerBdr203: DriveProfile = {
  id: "pioneer-bdr-203",
  text: "PIONEER BD-RW BDR-203: tells nothing of a disc while it closes or blanks it",
  identity: { vendor: "PIONEER", product: "BD-RW BDR-203", revision: "" },
  profiles: profilesOf("cd", "dvd", "bd"),
  features: codes.split(" ").map((code) => ({ code })),
  media: [
    ...["0041", "0043"].map((profile) => ({
      profile,
      writeSpeeds: profile === "0041" ? linear(35_960, 26_970, 17_980, 8990) : linear(8990),
      bufferBytes: 0x18_0000,
      quirks: { busyInformation: true } as const,
    })),
    ...["0011", "0012", "0013", "0014", "001A", "001B", "002B"].map((profile) => ({
      profile,
      bufferBytes: 0x11_8000,
      quirks: { busyInformation: true } as const,
    })),
    ...["0009", "000A"].map((profile) => ({
      profile,
      bufferBytes: 0x12_6800,
      quirks: { busyInformation: true } as const,
    })),
  ],
};
