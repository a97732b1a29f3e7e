import { MultisessionError } from "@multisession/core";
import { type ChannelCommand, type CommandChannel, timeouts } from "../command-channel.ts";
import { bufferCapacity, readBufferCapacity } from "../commands/buffer.ts";
import type { Configuration, Feature } from "../commands/configuration.ts";
import { discStructure, readDiscStructure, structureFormats, structureMedia } from "../commands/disc-structure.ts";
import { features, PROFILE_LIST, profileList, SERIAL_NUMBER } from "../commands/features.ts";
import { getPerformance, performance, writeSpeeds } from "../commands/performance.ts";
import { longTrackInformation, readTrackInformation, trackAddressTypes } from "../commands/tracks.ts";
import { isCurrent, type MediumReport } from "../medium-report.ts";
import { profileNumbers, profiles } from "../profiles.ts";
import { senseKeys } from "../sense.ts";
import type {
  CapturedFeature,
  CapturedIdentity,
  CapturedMedium,
  CapturedZone,
  DriveCapture,
  DriveQuirks,
} from "./drive-capture.ts";

/** Features whose data depends on the disc in the drive, or names this very drive. */
const untold: ReadonlySet<number> = new Set([
  features.randomReadable.code,
  features.randomWritable.code,
  features.writeOnce.code,
  features.layerJump.code,
  SERIAL_NUMBER,
]);

/** Features from here on are each maker's own, and may name this very drive. */
const VENDOR_FEATURES = 0xff00;
/** Descriptors that are asked for. */
const MOST_SPEEDS = 64;
/** Types of GET PERFORMANCE, and of its nominal speeds those of writing (tolerance 10b). */
const performanceTypes = { nominal: 0, writeSpeed: 3 } as const;
const WRITING = 0x14;
/** An address or size that a drive never set: 0 less the first sector of a DVD. */
const UNSET = 0xfffd_0000;
/** Disc status of READ DISC INFORMATION. */
const statuses = { blank: 0, complete: 2 } as const;

const keys: ReadonlySet<number> = new Set([senseKeys.medium, senseKeys.illegalRequest, senseKeys.blankCheck]);

/** What a capture is asked with. */
export interface CaptureQuestion {
  /** Way to the drive. */
  readonly channel: CommandChannel;
  /** URI of the recorder. */
  readonly subject: string;
  /** Stops before the next command. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes a capture from what a drive said of itself and its disc, and asks for the rest. Nothing that was recorded is read. */
export async function readDriveCapture(
  identity: CapturedIdentity,
  report: MediumReport,
  question: CaptureQuestion,
): Promise<DriveCapture> {
  const { configuration } = report;
  const list = configuration.features.find(({ code }) => code === PROFILE_LIST);
  return {
    identity,
    ...(list && { profiles: profileList.parse(list.data).map(({ profile }) => hex4(profile)) }),
    features: configuration.features
      .filter(({ code }) => code !== PROFILE_LIST)
      .sort((a, b) => a.code - b.code)
      .map(captureFeature),
    media: [await captureMedium(report, question)],
  };
}

function hex4(code: number): string {
  return code.toString(16).toUpperCase().padStart(4, "0");
}

function captureFeature({ code, version, isPersistent, data }: Feature): CapturedFeature {
  return {
    code: hex4(code),
    ...(version > 0 && { version }),
    ...(isPersistent && { isPersistent: true }),
    ...(!untold.has(code) && code < VENDOR_FEATURES && { data: Buffer.from(data).toString("hex").toUpperCase() }),
  };
}

async function captureMedium(report: MediumReport, question: CaptureQuestion): Promise<CapturedMedium> {
  const { profile } = report.configuration;
  const speeds = writeSpeeds.parse(
    await tried(question, getPerformance.build({ type: performanceTypes.writeSpeed, maximumDescriptors: MOST_SPEEDS })),
  );
  const readSpeed = speeds[0]?.readSpeed ?? 0;
  const zones = await writeZones(question);
  const buffer = bufferCapacity.parse(
    await tried(question, readBufferCapacity.build({ allocationLength: bufferCapacity.size })),
  );
  const quirks = await captureQuirks(report, question);
  return {
    profile: hex4(profile),
    ...(report.mediaId !== undefined && { mediaId: report.mediaId }),
    ...(speeds.length > 0 && {
      writeSpeeds: speeds.map(({ writeSpeed, rotation }) => ({
        speed: Math.max(1, writeSpeed),
        ...(rotation === 1 && { isAngular: true as const }),
      })),
    }),
    ...(readSpeed > 0 && { readSpeed }),
    ...(zones.length > 0 && { writeZones: zones }),
    ...(buffer.size > 0 && { bufferBytes: buffer.size }),
    ...(Object.keys(quirks).length > 0 && { quirks }),
  };
}

/** Nothing where the whole disc has one speed. */
async function writeZones(question: CaptureQuestion): Promise<readonly CapturedZone[]> {
  const { nominal: type } = performanceTypes;
  const cdb = getPerformance.build({ type, dataType: WRITING, maximumDescriptors: MOST_SPEEDS });
  const { speeds } = performance.parse(await tried(question, cdb));
  const isPlain = speeds.every(
    ({ startSpeed, endSpeed }) => startSpeed === endSpeed && startSpeed === speeds[0]?.startSpeed,
  );
  if (isPlain) return [];
  return speeds
    .filter(({ startLba, endLba }) => endLba >= startLba)
    .map(({ startLba, startSpeed, endLba, endSpeed }) => ({
      from: startLba,
      to: endLba,
      startSpeed: Math.max(1, startSpeed),
      endSpeed: Math.max(1, endSpeed),
    }));
}

/** The quirks that can be seen with the disc as it is. */
async function captureQuirks(report: MediumReport, question: CaptureQuestion): Promise<DriveQuirks> {
  const { configuration, disc, tracks, lastLba } = report;
  const family = profiles.get(configuration.profile)?.family;
  const [isBlank, isComplete] = [disc.discStatus === statuses.blank, disc.discStatus === statuses.complete];
  const isUnformattedBd = family === "bd" && report.formats?.state === 1;
  const spare = isUnformattedBd ? await spareRefusal(question) : undefined;
  const compatibility = isPlusR(configuration) ? await readCompatibility(question, disc.firstTrack) : undefined;
  const last = tracks.at(-1);
  const isFree = last !== undefined && last.freeBlocks > 0;
  return {
    ...(isBlank && family === "cd" && isPregap(last?.nextWritable) && { startsInPregap: true as const }),
    ...(isBlank &&
      isCurrent(configuration, features.pseudoOverwrite.code) && { pseudoOverwriteWhileBlank: true as const }),
    ...(!isComplete &&
      isFree &&
      !last.nextWritableValid &&
      isWriteOnce(configuration) && { withoutNextWritable: true as const }),
    ...(lastLba === UNSET && { unsetCapacity: true as const }),
    ...(isComplete && tracks.some(({ size }) => size === UNSET) && { unsetTrackSize: true as const }),
    ...(isComplete && tracks.some(({ size }) => size === 0) && { zeroTrackSize: true as const }),
    ...(compatibility !== undefined && { readCompatibility: compatibility }),
    ...(spare && { unformattedSpare: spare }),
  };
}

function isPlusR({ profile }: Configuration): boolean {
  return profile === 0x1b || profile === 0x2b;
}

function isWriteOnce({ profile }: Configuration): boolean {
  return profile === profileNumbers.bdR || isPlusR({ profile, features: [] }) || profile === 0x09 || profile === 0x11;
}

/** -150, which CDs count their pregap from. */
function isPregap(lba: number | undefined): boolean {
  return lba !== undefined && (lba | 0) === -150;
}

async function readCompatibility(question: CaptureQuestion, number: number): Promise<number | undefined> {
  const allocationLength = longTrackInformation.size;
  const cdb = readTrackInformation.build({ addressType: trackAddressTypes.track, number, allocationLength });
  const reply = await tried(question, cdb);
  // Only where the drive tells as much.
  const isLong = longTrackInformation.parse(reply).dataLength >= 38 && reply.length >= 40;
  return isLong ? longTrackInformation.parse(reply).readCompatibility : undefined;
}

/** The sense of a drive that has no spare areas to tell of yet. */
async function spareRefusal(question: CaptureQuestion): Promise<DriveQuirks["unformattedSpare"]> {
  const { bdSpare: format } = structureFormats;
  const cdb = readDiscStructure.build({ mediaType: structureMedia.bd, format, allocationLength: 16 });
  try {
    discStructure.parse(await asked(question, cdb));
    return undefined;
  } catch (error) {
    if (MultisessionError.is(error) && error.sense && keys.has(error.sense.key)) {
      const { key, asc, ascq } = error.sense;
      return { key, asc, ascq };
    }
    throw error;
  }
}

/** Bytes that any of the replies has at most. */
const MOST_BYTES = 8 + 16 * MOST_SPEEDS;

function asked({ channel, subject, signal }: CaptureQuestion, cdb: Uint8Array): Promise<Uint8Array> {
  const command: ChannelCommand = {
    cdb,
    dataInLength: MOST_BYTES,
    purpose: "inspect",
    task: "tell about itself",
    subject,
  };
  return channel.execute({ ...command, patience: timeouts.ready, signal });
}

/** What not every drive answers: a refusal gives nothing. */
async function tried(question: CaptureQuestion, cdb: Uint8Array): Promise<Uint8Array> {
  try {
    return await asked(question, cdb);
  } catch (error) {
    if (MultisessionError.is(error) && error.sense && keys.has(error.sense.key)) return new Uint8Array();
    throw error;
  }
}
