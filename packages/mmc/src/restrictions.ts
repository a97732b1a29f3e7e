import type { MediumKind } from "@multisession/core";
import { features } from "./commands/features.ts";
import { isCurrent, type MediumReport } from "./medium-report.ts";
import { mediumRules } from "./medium-rules.ts";

/** A state in which a medium does not take what its kind takes. */
interface Restriction {
  readonly kind: MediumKind;
  /** Whether the report shows the state. */
  applies(report: MediumReport): boolean;
  /** For people. */
  readonly why: string;
}

const EMPTY = 0;
const COMPLETE = 3;

/** Blocks of a packet, by which a formatted CD-RW is written. */
const PACKET = 32;
const severalSessions = "it was formatted in several sessions, with gaps between them; format it anew, as one";

const restrictions: readonly Restriction[] = [
  {
    kind: "dvd-rw",
    // A minimal blank takes feature 0021h away; an incremental WRITE then fails with 5/64/00 (captured).
    applies: ({ configuration, disc }) =>
      disc.discStatus === EMPTY && !isCurrent(configuration, features.incrementalStreaming.code),
    why: "it was blanked only minimally, so it takes one recording of all the disc at once; blank it fully for sessions",
  },
  {
    kind: "dvd-rw-ro",
    applies: ({ disc }) => disc.lastSessionState !== COMPLETE,
    why: "it was formatted quickly, so that it is written once before it can be overwritten; format it fully",
  },
  {
    kind: "dvd-rw-ro",
    applies: ({ tracks }) => tracks.length > 1,
    why: severalSessions,
  },
  {
    kind: "cd-rw-packet",
    applies: ({ tracks }) => tracks.length > 1,
    why: severalSessions,
  },
  {
    kind: "cd-rw-packet",
    applies: ({ tracks }) => tracks.some(({ packetSize }) => packetSize !== PACKET),
    why: "its packets do not have 32 blocks; format it anew",
  },
];

/** Why the medium does not take what its kind takes, when something restricts it. Pure. */
export function restrictionOf(kind: MediumKind, report: MediumReport): string | undefined {
  return (
    mediumRules[kind]?.restriction ??
    restrictions.find((candidate) => candidate.kind === kind && candidate.applies(report))?.why
  );
}
