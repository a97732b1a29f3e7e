import { type Lba, MultisessionError } from "@multisession/core";
import type { ChannelCommand, CommandChannel } from "./command-channel.ts";
import { timeouts } from "./command-channel.ts";
import { type Configuration, configuration, getConfiguration } from "./commands/configuration.ts";
import {
  discInformation,
  discInformationTypes,
  pseudoOverwriteResources,
  readDiscInformation,
} from "./commands/disc-information.ts";
import {
  bdDiscInformation,
  discStructure,
  dvdPhysicalFormat,
  readDiscStructure,
  structureFormats,
  structureMedia,
  writeProtection,
} from "./commands/disc-structure.ts";
import { dvdPreRecorded } from "./commands/dvd-structures.ts";
import { features } from "./commands/features.ts";
import { type FormatCapacities, formatCapacities, readFormatCapacities } from "./commands/format.ts";
import { atip, tocFormats } from "./commands/raw-toc.ts";
import { capacityData, readCapacity } from "./commands/read-write.ts";
import { readToc } from "./commands/toc.ts";
import { longTrackInformation, readTrackInformation, trackAddressTypes, trackInformation } from "./commands/tracks.ts";
import { type MediumRules, mediumRules } from "./medium-rules.ts";
import { profiles } from "./profiles.ts";
import { senseKeys } from "./sense.ts";
import type { FailedCommand } from "./sense-error.ts";
import type { ValuesOf } from "./struct.ts";

/** What READ TRACK INFORMATION says of a track. */
export type TrackReport = ValuesOf<typeof trackInformation>;

/** What a drive says about the medium in it, command by command, not yet interpreted. */
export interface MediumReport {
  /** GET CONFIGURATION: profile and features. */
  readonly configuration: Configuration;
  /** READ DISC INFORMATION, standard data. */
  readonly disc: ValuesOf<typeof discInformation>;
  /** READ TRACK INFORMATION of every track, in order. */
  readonly tracks: readonly TrackReport[];
  /** READ CAPACITY; absent when the drive refuses it. */
  readonly lastLba?: Lba;
  /** READ FORMAT CAPACITIES; absent when the drive refuses it. */
  readonly formats?: FormatCapacities;
  /** READ DISC INFORMATION, pseudo-overwrite resources; absent when the drive refuses it. */
  readonly resources?: Pick<ValuesOf<typeof pseudoOverwriteResources>, "replacements" | "mapEntries" | "updates">;
  /**
   * Manufacturer and media type, such as `VERBAT/IMe`, the name of a DVD-R such as `CMC MAG. AM3`, or the times that name
   * a recordable CD, such as `97m26s66f/79m59s71f`; absent where the medium has none.
   */
  readonly mediaId?: string;
  /** The medium or its cartridge is write-protected. */
  readonly isWriteProtected: boolean;
  /** By what it is protected, for people; absent when it is not. */
  readonly protection?: string;
}

/** Bytes that a reply has at least when it can be trusted. A short one would make a full disc look blank. */
const leastBytes = {
  // libburn asks for as many; real drives send 34 and more.
  disc: 24,
  // Early drives send 28 (length 26).
  track: 28,
} as const;

/** Disc status “complete”: no track can be written next. */
const COMPLETE = 2;

/** Reply sizes to ask for. */
const mostBytes = {
  configuration: 4096,
  formats: 252,
  structure: 2052,
  bdStructure: 4100,
  preRecorded: 44,
  atip: 28,
} as const;

/** Most tracks that are asked for: more than any medium can hold (7,927 recording ranges on a BD-R). */
const MOST_TRACKS = 8000;

/**
 * Asks a drive that is ready for everything that it says about the medium, in an order that is safe on all media.
 *
 * @throws `NO_MEDIUM` when there is none, `COMMAND_FAILED` when the drive refuses what every drive must answer or answers
 * too little, and what the channel throws.
 */
export async function readMediumReport(
  channel: CommandChannel,
  subject: string,
  signal?: AbortSignal,
): Promise<MediumReport> {
  const inspection = new Inspection(channel, subject, signal);
  const current = await inspection.configuration();
  if (current.profile === 0) {
    throw new MultisessionError("NO_MEDIUM", "There is no disc in the recorder, or one that it cannot use.", {
      subject,
    });
  }
  const rules = mediumRules[profiles.get(current.profile)?.kind ?? ""];
  const disc = await inspection.disc();
  const tracks: TrackReport[] = [];
  for (let number = disc.firstTrack; number <= Math.min(disc.lastTrack, MOST_TRACKS); number++) {
    const isOpen = number === disc.lastTrack && disc.discStatus < COMPLETE;
    const track =
      (isOpen && rules?.nextTrack !== undefined && (await inspection.nextTrack(rules.nextTrack, number))) ||
      (await inspection.track(number));
    if (track) tracks.push(track);
  }
  const lastLba = await inspection.lastLba();
  const formats = await inspection.formats();
  const resources = isCurrent(current, features.pseudoOverwrite.code) ? await inspection.resources() : undefined;
  const protection = await inspection.protection(current.profile);
  const mediaId = rules?.identity && (await inspection[mediaIds[rules.identity]]());
  return {
    configuration: current,
    disc,
    tracks,
    ...(lastLba !== undefined && { lastLba }),
    ...(formats && { formats }),
    ...(resources && { resources }),
    ...(mediaId && { mediaId }),
    isWriteProtected: protection !== undefined,
    ...(protection !== undefined && { protection }),
  };
}

/** Whether a feature counts for the medium in the drive. */
export function isCurrent({ features: all }: Configuration, code: number): boolean {
  return all.some((feature) => feature.code === code && feature.isCurrent);
}

class Inspection {
  readonly #channel: CommandChannel;
  readonly #subject: string;
  readonly #signal: AbortSignal | undefined;

  constructor(channel: CommandChannel, subject: string, signal: AbortSignal | undefined) {
    this.#channel = channel;
    this.#subject = subject;
    this.#signal = signal;
  }

  async configuration(): Promise<Configuration> {
    const allocationLength = mostBytes.configuration;
    const cdb = getConfiguration.build({ allocationLength });
    return configuration.parse(
      await this.#ask({ cdb, dataInLength: allocationLength, task: "tell what kind of disc it holds" }),
    );
  }

  async disc(): Promise<MediumReport["disc"]> {
    const allocationLength = discInformation.size;
    const cdb = readDiscInformation.build({ allocationLength });
    const reply = await this.#ask({ cdb, dataInLength: allocationLength, task: "tell the state of the disc" });
    return discInformation.parse(this.#whole(reply, leastBytes.disc, "the state of the disc"));
  }

  async track(number: number): Promise<TrackReport | undefined> {
    const allocationLength = longTrackInformation.size;
    const cdb = readTrackInformation.build({ addressType: trackAddressTypes.track, number, allocationLength });
    const question = { cdb, dataInLength: allocationLength, task: `tell about track ${number}` };
    const reply = await this.#try(question, refusals);
    return reply && trackInformation.parse(this.#whole(reply, leastBytes.track, `track ${number}`));
  }

  /** The track that is written next, by the number that stands for it; some drives do not take that on a full disc. */
  async nextTrack(standIn: number, number: number): Promise<TrackReport | undefined> {
    const track = await this.track(standIn);
    // Drives that give no number of their own give the one that was asked for, or 0.
    if (track && (track.trackNumber === standIn || track.trackNumber === 0)) return { ...track, trackNumber: number };
    return track?.trackNumber === number ? track : undefined;
  }

  async lastLba(): Promise<Lba | undefined> {
    const dataInLength = capacityData.size;
    const reply = await this.#try({ cdb: readCapacity.build({}), dataInLength, task: "tell the size of the disc" });
    return reply?.length === dataInLength ? capacityData.parse(reply).lastLba : undefined;
  }

  async formats(): Promise<FormatCapacities | undefined> {
    const allocationLength = mostBytes.formats;
    const cdb = readFormatCapacities.build({ allocationLength });
    const reply = await this.#try({ cdb, dataInLength: allocationLength, task: "tell how the disc can be formatted" });
    return reply && formatCapacities.parse(reply);
  }

  async resources(): Promise<MediumReport["resources"]> {
    const allocationLength = pseudoOverwriteResources.size;
    const cdb = readDiscInformation.build({ dataType: discInformationTypes.pseudoOverwrite, allocationLength });
    const reply = await this.#try({ cdb, dataInLength: allocationLength, task: "tell what pseudo-overwrite has left" });
    if (reply?.length !== allocationLength) return undefined;
    const { dataType, replacements, mapEntries, updates } = pseudoOverwriteResources.parse(reply);
    // A drive that does not know the type answers with the standard data.
    return dataType === discInformationTypes.pseudoOverwrite ? { replacements, mapEntries, updates } : undefined;
  }

  async protection(profile: number): Promise<string | undefined> {
    const family = profiles.get(profile)?.family;
    if (family !== "bd" && family !== "dvd") return undefined;
    const data = await this.#structure(family, structureFormats.writeProtection, 8);
    const { cartridge, persistent, softwareUntilPowerOff } = writeProtection.parse(data ?? new Uint8Array());
    if (cartridge) return "the tab of its cartridge is set";
    if (persistent) return "a program protected it, which another can undo";
    return softwareUntilPowerOff ? "the drive was told to protect it until it is switched off" : undefined;
  }

  async discInformationId(): Promise<string | undefined> {
    const data = await this.#structure("bd", structureFormats.bdDiscInformation, mostBytes.bdStructure);
    const [unit] = data ? bdDiscInformation.parse(data) : [];
    return unit && nameOf(unit);
  }

  async adipId(): Promise<string | undefined> {
    const data = await this.#structure("dvd", structureFormats.dvdAdip, mostBytes.structure);
    return data && nameOf(dvdPhysicalFormat.parse(data));
  }

  /** The name of a DVD-R lies in two fields, and runs on from the first to the second. */
  async preRecordedId(): Promise<string | undefined> {
    const data = await this.#structure("dvd", structureFormats.dvdPreRecorded, mostBytes.preRecorded);
    const { manufacturerField, manufacturer, mediaTypeField, mediaType } = dvdPreRecorded.parse(
      data ?? new Uint8Array(),
    );
    const { defaults } = dvdPreRecorded;
    if (manufacturerField !== defaults.manufacturerField || mediaTypeField !== defaults.mediaTypeField)
      return undefined;
    return `${manufacturer}${mediaType}` || undefined;
  }

  async atipId(): Promise<string | undefined> {
    const allocationLength = mostBytes.atip;
    const cdb = readToc.build({ msf: true, format: tocFormats.atip, allocationLength });
    const reply = await this.#try({ cdb, dataInLength: allocationLength, task: "read what the disc says of itself" });
    const { leadIn, lastLeadOut } = atip.parse(reply ?? new Uint8Array());
    return leadIn > 0 ? `${timeOf(leadIn)}/${timeOf(lastLeadOut)}` : undefined;
  }

  async #structure(family: "dvd" | "bd", format: number, allocationLength: number): Promise<Uint8Array | undefined> {
    const cdb = readDiscStructure.build({ mediaType: structureMedia[family], format, allocationLength });
    const reply = await this.#try({ cdb, dataInLength: allocationLength, task: "read what the disc says of itself" });
    return reply && discStructure.parse(reply);
  }

  #ask(command: Question): Promise<Uint8Array> {
    const { ready: patience } = timeouts;
    return this.#channel.execute({
      ...command,
      purpose: "inspect",
      subject: this.#subject,
      signal: this.#signal,
      patience,
    });
  }

  /** Asks what not every drive answers for every medium: a refusal, or a medium that cannot tell, gives nothing. */
  async #try(command: Question, unanswered = silences): Promise<Uint8Array | undefined> {
    try {
      return await this.#ask(command);
    } catch (error) {
      if (MultisessionError.is(error) && error.sense && unanswered.has(error.sense.key)) return undefined;
      throw error;
    }
  }

  /** The part of a reply that its length field covers. */
  #whole(reply: Uint8Array, least: number, what: string): Uint8Array {
    const { length } = reply.subarray(0, 2 + discInformation.parse(reply).dataLength);
    if (length >= least) return reply.subarray(0, length);
    const message = `The recorder told too little about ${what}: ${length} bytes instead of ${least} at least.`;
    throw new MultisessionError("COMMAND_FAILED", message, { subject: this.#subject } satisfies Pick<
      FailedCommand,
      "subject"
    >);
  }
}

type Question = Pick<ChannelCommand, "cdb" | "dataInLength" | "task">;

/** Keys with which a drive says that there is nothing to tell. */
const silences: ReadonlySet<number> = new Set([senseKeys.medium, senseKeys.illegalRequest, senseKeys.blankCheck]);
/** A track is left out only when the drive does not take its number; a medium error must not make a disc look emptier. */
const refusals: ReadonlySet<number> = new Set([senseKeys.illegalRequest]);

/** Fields of a structure that name the medium. */
interface MediaNames {
  readonly manufacturer: string;
  readonly mediaType: string;
}

/** Which question tells the name of a medium. */
const mediaIds = {
  atip: "atipId",
  "pre-recorded": "preRecordedId",
  adip: "adipId",
  "disc-information": "discInformationId",
} as const satisfies Readonly<Record<NonNullable<MediumRules["identity"]>, keyof Inspection>>;

/** Minute, second and frame as programs for CDs write them. */
function timeOf(msf: number): string {
  const [minute, second, frame] = [msf >> 16, (msf >> 8) & 0xff, msf & 0xff].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${minute}m${second}s${frame}f`;
}

function nameOf(names: MediaNames): string | undefined {
  return names.manufacturer ? `${names.manufacturer}/${names.mediaType}` : undefined;
}
