import { findHead, inspect, type ProbedHead } from "./find-head.ts";
import type { Finding, History, Probe, StateRef } from "./history.ts";
import type { Medium, Track } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { isSameSession, readTrailer } from "./session-record.ts";
import type { Blocks, Lba } from "./units.ts";

/** Blocks of a session's start that tell whether anything was recorded there: the head. */
const HEAD_BLOCKS = 32;

/** What one physical session turned out to hold. */
type SessionFound =
  | { readonly is: "whole"; readonly state: StateRef }
  /** It began with a head of ours, or with nothing at all, and its trailer is missing: a burn was cut. */
  | { readonly is: "torn" }
  | { readonly is: "foreign" }
  | { readonly is: "unreadable" };

/**
 * Reads the history of a write-once disc from its sessions (READ TRACK INFORMATION for every track; the table of
 * contents that drives make up for DVD and BD is not trusted). A session of ours counts only with its trailer, one of
 * another program with a readable tree.
 */
export async function readSessionHistory(
  medium: Medium,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<History> {
  const states: StateRef[] = [];
  const findings: Finding[] = [];
  const sessions = groupBySession(medium.tracks);
  const open = openSession(medium, sessions);
  let last: SessionFound | undefined;
  for (const [session, tracks] of sessions) {
    if (session === open?.session) continue;
    const recorded = tracks.filter(({ state }) => state !== "blank" && state !== "reserved");
    const first = recorded[0];
    if (first === undefined) continue;
    last = await judgeSession(session, first.start, endOf(recorded), states.length, probes, reader, options);
    if (last.is === "whole") states.push(last.state);
    else findings.push({ at: first.start, what: `Session ${session}: ${faultText[last.is]}` });
  }
  const isLastWhole = last === undefined || last.is === "whole";
  const current = isLastWhole && states.length > 0 ? { current: states.length - 1 } : {};
  if (open !== undefined) {
    const isClosing = await isOnlyCloseMissing(open, medium.unit, probes, reader, options);
    findings.push({
      at: open.start,
      what: isClosing
        ? "The last session is complete; only its close is missing."
        : "The last session was interrupted.",
    });
    return { states, ...current, condition: isClosing ? "closing" : "interrupted", findings };
  }
  return { states, ...current, condition: conditionOf(last, states.length), findings };
}

const faultText: Readonly<Record<"torn" | "foreign" | "unreadable", string>> = {
  torn: "an interrupted burn that was closed; its tree is not whole.",
  foreign: "no registered file system knows what it holds.",
  unreadable: "its start cannot be read.",
};

function conditionOf(last: SessionFound | undefined, states: number): History["condition"] {
  if (last === undefined) return "empty";
  if (last.is === "whole") return "whole";
  if (states > 0) return "old-hidden";
  return last.is === "torn" ? "interrupted" : last.is;
}

function groupBySession(tracks: readonly Track[]): ReadonlyMap<number, readonly Track[]> {
  const sessions = new Map<number, Track[]>();
  for (const track of tracks) sessions.set(track.session, [...(sessions.get(track.session) ?? []), track]);
  return sessions;
}

/** An open session with something recorded in it. `end`: where the recorder would go on. */
interface OpenSession {
  readonly session: number;
  readonly start: Lba;
  readonly end: Lba;
}

function openSession(medium: Medium, sessions: ReadonlyMap<number, readonly Track[]>): OpenSession | undefined {
  if (medium.status !== "appendable" || medium.lastSession === "complete") return undefined;
  const [session, tracks] = [...sessions].at(-1) ?? [];
  const first = tracks?.[0];
  const last = tracks?.at(-1);
  if (session === undefined || first === undefined || last === undefined) return undefined;
  const end = last.next ?? endOf([last]);
  const isRecorded = medium.lastSession !== "empty" || end > first.start;
  return isRecorded && end > first.start ? { session, start: first.start, end } : undefined;
}

function endOf(tracks: readonly Track[]): Lba {
  const last = tracks.at(-1);
  return last === undefined ? 0 : last.start + last.size;
}

/** All is written when the trailer is, and with it the rest of its unit: a cut can tear that and leave the trailer. */
async function isOnlyCloseMissing(
  open: OpenSession,
  unit: Blocks,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<boolean> {
  const head = await findHead(probes, reader, open.start);
  if (head?.record === undefined || head.record.trailerAt >= open.end) return false;
  if (!(await hasTrailer(head, reader, options))) return false;
  const end = head.record.trailerAt + 1;
  const start = Math.max(open.start, end - unit);
  return (await inspect(reader, start, end - start, options)) !== "unreadable";
}

async function hasTrailer(head: ProbedHead, reader: BlockReader, options?: CallOptions): Promise<boolean> {
  if (head.record === undefined) return false;
  const trailer = await readTrailer(reader, head.record.trailerAt, options);
  return trailer !== undefined && isSameSession(trailer, head.record);
}

async function judgeSession(
  session: number,
  start: Lba,
  end: Lba,
  index: number,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<SessionFound> {
  const head = await findHead(probes, reader, start);
  if (head === undefined) {
    const content = await inspect(reader, start, Math.min(HEAD_BLOCKS, end - start), options);
    return { is: content === "zeros" ? "torn" : content === "data" ? "foreign" : "unreadable" };
  }
  const isProved = head.record === undefined ? head.isTreeReadable : await hasTrailer(head, reader, options);
  if (!isProved) return { is: "torn" };
  const { fileSystem, label, digest, record } = head;
  return {
    is: "whole",
    state: {
      index,
      start,
      end,
      fileSystem,
      label,
      digest,
      proof: record === undefined ? "table-of-contents" : "trailer",
      session,
      ...(record === undefined ? {} : { record }),
    },
  };
}
