import type { Medium, MediumKind, Track } from "@multisession/core";
import { features } from "./commands/features.ts";
import { formatChoices, formatOption } from "./format-rules.ts";
import { capacityOf, UNSET } from "./medium-capacity.ts";
import { isCurrent, type MediumReport, type TrackReport } from "./medium-report.ts";
import { type MediumRules, mediumRules } from "./medium-rules.ts";
import { type Profile, profileNumbers, profiles } from "./profiles.ts";
import { restrictionOf } from "./restrictions.ts";

/** The facts about a medium without the count of snapshots, which is the recorder's. */
export type MediumFacts = Omit<Medium, "generation">;

const statuses = ["blank", "appendable", "complete", "random"] as const;
const sessionStates = ["empty", "incomplete", "damaged", "complete"] as const;

/**
 * Interprets what a drive said: core's facts about the medium. Pure.
 *
 * Sources of the rules: MMC, and captured replies where drives differ from it.
 */
export function mediumFacts(report: MediumReport): MediumFacts {
  const { profile: number } = report.configuration;
  const profile = profiles.get(number);
  const kind = kindOf(report, profile);
  const restriction = restrictionOf(kind, report);
  const rules = rulesOf(kind, restriction);
  const isRandom = statuses[report.disc.discStatus] === "random";
  const tracks = report.tracks.map((track) => trackFacts(track, isRandom));
  const status = statusOf(report, profile, rules, tracks);
  const identity = identityOf(report);
  const lastSession = sessionStates[report.disc.lastSessionState] ?? "damaged";
  return {
    kind,
    status,
    lastSession: profile?.isPressed ? "complete" : lastSession,
    isFormatted: !(rules?.overwrite === "in-place" && status === "blank"),
    isWriteProtected: report.isWriteProtected,
    ...(report.protection !== undefined && { protection: report.protection }),
    ...(restriction !== undefined && { restriction }),
    unit: rules?.unit ?? profile?.unit ?? 1,
    overwrite: rules?.overwrite ?? "no",
    sessions: rules?.sessions ?? "none",
    sessionGap: gapOf(report, rules),
    ...(rules?.minimumTrack !== undefined && { minimumTrack: rules.minimumTrack }),
    ...(rules?.isClosedOnlyWithSession && { isClosedOnlyWithSession: true }),
    tracks,
    capacity: capacityOf(report),
    formats: formatChoices(report).map(formatOption),
    ...(rules?.overwrite === "replace" && report.resources && { resources: report.resources }),
    ...(identity !== undefined && { identity }),
  };
}

/**
 * Pseudo-overwrite is on when its feature is current and the disc is formatted: one drive shows the feature as current
 * on every blank BD-R (captured). A medium of an unknown profile is read only.
 */
function kindOf({ configuration, disc, tracks }: MediumReport, profile: Profile | undefined): MediumKind {
  const { profile: number } = configuration;
  // As Linux finds it: no format has a profile of its own on CD.
  const hasPackets = tracks.some(({ packet, fixedPacket }) => packet && fixedPacket);
  if (number === profileNumbers.cdRw && hasPackets) return "cd-rw-packet";
  const isPseudoOverwrite =
    number === profileNumbers.bdR &&
    isCurrent(configuration, features.pseudoOverwrite.code) &&
    statuses[disc.discStatus] !== "blank";
  if (isPseudoOverwrite) return "bd-r-pow";
  return profile?.kind ?? `unknown-${number.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The rules of a kind; what is restricted is neither overwritten nor recorded in sessions. */
function rulesOf(kind: MediumKind, restriction: string | undefined): MediumRules | undefined {
  const rules = mediumRules[kind];
  return rules && restriction !== undefined ? { ...rules, overwrite: "no", sessions: "none" } : rules;
}

/** The gap behind the session that is open or written next: the first one's is larger on some media. */
function gapOf({ disc }: MediumReport, rules: MediumRules | undefined): number {
  const isFirst = disc.sessions <= 1 && sessionStates[disc.lastSessionState] !== "complete";
  return rules?.gap[isFirst ? "first" : "later"] ?? 0;
}

function statusOf(
  { disc }: MediumReport,
  profile: Profile | undefined,
  rules: MediumRules | undefined,
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

function trackFacts(track: TrackReport, isRandom: boolean): Track {
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
    // Random recording has room and no next address.
    free: nextWritableValid || isRandom ? track.freeBlocks : 0,
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

/** What the medium says of itself: the maker's media id, and the disc identification where it has one. Never the drive. */
function identityOf({ mediaId, disc }: MediumReport): string | undefined {
  const discId = disc.discIdValid ? `disc ${disc.discId.toString(16).toUpperCase().padStart(8, "0")}` : undefined;
  const parts = [mediaId, discId].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(", ") : undefined;
}
