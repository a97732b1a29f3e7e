import { angular, type DriveProfile, linear, profilesOf } from "./drive-profile.ts";

/** Their lists of profiles were not captured. */
const profiles = profilesOf("cd", "dvd", "bd");

/** Recorders for BD, as their answers were captured. */
export const bdRecorders: readonly DriveProfile[] = [
  {
    id: "hl-dt-st-wh16ns40",
    text: "HL-DT-ST BD-RE WH16NS40: BD-R with pseudo-overwrite",
    identity: { vendor: "HL-DT-ST", product: "BD-RE WH16NS40", revision: "1.00" },
    profiles,
    media: [
      {
        profile: "0041",
        mediaId: "VERBAT/IMe",
        writeSpeeds: [...angular(53_952, 44_960, 35_968, 26_976), ...linear(17_984)],
        readSpeed: 26_976,
        quirks: { withoutLastRecorded: true, unformattedSpare: { key: 5, asc: 0x24, ascq: 0x00 } },
      },
    ],
  },
  {
    id: "atapi-ihbs112",
    text: "ATAPI iHBS112: shows pseudo-overwrite on blank BD-R, and writes none after a format",
    identity: { vendor: "ATAPI", product: "iHBS112 2", revision: "CL04" },
    profiles,
    media: [
      {
        profile: "0041",
        mediaId: "VERBAT/IMw",
        writeSpeeds: linear(8990), // captured: 2x only
        quirks: {
          pseudoOverwriteWhileBlank: true,
          withoutLastRecorded: true,
          writeAfterFormat: { key: 5, asc: 0x21, ascq: 0x00 },
        },
      },
    ],
  },
  {
    id: "matshita-uj260",
    text: "MATSHITA BD-MLT UJ260: BD-R of 100 GB too",
    identity: { vendor: "MATSHITA", product: "BD-MLT UJ260", revision: "" },
    profiles,
    media: [],
  },
  {
    id: "pioneer-bdr-209d",
    text: "PIONEER BD-RW BDR-209D: BD-RE",
    identity: { vendor: "PIONEER", product: "BD-RW BDR-209D", revision: "1.51" },
    profiles,
    media: [{ profile: "0043", mediaId: "CMCMAG/CN2" }],
  },
  {
    id: "pioneer-bdr-205",
    text: "PIONEER BD-RW BDR-205: a blank CD begins at -150",
    identity: { vendor: "PIONEER", product: "BD-RW BDR-205", revision: "" },
    profiles,
    media: ["0009", "000A"].map((profile) => ({ profile, quirks: { startsInPregap: true } })),
  },
];
