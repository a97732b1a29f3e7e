import { type DriveProfile, profilesOf } from "./drive-profile.ts";

/** Their lists of profiles were not captured. */
const profiles = profilesOf("cd", "dvd");

/** Recorders for DVD, as their answers were captured; each with the disc that was in it. */
export const dvdRecorders: readonly DriveProfile[] = [
  {
    id: "nec-nd-1300a",
    text: "NEC DVD_RW ND-1300A: DVD+R with several sessions",
    identity: { vendor: "NEC", product: "DVD_RW ND-1300A", revision: "1.0A" },
    profiles,
    media: [{ profile: "001B", mediaId: "RICOHJPN/R01" }],
  },
  {
    id: "nec-nd-3500ag",
    text: "NEC DVD_RW ND-3500AG: DVD+R",
    identity: { vendor: "NEC", product: "DVD_RW ND-3500AG", revision: "2.16" },
    profiles,
    media: [{ profile: "001B", mediaId: "AML/001" }],
  },
  {
    id: "nec-nd-3540a",
    text: "NEC DVD_RW ND-3540A: DVD+RW",
    identity: { vendor: "NEC", product: "DVD_RW ND-3540A", revision: "" },
    profiles,
    media: [{ profile: "001A", mediaId: "RICOHJPN/W11" }],
  },
  {
    id: "tsstcorp-sh-224db",
    text: "TSSTcorp CDDVDW SH-224DB: DVD+R, tells where it can be read",
    identity: { vendor: "TSSTcorp", product: "CDDVDW SH-224DB", revision: "SB00" },
    profiles,
    media: [{ profile: "001B", mediaId: "RITEK/F16", quirks: { readCompatibility: 270_336 } }],
  },
  {
    id: "tsstcorp-ts-l632h",
    text: "TSSTcorp CDDVDW TS-L632H: DVD+R",
    identity: { vendor: "TSSTcorp", product: "CDDVDW TS-L632H", revision: "D400" },
    profiles,
    media: [{ profile: "001B", mediaId: "SONY/D21" }],
  },
  {
    id: "tsstcorp-sh-s182m",
    text: "TSSTcorp CDDVDW SH-S182M: DVD-RAM",
    identity: { vendor: "TSSTcorp", product: "CDDVDW SH-S182M", revision: "SB00" },
    profiles,
    media: [],
  },
  {
    id: "hl-dt-st-bt20n",
    text: "HL-DT-ST DVDRAM BT20N: DVD+R with two layers, slower at both ends",
    identity: { vendor: "HL-DT-ST", product: "DVDRAM BT20N", revision: "KV01" },
    profiles,
    media: [
      {
        profile: "002B",
        mediaId: "MKM/001",
        // Captured as 2.4x, 4x and 2.4x of 1385.
        writeZones: [
          { from: 0, to: 219_903, startSpeed: 3324, endSpeed: 3324 },
          { from: 219_904, to: 3_953_919, startSpeed: 5540, endSpeed: 5540 },
          { from: 3_953_920, to: 4_173_823, startSpeed: 3324, endSpeed: 3324 },
        ],
        quirks: { readCompatibility: 266_240 },
      },
    ],
  },
  {
    id: "hl-dt-st-gsa-h31n",
    text: "HL-DT-ST DVDRAM GSA-H31N: DVD-R",
    identity: { vendor: "HL-DT-ST", product: "DVDRAM GSA-H31N", revision: "B109" },
    profiles,
    media: [],
  },
  {
    id: "asus-drw-2014l1t",
    text: "ASUS DRW-2014L1T: DVD-R, incrementally",
    identity: { vendor: "ASUS", product: "DRW-2014L1T", revision: "1.02" },
    profiles,
    media: [{ profile: "0011", mediaId: "AML" }],
  },
  {
    id: "asus-drw-1608p2",
    text: "ASUS DRW-1608P2: a DVD-RW that is not closed has no capacity",
    identity: { vendor: "ASUS", product: "DRW-1608P2", revision: "1.41" },
    profiles,
    media: [
      { profile: "0014", mediaId: "CMCW02", quirks: { unsetCapacity: true } },
      { profile: "001A", mediaId: "RITEK/004" },
    ],
  },
  {
    id: "asus-drw-24b1st",
    text: "ASUS DRW-24B1ST i: DVD+RW",
    identity: { vendor: "ASUS", product: "DRW-24B1ST i", revision: "" },
    profiles,
    media: [{ profile: "001A", mediaId: "PHILIPS/041" }],
  },
  {
    id: "aopen-duw1608",
    text: "AOPEN DUW1608/ARR: the track of a closed DVD-RW has no size",
    identity: { vendor: "AOPEN", product: "DUW1608/ARR", revision: "A060" },
    profiles,
    media: [{ profile: "0014", mediaId: "CMCW02", quirks: { unsetTrackSize: true } }],
  },
  {
    id: "toshiba-sd-r5272",
    text: "TOSHIBA SD-R5272: the tracks of a closed DVD+R have no size",
    identity: { vendor: "TOSHIBA", product: "DVD-ROM SD-R5272", revision: "" },
    profiles,
    media: [{ profile: "001B", quirks: { zeroTrackSize: true } }],
  },
  {
    id: "matshita-uj8b0aw",
    text: "MATSHITA UJ8B0AW: DVD-RW for restricted overwrite",
    identity: { vendor: "MATSHITA", product: "UJ8B0AW", revision: "" },
    profiles,
    media: [{ profile: "0013", mediaId: "OPTODISCW002" }],
  },
];
