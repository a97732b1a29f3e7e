import { findHead, type ProbedHead } from "./find-head.ts";
import type { Probe, SessionRecord } from "./history.ts";
import { appendTrack, type Medium } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { isSameSession, readTrailer } from "./session-record.ts";
import { tryRead } from "./try-read.ts";
import { type Lba, roundUp } from "./units.ts";

/** Where the first session starts: xorriso's rule for media without physical sessions. The blocks before hold the disc's head. */
export const FIRST_SESSION = 32;

/** Every session starts at a multiple of it: xorriso's rule. */
export const CHAIN_UNIT = 32;

/** Growisofs starts its sessions at multiples of it (measured, 7.1). */
const GROWISOFS_UNIT = 16;

/** Most sessions that a chain may have; a bound against loops, above what any disc can hold. */
const MAX_CHAIN = 2_000_000;

/** Most places that are tried one after another where a chain is broken: 256 MiB of the disc. */
const MAX_SEARCHED = 4096;

/** What every look at a chain needs. */
export interface ChainLook extends CallOptions {
  readonly medium: Medium;
  readonly probes: readonly Probe[];
  readonly reader: BlockReader;
}

/** All heads from a block on, each leading to the next, up to `end`. */
export async function headsFrom(look: ChainLook, from: Lba, end: Lba): Promise<readonly ProbedHead[]> {
  const heads: ProbedHead[] = [];
  for (let behind = from; heads.length < MAX_CHAIN; ) {
    look.signal?.throwIfAborted();
    const found = await headBehind(look, behind, end);
    if (found === undefined) break;
    heads.push(found);
    behind = found.end;
  }
  return heads;
}

/** The head of the session that comes next: at a multiple of 32, or where growisofs would have put it. */
async function headBehind(look: ChainLook, behind: Lba, end: Lba): Promise<ProbedHead | undefined> {
  for (const at of new Set([roundUp(behind, GROWISOFS_UNIT), roundUp(behind, CHAIN_UNIT)])) {
    const found = at < end ? await findHead(look.probes, look.reader, at) : undefined;
    if (found !== undefined && found.end > at) return { ...found, start: at };
  }
  return undefined;
}

/**
 * The sessions of one life that a damaged head of the disc should lead to, oldest first. The newest is the last one that
 * its trailer proves: all of a session is on the medium before its head is touched. One whose trailer cannot be *read* is
 * scratched, and counts too; one with another trailer was never complete. Where the chain is broken, the life is looked
 * for behind the break.
 *
 * @param life - of the sessions; without it the life of the first session that is found.
 */
export async function provedSessions(look: ChainLook, from: Lba, life?: string): Promise<readonly ProbedHead[]> {
  const end = recordedEnd(look.medium);
  const heads: ProbedHead[] = [];
  let newest = -1;
  let sequence = 0;
  let wanted = life;
  for (let at: Lba | undefined = from; at !== undefined && heads.length < MAX_CHAIN; ) {
    const found = await headsFrom(look, at, end);
    for (const head of found) {
      heads.push(head);
      wanted ??= head.record?.life;
      if (head.record === undefined || head.record.life !== wanted || head.record.sequence <= sequence) continue;
      if (!(await isComplete(look, head))) continue;
      newest = heads.length - 1;
      sequence = head.record.sequence;
    }
    if (wanted === undefined) break;
    const behind = roundUp(found.at(-1)?.end ?? at + CHAIN_UNIT, CHAIN_UNIT);
    at = await searchSession(look, behind, (record) => record.life === wanted && record.sequence > sequence);
  }
  return heads
    .slice(0, newest + 1)
    .filter((head, index, all) => !isBridge(head, all[index - 1], all[index + 1]) && isOf(head, wanted));
}

/** The first place from a block on where a head stands whose record says so and is accepted. */
export async function searchSession(
  look: ChainLook,
  from: Lba,
  accepts: (record: SessionRecord) => boolean,
): Promise<Lba | undefined> {
  const end = Math.min(recordedEnd(look.medium), from + MAX_SEARCHED * CHAIN_UNIT);
  for (let at = from; at < end; at += CHAIN_UNIT) {
    look.signal?.throwIfAborted();
    const record = (await findHead(look.probes, look.reader, at))?.record;
    if (record?.start === at && accepts(record)) return at;
  }
  return undefined;
}

/** Whether a head stands where its record says, and its session was written to the end, as far as can be seen. */
async function isComplete(look: ChainLook, head: ProbedHead): Promise<boolean> {
  if (head.record === undefined || head.record.start !== head.start) return false;
  if (await isProved(head, look)) return true;
  return head.isTreeReadable && (await tryRead(look.reader, head.record.trailerAt, 1, look)) === undefined;
}

/** Whether the trailer that a head names is there and of the same session. */
export async function isProved({ record }: ProbedHead, look: ChainLook): Promise<boolean> {
  if (record === undefined) return false;
  const trailer = await readTrailer(look.reader, record.trailerAt, look);
  return trailer !== undefined && isSameSession(trailer, record);
}

/** A head that only leads on: it has no record and shows a neighbour's tree. */
export function isBridge(found: ProbedHead, before: ProbedHead | undefined, after: ProbedHead | undefined): boolean {
  return (
    found.record === undefined &&
    (before?.digest === found.digest || after?.digest === found.digest) &&
    (before ?? after)?.record !== undefined
  );
}

/** A session of the life, or one of another program between two of them. */
function isOf({ record }: ProbedHead, life: string | undefined): boolean {
  return record === undefined || record.life === life;
}

/** On media where everything is appended nothing lies behind the next address. */
function recordedEnd(medium: Medium): Lba {
  return medium.overwrite === "replace" ? (appendTrack(medium)?.next ?? medium.capacity) : medium.capacity;
}
