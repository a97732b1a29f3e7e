import { type DriveProfile, profilesOf } from "./drive-profile.ts";

/** Recorders for CD, as their answers were captured. */
export const cdRecorders: readonly DriveProfile[] = [
  {
    id: "lite-on-ltr-48125s",
    text: "LITE-ON LTR-48125S: a blank CD begins at -150",
    identity: { vendor: "LITE-ON", product: "LTR-48125S", revision: "" },
    profiles: profilesOf("cd"),
    media: [
      { profile: "0009", mediaId: "97m26s66f/79m59s71f", quirks: { startsInPregap: true } },
      { profile: "000A", mediaId: "97m27s29f/79m59s74f", quirks: { startsInPregap: true } },
    ],
  },
];
