import { findHead, inspect, type ProbedHead } from "./find-head.ts";
import type { Finding, History, Probe, StateRef } from "./history.ts";
import { appendTrack, type Medium } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { isSameSession, readTrailer } from "./session-record.ts";
import { type Lba, roundUp } from "./units.ts";
import { verifyState } from "./verify.ts";

/** Where the first session starts: xorriso's rule for media without physical sessions. The blocks before hold the disc's head. */
export const FIRST_SESSION = 32;

/** Every session starts at a multiple of it: xorriso's rule. */
export const CHAIN_UNIT = 32;

/** Blocks in front of the descriptors of every session (ECMA-119 6.2.1). */
const SYSTEM_AREA = 16;

/** Most sessions that a chain may have; a bound against loops, above what any disc can hold. */
const MAX_CHAIN = 2_000_000;

/**
 * Reads the history of a medium without physical sessions: the disc's head says what readers see and where it ends;
 * from block 32 on each session's own head leads to the next. The disc's head counts only when the session that it
 * names shows the same tree: blocks of a torn unit can be old and new at once.
 */
export async function readChainHistory(
  medium: Medium,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<History> {
  const head = isHeadUnwritten(medium) ? undefined : await findHead(probes, reader, 0);
  if (head !== undefined && (await isHeadWhole(head, probes, reader)))
    return withLostBlocks(await historyOfHead(head, probes, reader, options), medium);
  const chain = await whenWritten(await walkProved(probes, reader, medium, options), medium, head, reader, options);
  if (chain.length > 0) return tornHead(chain, head);
  return withoutChain(medium, head, probes, reader, options);
}

/** On media where everything is appended an interrupted burn leaves blocks behind the last session that it has used up. */
function withLostBlocks(history: History, medium: Medium): History {
  const next = appendTrack(medium)?.next;
  if (
    medium.overwrite !== "replace" ||
    next === undefined ||
    history.appendAt === undefined ||
    next <= history.appendAt
  )
    return history;
  const lost = next - history.appendAt;
  const what = `An interrupted burn has used up ${lost} blocks behind the last session; the next burn goes on behind them.`;
  return { ...history, findings: [...history.findings, { at: history.appendAt, what }] };
}

/** On pseudo-overwrite media the head has a track of its own; nothing can be read there before the first commit. */
function isHeadUnwritten(medium: Medium): boolean {
  return medium.overwrite === "replace" && medium.tracks[0]?.start === 0 && medium.tracks[0].next === 0;
}

async function isHeadWhole(head: ProbedHead, probes: readonly Probe[], reader: BlockReader): Promise<boolean> {
  if (head.record === undefined) return head.isTreeReadable;
  if (head.record.sequence === 0) return head.isTreeReadable;
  const own = await findHead(probes, reader, head.record.start);
  return own?.record !== undefined && isSameSession(own.record, head.record) && own.digest === head.digest;
}

/** The head is sound: the chain from block 32 on, as far as the head reaches. A broken chain leaves one state, as with xorriso. */
async function historyOfHead(
  head: ProbedHead,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<History> {
  const findings: Finding[] = [];
  const heads: ProbedHead[] = [];
  for (let at = FIRST_SESSION; at < head.end && heads.length < MAX_CHAIN; ) {
    options?.signal?.throwIfAborted();
    const found = await findHead(probes, reader, at);
    if (found === undefined || found.end <= at) break;
    heads.push({ ...found, start: at });
    at = roundUp(found.end, CHAIN_UNIT);
  }
  const shown = heads.findLastIndex(({ digest }) => digest === head.digest);
  if (shown < 0) {
    if (heads.length > 0)
      findings.push({
        at: FIRST_SESSION,
        what: "The chain of sessions does not lead to the disc's head; only the newest state is listed.",
      });
    const state: StateRef = { ...stateOf(head, 0, "head"), start: head.record?.start ?? 0 };
    return { states: [state], current: 0, condition: "whole", appendAt: roundUp(head.end, CHAIN_UNIT), findings };
  }
  const sessions = heads
    .slice(0, shown + 1)
    .filter((found, index, all) => !isBridge(found, all[index - 1], all[index + 1]));
  const states: StateRef[] = [];
  for (const found of sessions)
    states.push(stateOf(found, states.length, (await isProved(found, reader, options)) ? "trailer" : "head"));
  return { states, current: states.length - 1, condition: "whole", appendAt: roundUp(head.end, CHAIN_UNIT), findings };
}

/** A head that only leads on: it has no record and shows a neighbour's tree. */
function isBridge(found: ProbedHead, before: ProbedHead | undefined, after: ProbedHead | undefined): boolean {
  return (
    found.record === undefined &&
    (before?.digest === found.digest || after?.digest === found.digest) &&
    (before ?? after)?.record !== undefined
  );
}

/** The disc's head is damaged: sessions of one life that prove themselves by their trailers, in sequence. */
async function walkProved(
  probes: readonly Probe[],
  reader: BlockReader,
  medium: Medium,
  options?: CallOptions,
): Promise<readonly ProbedHead[]> {
  const proved: ProbedHead[] = [];
  let at = FIRST_SESSION;
  while (at < medium.capacity && proved.length < MAX_CHAIN) {
    options?.signal?.throwIfAborted();
    const found = await findHead(probes, reader, at);
    if (found === undefined || found.end <= at) break;
    const before = proved.at(-1)?.record;
    if (found.record !== undefined) {
      const isNext =
        before === undefined || (found.record.life === before.life && found.record.sequence > before.sequence);
      if (!isNext || !(await isProved(found, reader, options))) break;
      proved.push({ ...found, start: at });
    }
    at = roundUp(found.end, CHAIN_UNIT);
  }
  return proved;
}

async function isProved(head: ProbedHead, reader: BlockReader, options?: CallOptions): Promise<boolean> {
  if (head.record === undefined) return false;
  const trailer = await readTrailer(reader, head.record.trailerAt, options);
  return trailer !== undefined && isSameSession(trailer, head.record);
}

/**
 * Before the flush in front of the commit, what was written gets onto the medium in any order, or all but blocks of the
 * unit that holds the trailer. So where the head was never touched, a trailer alone proves nothing: the newest session
 * counts when every byte of it is as its hashes say.
 */
async function whenWritten(
  chain: readonly ProbedHead[],
  medium: Medium,
  head: ProbedHead | undefined,
  reader: BlockReader,
  options?: CallOptions,
): Promise<readonly ProbedHead[]> {
  const newest = chain.at(-1);
  if (newest === undefined || head !== undefined || !(await isHeadUntouched(medium, reader, options))) return chain;
  const { outcome, faults } = await verifyState({ reader, state: stateOf(newest, 0, "trailer"), ...options });
  // A file that changed while it was recorded is on the disc as it was written.
  const isWhole = outcome !== "no-hashes" && faults.every(({ fault }) => fault === "damaged");
  return isWhole ? chain : chain.slice(0, -1);
}

async function isHeadUntouched(medium: Medium, reader: BlockReader, options?: CallOptions): Promise<boolean> {
  if (medium.overwrite === "replace") return isHeadUnwritten(medium);
  return (await inspect(reader, 0, FIRST_SESSION, options)) === "zeros";
}

function tornHead(chain: readonly ProbedHead[], head: ProbedHead | undefined): History {
  const states = chain.map((found, index) => stateOf(found, index, "trailer"));
  const what =
    head === undefined
      ? "The disc's head is missing or cannot be read."
      : "The disc's head is torn: it does not show the tree of the session that it names.";
  return {
    states,
    condition: "torn-head",
    appendAt: roundUp(states.at(-1)?.end ?? FIRST_SESSION, CHAIN_UNIT),
    findings: [{ at: 16, what }],
  };
}

/** No head and no session that proves itself: empty only if that can be seen. */
async function withoutChain(
  medium: Medium,
  head: ProbedHead | undefined,
  probes: readonly Probe[],
  reader: BlockReader,
  options?: CallOptions,
): Promise<History> {
  const none = (condition: History["condition"], at: Lba, what: string): History => ({
    states: [],
    condition,
    appendAt: FIRST_SESSION,
    findings: [{ at, what }],
  });
  if (head !== undefined)
    return none("unreadable", 16, "The disc's head names a session whose own head cannot be read.");
  if (isUnwritten(medium)) return { states: [], condition: "empty", findings: [] };
  const first = await findHead(probes, reader, FIRST_SESSION);
  if (first?.record !== undefined)
    return none("interrupted", FIRST_SESSION, "The first session was interrupted before it was complete.");
  const atHead = isHeadUnwritten(medium) ? "zeros" : await inspect(reader, 0, FIRST_SESSION, options);
  const atFirst = await inspect(reader, FIRST_SESSION, Math.min(CHAIN_UNIT, medium.capacity - FIRST_SESSION), options);
  if (atHead === "zeros" && atFirst === "zeros") {
    const isAppended = medium.overwrite === "replace";
    return isAppended
      ? none("interrupted", FIRST_SESSION, "The first session was interrupted before its head was recorded.")
      : { states: [], condition: "empty", findings: [] };
  }
  if (atHead === "data") return none("foreign", 0, "No registered file system knows what is here.");
  if (atHead === "unreadable")
    return none("unreadable", 0, "These blocks cannot be read, and no session proves what was here.");
  // Our sessions begin with an empty system area, so data in it is another program's. Anything else is a first session
  // that was cut before it was published: the blocks of a torn unit are new, old, or cannot be read.
  if ((await inspect(reader, FIRST_SESSION, SYSTEM_AREA, options)) === "data")
    return none("foreign", FIRST_SESSION, "No registered file system knows what is here.");
  return none("interrupted", FIRST_SESSION, "The first session was interrupted before anything was published.");
}

/** Pseudo-overwrite media say for certain that nothing was written: every track's next address is its start. */
function isUnwritten(medium: Medium): boolean {
  return medium.overwrite === "replace" && medium.tracks.every(({ start, next }) => next === start);
}

function stateOf(head: ProbedHead, index: number, proof: StateRef["proof"]): StateRef {
  const { start, end, fileSystem, label, digest, record } = head;
  return { index, start, end, fileSystem, label, digest, proof, ...(record === undefined ? {} : { record }) };
}
