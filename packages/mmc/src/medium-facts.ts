import type { Medium, Track } from "@multisession/core";
import { features } from "./commands/features.ts";
import { formatChoices, formatOption } from "./format-rules.ts";
import { isCurrent, type MediumReport, type TrackReport } from "./medium-report.ts";
import { type Profile, profileNumbers, profiles, pseudoOverwriteRules, type WritingRules } from "./profiles.ts";

/** The facts about a medium without the count of snapshots, which is the recorder's. */
export type MediumFacts = Omit<Medium, "generation">;

const statuses = ["blank", "appendable", "complete", "random"] as const;
const sessionStates = ["empty", "incomplete", "damaged", "complete"] as const;

/** Addresses and sizes from here on are no blocks of a disc: unset fields, and the bogus sizes of DVD-RW (captured). */
const UNSET = 0x8000_0000;

/**
 * Interprets what a drive said: core's facts about the medium. Pure.
 *
 * Sources of the rules: MMC, and captured replies where drives differ from it.
 */
export function mediumFacts(report: MediumReport): MediumFacts {
  const { profile: number } = report.configuration;
  const profile = profiles.get(number);
  const rules = writingRules(report, profile);
  const tracks = report.tracks.map(trackFacts);
  const status = statusOf(report, profile, rules, tracks);
  const identity = identityOf(report);
  const lastSession = sessionStates[report.disc.lastSessionState] ?? "damaged";
  return {
    kind: rules?.kind ?? unknownKind(number),
    status,
    lastSession: profile?.isPressed ? "complete" : lastSession,
    isFormatted: !(rules?.overwrite === "in-place" && status === "blank"),
    isWriteProtected: report.isWriteProtected,
    unit: profile?.unit ?? 1,
    overwrite: rules?.overwrite ?? "no",
    sessions: rules?.sessions ?? "none",
    sessionGap: rules?.sessionGap ?? 0,
    tracks,
    capacity: capacityOf(report, tracks),
    formats: formatChoices(report).map(formatOption),
    ...(rules?.overwrite === "replace" && report.resources && { resources: report.resources }),
    ...(identity !== undefined && { identity }),
  };
}

/** Kind of a medium that there are no rules for: it is read only. */
function unknownKind(profile: number): string {
  return `unknown-${profile.toString(16).toUpperCase().padStart(4, "0")}`;
}

/**
 * Pseudo-overwrite is on when its feature is current and the disc is formatted: one drive shows the feature as current
 * on every blank BD-R (captured).
 */
function writingRules({ configuration, disc }: MediumReport, profile: Profile | undefined): WritingRules | undefined {
  const isPseudoOverwrite =
    configuration.profile === profileNumbers.bdR &&
    isCurrent(configuration, features.pseudoOverwrite.code) &&
    statuses[disc.discStatus] !== "blank";
  return isPseudoOverwrite ? pseudoOverwriteRules : profile?.writing;
}

function statusOf(
  { disc }: MediumReport,
  profile: Profile | undefined,
  rules: WritingRules | undefined,
  tracks: readonly Track[],
): Medium["status"] {
  if (profile?.isPressed) return "complete";
  const status = statuses[disc.discStatus] ?? "complete";
  if (rules?.overwrite === "in-place") return status === "blank" ? "blank" : "random";
  const [first] = tracks;
  // Formatted and unwritten: its drive says "appendable", but the one track still starts with its next writable address.
  const isUnwritten =
    disc.sessions === 1 && disc.lastSessionState === 0 && tracks.length === 1 && first?.next === 0 && first.start === 0;
  return rules && status === "appendable" && isUnwritten ? "blank" : status;
}

function trackFacts(track: TrackReport): Track {
  const { nextWritableValid, lastRecordedValid, start, lastRecorded } = track;
  const hasLastRecorded = lastRecordedValid && lastRecorded < UNSET;
  return {
    number: track.trackNumber,
    session: track.sessionNumber,
    start,
    size: sizeOf(track, hasLastRecorded),
    state: stateOf(track),
    // A blank CD's next address is -150 in some drives (captured): the pregap, which is not addressed here.
    ...(nextWritableValid && { next: track.nextWritable < UNSET ? track.nextWritable : 0 }),
    free: nextWritableValid ? track.freeBlocks : 0,
    ...(hasLastRecorded && { lastRecorded }),
  };
}

/** The states of MMC's RT, Blank and damage bits, and of the validity of the next writable address. */
function stateOf({ damage, blank, reservedTrack, nextWritableValid }: TrackReport): Track["state"] {
  if (damage) return "damaged";
  if (blank) return reservedTrack ? "reserved" : "blank";
  return nextWritableValid ? "open" : "closed";
}

/** Some drives report an unset number or 0 for a track that is complete (captured): then the last recorded address counts. */
function sizeOf({ size, start, lastRecorded }: TrackReport, hasLastRecorded: boolean): number {
  if (size > 0 && size < UNSET) return size;
  return hasLastRecorded ? Math.max(0, lastRecorded + 1 - start) : 0;
}

/** The highest end that anything tells of; READ CAPACITY is 0 where no session is complete. */
function capacityOf({ lastLba, formats }: MediumReport, tracks: readonly Track[]): number {
  const ends = tracks.flatMap(({ start, size, next, free }) => [start + size, next === undefined ? 0 : next + free]);
  const readable = lastLba !== undefined && lastLba > 0 && lastLba < UNSET ? lastLba + 1 : 0;
  const capacity = Math.max(0, readable, ...ends.filter((end) => end <= UNSET));
  return capacity > 0 ? capacity : (formats?.blocks ?? 0);
}

/** What the medium says of itself: the maker's media id, and the disc identification where it has one. Never the drive. */
function identityOf({ mediaId, disc }: MediumReport): string | undefined {
  const discId = disc.discIdValid ? `disc ${disc.discId.toString(16).toUpperCase().padStart(8, "0")}` : undefined;
  const parts = [mediaId, discId].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(", ") : undefined;
}
