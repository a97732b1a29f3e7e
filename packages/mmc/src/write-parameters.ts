import { features } from "./commands/features.ts";
import {
  dataBlockTypes,
  modeData,
  multisessionModes,
  sessionFormats,
  trackModes,
  writeParametersPage,
  writeTypes,
} from "./commands/mode.ts";
import type { MediumReport } from "./medium-report.ts";
import type { ValuesOf } from "./struct.ts";

/** What mode page 05h says of a medium, without what depends on the disc and on the session. */
export interface WriteParameters {
  /** Fields of the page. */
  readonly page: Partial<ValuesOf<typeof writeParametersPage>>;
  /** Feature that tells whether the drive can be kept waiting for data. */
  readonly feature: "trackAtOnce" | "dvdRWrite";
}

/** CD: one track at a time, Mode 1. */
export const trackAtOnce: WriteParameters = {
  page: {
    writeType: writeTypes.trackAtOnce,
    trackMode: trackModes.data,
    dataBlockType: dataBlockTypes.mode1,
  },
  feature: "trackAtOnce",
};

/** DVD-R and DVD-RW: incremental, in packets and with links of one error correction block. */
export const incremental: WriteParameters = {
  page: {
    writeType: writeTypes.packet,
    linkSizeValid: true,
    linkSize: 16,
    fixedPacket: true,
    packetSize: 16,
    trackMode: trackModes.incremental,
    dataBlockType: dataBlockTypes.mode1,
  },
  feature: "dvdRWrite",
};

/** CD-RW formatted with fixed packets of 32 blocks, 7 blocks between two of them (MMC; what cdrwtool sets). */
export const fixedPackets: WriteParameters = {
  page: {
    writeType: writeTypes.packet,
    linkSizeValid: true,
    linkSize: 7,
    fixedPacket: true,
    packetSize: 32,
    trackMode: trackModes.incremental,
    dataBlockType: dataBlockTypes.mode1,
  },
  feature: "trackAtOnce",
};

/** Data mode of tracks of Mode 2 in READ TRACK INFORMATION. */
const MODE_2 = 2;

/** Mode 1 and Mode 2 never share a disc: one that was begun in Mode 2 goes on in its Form 1, with 2048 bytes a block. */
const mode2Page = { dataBlockType: dataBlockTypes.xaForm1, sessionFormat: sessionFormats.cdRomXa } as const;

/** The page's fields for the disc that the report tells of; all but the multi-session field. Pure. */
export function pageFor({ page, feature }: WriteParameters, report: MediumReport): WriteParameters["page"] {
  const { code } = features[feature];
  const described = report.configuration.features.find((candidate) => candidate.code === code);
  const isMode2 =
    feature === "trackAtOnce" && report.tracks.some(({ blank, dataMode }) => !blank && dataMode === MODE_2);
  return {
    ...page,
    ...(isMode2 && mode2Page),
    bufferUnderrunFree: described !== undefined && features[feature].read(described).bufferUnderrunFree,
  };
}

/** What follows the session that is closed next. */
export type Succession = "next-allowed" | "close-disc";

const fields: Readonly<Record<Succession, number>> = {
  "next-allowed": multisessionModes.nextAllowed,
  "close-disc": multisessionModes.closeDisc,
};

/** The list of a MODE SELECT(10) that sets the page. Its length field is reserved there. */
export function writeParametersList(page: WriteParameters["page"], succession: Succession): Uint8Array {
  const built = writeParametersPage.build({ ...page, multisession: fields[succession] });
  return modeData.build({ mediumType: 0, pages: [built] }).fill(0, 0, 2);
}
