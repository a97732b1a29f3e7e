import { findHead, inspect, type ProbedHead } from "./find-head.ts";
import { isGivenUp, isGiveUpMark } from "./give-up-mark.ts";
import type { Finding, History, Probe, StateRef } from "./history.ts";
import type { Medium, Track } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { holdsSessionRecord, isSameSession, readTrailer } from "./session-record.ts";
import { tryRead } from "./try-read.ts";
import type { Blocks, Lba } from "./units.ts";
import { isZeros } from "./zeros.ts";

/** Blocks of a session's start that tell whether anything was recorded there: the head. */
const HEAD_BLOCKS: Blocks = 32;

/** Longest session that is read to its end to see that it holds nothing but zeros. */
const MOST_ZEROS: Blocks = 1024;

/** What one physical session turned out to hold. */
type SessionFound =
  | { readonly is: "whole"; readonly state: StateRef; readonly remark?: string }
  /** A burn that was cut, and closed later: by a recovery, which has marked it, or by another program. */
  | { readonly is: "torn" }
  | { readonly is: "foreign" }
  | { readonly is: "unreadable" };

/** What every look at a session needs. */
interface Look extends CallOptions {
  readonly medium: Medium;
  readonly probes: readonly Probe[];
  readonly reader: BlockReader;
}

/**
 * Reads the history of a write-once disc from its sessions (READ TRACK INFORMATION for every track; the table of
 * contents that drives make up for DVD and BD is not trusted). A session of ours counts with its trailer, or when a
 * scratch alone can be why the trailer is missing; one of another program with a readable tree.
 */
export async function readSessionHistory(
  medium: Medium,
  probes: readonly Probe[],
  reader: BlockReader,
  options: CallOptions = {},
): Promise<History> {
  const look = { ...options, medium, probes, reader };
  const states: StateRef[] = [];
  const findings: Finding[] = [];
  const sessions = groupBySession(medium.tracks);
  const open = openSession(medium, sessions);
  let last: SessionFound | undefined;
  /** The newest session that is not known to be torn: a recovery shows it again, or must refuse. */
  let decides: SessionFound | undefined;
  for (const [session, tracks] of sessions) {
    if (session === open?.session) continue;
    const recorded = tracks.filter(({ state }) => state !== "blank" && state !== "reserved");
    const first = recorded[0];
    if (first === undefined) continue;
    last = await judgeSession(look, { session, start: first.start, end: endOf(recorded) }, states.length);
    if (last.is !== "torn") decides = last;
    if (last.is === "whole") states.push(last.state);
    const what = last.is === "whole" ? last.remark : faultText[last.is];
    if (what !== undefined) findings.push({ at: first.start, what: `Session ${session}: ${what}` });
  }
  const isLastWhole = last === undefined || last.is === "whole";
  const current = isLastWhole && states.length > 0 ? { current: states.length - 1 } : {};
  if (open === undefined) return { states, ...current, condition: conditionOf(last, decides, states.length), findings };
  const judged = await judgeOpenSession(look, open);
  findings.push({ at: open.start, what: openText[judged] });
  const barred = judged === "interrupted" ? barredBy(decides) : undefined;
  return { states, ...current, condition: barred ?? judged, findings };
}

const faultText: Readonly<Record<"torn" | "foreign" | "unreadable", string>> = {
  torn: "an interrupted burn that was closed; its tree is not whole.",
  foreign: "no registered file system knows what it holds.",
  unreadable: "its start, or the tree that it leads to, cannot be read.",
};

const openText: Readonly<Record<"closing" | "interrupted" | "foreign", string>> = {
  closing: "The last session is complete; only its close is missing.",
  interrupted: "The last session was interrupted.",
  foreign: "The last session was begun by another program and is still open.",
};

/** Only what is known to be torn may be hidden by a recovery. */
function conditionOf(
  last: SessionFound | undefined,
  decides: SessionFound | undefined,
  states: number,
): History["condition"] {
  if (last === undefined) return "empty";
  if (last.is !== "torn") return last.is;
  const barred = barredBy(decides);
  if (barred !== undefined) return barred;
  return states > 0 ? "old-hidden" : "interrupted";
}

/** What a recovery would hide by going back behind it. */
function barredBy(decides: SessionFound | undefined): "foreign" | "unreadable" | undefined {
  return decides?.is === "foreign" || decides?.is === "unreadable" ? decides.is : undefined;
}

function groupBySession(tracks: readonly Track[]): ReadonlyMap<number, readonly Track[]> {
  const sessions = new Map<number, Track[]>();
  for (const track of tracks) sessions.set(track.session, [...(sessions.get(track.session) ?? []), track]);
  return sessions;
}

/** A session with something recorded in it. `end`, when it is open: where the recorder would go on. */
interface PhysicalSession {
  readonly session: number;
  readonly start: Lba;
  readonly end: Lba;
}

function openSession(
  medium: Medium,
  sessions: ReadonlyMap<number, readonly Track[]>,
): (PhysicalSession & { readonly isDamaged: boolean }) | undefined {
  if (medium.status !== "appendable" || medium.lastSession === "complete") return undefined;
  const [session, tracks] = [...sessions].at(-1) ?? [];
  const first = tracks?.[0];
  const last = tracks?.at(-1);
  if (session === undefined || first === undefined || last === undefined) return undefined;
  const end = last.next ?? endOf([last]);
  const isRecorded = medium.lastSession !== "empty" || end > first.start;
  const isDamaged = tracks?.some(({ state }) => state === "damaged") ?? false;
  return isRecorded && end > first.start ? { session, start: first.start, end, isDamaged } : undefined;
}

function endOf(tracks: readonly Track[]): Lba {
  const last = tracks.at(-1);
  return last === undefined ? 0 : last.start + last.size;
}

/**
 * An open session of ours is whole when its trailer is there, and with it the rest of its unit: a cut can tear that and
 * leave the trailer. Where a track is damaged nobody knows how far it was recorded.
 */
async function judgeOpenSession(
  look: Look,
  open: PhysicalSession & { readonly isDamaged: boolean },
): Promise<"closing" | "interrupted" | "foreign"> {
  const { probes, reader, medium } = look;
  const head = await findHead(probes, reader, open.start);
  if (head === undefined) return (await isOurs(look, open)) ? "interrupted" : "foreign";
  if (head.record === undefined) return "foreign";
  if (open.isDamaged || head.record.trailerAt >= open.end || !(await hasTrailer(look, head))) return "interrupted";
  const end = head.record.trailerAt + 1;
  const start = Math.max(open.start, end - medium.unit);
  return (await inspect(reader, start, end - start, look)) === "unreadable" ? "interrupted" : "closing";
}

/**
 * Without a head: what a cut of ours leaves is a record of ours or a mark, or nothing but zeros. Blocks that cannot be
 * read are what a cut has torn only in the last unit that was written, or where a damaged track hides which one that was.
 */
async function isOurs(
  look: Look,
  { start, end, isDamaged }: PhysicalSession & { readonly isDamaged: boolean },
): Promise<boolean> {
  const { reader, medium } = look;
  if (await isGivenUp(reader, end, look)) return true;
  let isTorn = isDamaged;
  let isZero = true;
  for (let at = start; at < Math.min(start + HEAD_BLOCKS, end); at++) {
    const block = await tryRead(reader, at, 1, look);
    if (block === undefined) {
      if (!isDamaged && at < end - medium.unit) return false;
      isTorn = true;
    } else if (holdsSessionRecord(block) || isGiveUpMark(block)) return true;
    else isZero &&= isZeros(block);
  }
  return isTorn || isZero;
}

async function hasTrailer(look: Look, { record }: ProbedHead): Promise<boolean> {
  if (record === undefined) return false;
  const trailer = await readTrailer(look.reader, record.trailerAt, look);
  return trailer !== undefined && isSameSession(trailer, record);
}

async function judgeSession(look: Look, at: PhysicalSession, index: number): Promise<SessionFound> {
  const { probes, reader } = look;
  const head = await findHead(probes, reader, at.start);
  const behind = head?.record === undefined ? at.start : head.record.trailerAt + 1;
  if (at.end >= behind && (await isGivenUp(reader, at.end, look))) return { is: "torn" };
  if (head === undefined) return { is: await contentOf(look, at) };
  const whole = (proof: StateRef["proof"], remark?: string): SessionFound => ({
    is: "whole",
    state: stateOf(head, at, index, proof),
    ...(remark === undefined ? {} : { remark }),
  });
  if (head.record === undefined) return head.isTreeReadable ? whole("table-of-contents") : { is: "unreadable" };
  if (await hasTrailer(look, head))
    return whole("trailer", head.isTreeReadable ? undefined : "its root directory cannot be read.");
  const isLost =
    head.record.trailerAt < at.end && (await tryRead(reader, head.record.trailerAt, 1, look)) === undefined;
  if (!isLost) return { is: "torn" };
  return head.isTreeReadable
    ? whole("table-of-contents", "its trailer cannot be read, so its contents cannot be verified.")
    : { is: "unreadable" };
}

/** A closed session without a head. Zeros alone are what is left of a burn that was cut at once. */
async function contentOf(look: Look, { start, end }: PhysicalSession): Promise<"torn" | "foreign" | "unreadable"> {
  for (let at = start; at < end; at += HEAD_BLOCKS) {
    const content = await inspect(look.reader, at, Math.min(HEAD_BLOCKS, end - at), look);
    if (content === "unreadable") return content;
    if (content === "data" || at - start >= MOST_ZEROS) return "foreign";
  }
  return "torn";
}

function stateOf(
  head: ProbedHead,
  { session, start, end }: PhysicalSession,
  index: number,
  proof: StateRef["proof"],
): StateRef {
  const { fileSystem, label, digest, record } = head;
  return { index, start, end, fileSystem, label, digest, proof, session, ...(record === undefined ? {} : { record }) };
}
