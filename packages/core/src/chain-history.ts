import {
  CHAIN_UNIT,
  type ChainLook,
  FIRST_SESSION,
  headsFrom,
  isBridge,
  isProved,
  provedSessions,
  searchSession,
} from "./chain-walk.ts";
import { findHead, inspect, type ProbedHead } from "./find-head.ts";
import type { History, Probe, SessionRecord, StateRef } from "./history.ts";
import { appendTrack, type Medium } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { isSameSession, recordIn } from "./session-record.ts";
import { tryRead } from "./try-read.ts";
import { type Lba, roundUp } from "./units.ts";
import { verifyState } from "./verify.ts";

/** Blocks in front of the descriptors of every session (ECMA-119 6.2.1). */
const SYSTEM_AREA = 16;

/**
 * Reads the history of a medium without physical sessions: the disc's head says what readers see and where it ends;
 * from block 32 on each session's own head leads to the next. The disc's head counts only when the session that it
 * names shows the same tree: blocks of a torn unit can be old and new at once.
 */
export async function readChainHistory(
  medium: Medium,
  probes: readonly Probe[],
  reader: BlockReader,
  options: CallOptions = {},
): Promise<History> {
  const look = { ...options, medium, probes, reader };
  const isUnitReadable = !isHeadUnwritten(medium) && (await isHeadUnitReadable(look));
  const head = isHeadUnwritten(medium) ? undefined : await findHead(probes, reader, 0);
  if (head !== undefined && isUnitReadable && (await isHeadWhole(head, look)))
    return withLostBlocks(await historyOfHead(head, look), medium);
  const named = isHeadUnwritten(medium) ? [] : await namedByHead(look);
  if (head === undefined && named.length === 0 && (await isRecognized(look))) return foreignAt(SYSTEM_AREA);
  const chain = named.length > 0 ? await sessionsNamed(named, look) : await sessionsBehind(head, look);
  if (chain.length > 0) return tornHead(chain, head, look);
  // Another program's head that can be read, and nothing that it could be torn by: some block of it is scratched.
  if (head?.isTreeReadable && head.record === undefined) return withLostBlocks(await historyOfHead(head, look), medium);
  return withoutChain(named, look);
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

/**
 * Blocks beside the descriptors that cannot be read are what a cut has torn, or would be lost with the next commit. Looked
 * at first, because it is one read, and all that follow in the unit are of blocks that are known.
 */
async function isHeadUnitReadable({ medium: { unit }, reader, ...options }: ChainLook): Promise<boolean> {
  return (await inspect(reader, SYSTEM_AREA - (SYSTEM_AREA % unit), unit, options)) !== "unreadable";
}

/** A session whose own head was scratched is shown by the disc's head alone; then its trailer must speak for it. */
async function isHeadWhole(head: ProbedHead, look: ChainLook): Promise<boolean> {
  if (head.isTorn) return false;
  if (head.record === undefined || head.record.sequence === 0) return head.isTreeReadable;
  const own = await findHead(look.probes, look.reader, head.record.start);
  if (own === undefined || own.isTorn) return isProved(head, look);
  return own.record !== undefined && isSameSession(own.record, head.record) && own.digest === head.digest;
}

/** The head is sound: the chain from block 32 on, as far as the head reaches; of a broken one what lies before the break. */
async function historyOfHead(head: ProbedHead, look: ChainLook): Promise<History> {
  const appendAt = roundUp(head.end, CHAIN_UNIT);
  const heads = await headsFrom(look, FIRST_SESSION, head.end);
  const shown = heads.findLastIndex(({ digest }) => digest === head.digest);
  if (shown < 0) {
    const older = await statesOf(
      heads.filter((found) => isOlder(found, head)),
      look,
    );
    const newest = { ...stateOf(head, older.length, "head"), start: head.record?.start ?? 0 };
    const what = "The chain of sessions breaks here; those between this block and the newest one are not listed.";
    const findings = heads.length > 0 ? [{ at: heads.at(-1)?.end ?? FIRST_SESSION, what }] : [];
    return { states: [...older, newest], current: older.length, condition: "whole", appendAt, findings };
  }
  const sessions = heads
    .slice(0, shown + 1)
    .filter((found, index, all) => !isBridge(found, all[index - 1], all[index + 1]));
  const states = await statesOf(sessions, look);
  // Written to its end all the same, so there is nothing that a recovery could mend.
  const what = "The root directory of the newest session cannot be read.";
  const findings = head.isTreeReadable ? [] : [{ at: sessions.at(-1)?.start ?? 0, what }];
  return { states, current: states.length - 1, condition: "whole", appendAt, findings };
}

/** Whether a session belongs before the one that the head names. */
function isOlder({ record, start }: ProbedHead, head: ProbedHead): boolean {
  if (record === undefined || head.record === undefined) return false;
  return record.life === head.record.life && record.sequence < head.record.sequence && start < head.record.start;
}

/** The sessions that the readable blocks of the unit name that publishes: a cut leaves blocks of both, a scratch of one. */
async function namedByHead(look: ChainLook): Promise<readonly SessionRecord[]> {
  const named: SessionRecord[] = [];
  for (let at = SYSTEM_AREA; at < FIRST_SESSION; at++) {
    const block = await tryRead(look.reader, at, 1, look);
    const found = block && recordIn(block);
    if (found !== undefined && !named.some((record) => isSameSession(record, found))) named.push(found);
  }
  return named;
}

/**
 * The sessions up to the one that the damaged head still names; of two the newer one, which was on the medium before its
 * commit was begun. What lies behind it was never committed.
 */
async function sessionsNamed(named: readonly SessionRecord[], look: ChainLook): Promise<readonly ProbedHead[]> {
  const newest = named.toSorted((a, b) => b.sequence - a.sequence)[0];
  if (newest === undefined || newest.sequence === 0) return [];
  const chain = await provedSessions(look, FIRST_SESSION, newest.life);
  const end = chain.findLastIndex(({ record }) => record !== undefined && isSameSession(record, newest)) + 1;
  if (end > 0) return chain.slice(0, end);
  // The chain is broken somewhere before it, or begins behind another program's session.
  const [found] = await provedSessions(look, newest.start, newest.life);
  if (found?.record === undefined || !isSameSession(found.record, newest)) return [];
  return [...chain.filter(({ start }) => start < newest.start), found];
}

/** The sessions behind a damaged head that names none. Another program's ends where the session lies that was to follow it. */
async function sessionsBehind(head: ProbedHead | undefined, look: ChainLook): Promise<readonly ProbedHead[]> {
  if (head !== undefined) {
    // What is left behind it of a life before that program began the disc anew has higher numbers.
    const start = roundUp(head.end, CHAIN_UNIT);
    const next = await findHead(look.probes, look.reader, start);
    return next?.record?.sequence === 1 ? provedSessions(look, start, next.record.life) : [];
  }
  const chain = await provedSessions(look, FIRST_SESSION);
  if (chain.length > 0) return whenWritten(chain, look);
  const start = await lostStart(look);
  return start === undefined ? [] : whenWritten(await provedSessions(look, start), look);
}

/** What begins a volume of UDF or a boot block (ECMA-167 2/9.1): another program's, not what is left of a torn unit of ours. */
const volumeStructures: ReadonlySet<string> = new Set(["BEA01", "NSR02", "NSR03", "TEA01", "BOOT2", "CDW02"]);

async function isRecognized(look: ChainLook): Promise<boolean> {
  const block = await tryRead(look.reader, SYSTEM_AREA, 1, look);
  return block !== undefined && volumeStructures.has(Buffer.from(block.subarray(1, 6)).toString("latin1"));
}

/**
 * Where sessions may go on when neither the disc's head nor the first session's can be read. Behind zeros anything of
 * ours counts. Behind blocks that cannot be read only what was appended to another program's disc does, and so began a
 * life somewhere else: the rest may be left from before that program began the disc anew.
 */
async function lostStart(look: ChainLook): Promise<Lba | undefined> {
  if (isHeadUnwritten(look.medium)) return undefined;
  const atHead = await inspect(look.reader, 0, FIRST_SESSION, look);
  if (atHead === "data") return undefined;
  if (atHead === "unreadable") return searchSession(look, FIRST_SESSION, ({ sequence }) => sequence === 1);
  return (await dataBehind(look)) === undefined ? undefined : searchSession(look, FIRST_SESSION, () => true);
}

/**
 * Before the flush in front of the commit, what was written gets onto the medium in any order, or all but blocks of the
 * unit that holds the trailer. So where the head was never touched, a trailer alone proves nothing: the newest session
 * counts when every byte of it is as its hashes say.
 */
async function whenWritten(chain: readonly ProbedHead[], look: ChainLook): Promise<readonly ProbedHead[]> {
  const newest = chain.at(-1);
  if (newest === undefined || !(await isHeadUntouched(look))) return chain;
  const { outcome, faults } = await verifyState({ ...look, state: stateOf(newest, 0, "trailer"), scope: "session" });
  // A file that changed while it was recorded is on the disc as it was written.
  const isWhole = outcome !== "no-hashes" && faults.every(({ fault }) => fault === "damaged");
  return isWhole ? chain : chain.slice(0, -1);
}

async function isHeadUntouched(look: ChainLook): Promise<boolean> {
  if (look.medium.overwrite === "replace") return isHeadUnwritten(look.medium);
  return (await inspect(look.reader, 0, FIRST_SESSION, look)) === "zeros";
}

async function tornHead(chain: readonly ProbedHead[], head: ProbedHead | undefined, look: ChainLook): Promise<History> {
  const states = await statesOf(chain, look);
  const what =
    head === undefined
      ? "The disc's head is missing or cannot be read."
      : "The disc's head is torn: it does not show the tree of one session.";
  return {
    states,
    condition: "torn-head",
    appendAt: roundUp(states.at(-1)?.end ?? FIRST_SESSION, CHAIN_UNIT),
    findings: [{ at: SYSTEM_AREA, what }],
  };
}

function foreignAt(at: Lba): History {
  const findings = [{ at, what: "No registered file system knows what is here." }];
  return { states: [], condition: "foreign", appendAt: FIRST_SESSION, findings };
}

/** No head and no session that proves itself: empty only if that can be seen. */
async function withoutChain(named: readonly SessionRecord[], look: ChainLook): Promise<History> {
  const { medium, probes, reader } = look;
  const none = (condition: History["condition"], at: Lba, what: string): History => ({
    states: [],
    condition,
    appendAt: FIRST_SESSION,
    findings: [{ at, what }],
  });
  if (named.some(({ sequence }) => sequence > 0))
    return none("unreadable", SYSTEM_AREA, "The disc's head is damaged, and the session that it names cannot be read.");
  if (named.length > 0)
    return none("interrupted", SYSTEM_AREA, "The empty volume that the disc is to be begun anew with is torn.");
  if (isUnwritten(medium)) return { states: [], condition: "empty", findings: [] };
  const atHead = isHeadUnwritten(medium) ? "zeros" : await inspect(reader, 0, FIRST_SESSION, look);
  if (atHead === "data") return foreignAt(0);
  const first = await findHead(probes, reader, FIRST_SESSION);
  if (first?.record !== undefined)
    return none("interrupted", FIRST_SESSION, "The first session was interrupted before it was complete.");
  const atFirst = await inspect(reader, FIRST_SESSION, Math.min(CHAIN_UNIT, medium.capacity - FIRST_SESSION), look);
  if (atHead === "zeros" && atFirst === "zeros") {
    if (medium.overwrite === "replace")
      return none("interrupted", FIRST_SESSION, "The first session was interrupted before its head was recorded.");
    const behind = await dataBehind(look);
    if (behind === undefined) return { states: [], condition: "empty", findings: [] };
    return none(
      "interrupted",
      behind,
      "The disc begins as a blank one does, but data lies here, and no session proves itself.",
    );
  }
  if (atHead === "unreadable")
    return none("unreadable", 0, "These blocks cannot be read, and no session proves what was here.");
  // Our sessions begin with an empty system area, so data in it is another program's. Anything else is a first session
  // that was cut before it was published: the blocks of a torn unit are new, old, or cannot be read.
  if ((await inspect(reader, FIRST_SESSION, SYSTEM_AREA, look)) === "data") return foreignAt(FIRST_SESSION);
  return none("interrupted", FIRST_SESSION, "The first session was interrupted before anything was published.");
}

/**
 * Data behind a start of zeros: a blanked or damaged head hides whole sessions, and a cut can lose the first unit of one.
 * Looked for at doubling distances, so that a disc of 100 GB takes twenty reads.
 */
async function dataBehind({ medium, reader, ...options }: ChainLook): Promise<Lba | undefined> {
  for (let at = FIRST_SESSION + CHAIN_UNIT; at < medium.capacity; at *= 2) {
    const blocks = Math.min(CHAIN_UNIT, medium.capacity - at);
    if ((await inspect(reader, at, blocks, options)) === "data") return at;
  }
  return undefined;
}

/** Pseudo-overwrite media say for certain that nothing was written: every track's next address is its start. */
function isUnwritten(medium: Medium): boolean {
  return medium.overwrite === "replace" && medium.tracks.every(({ start, next }) => next === start);
}

async function statesOf(heads: readonly ProbedHead[], look: ChainLook): Promise<readonly StateRef[]> {
  const states: StateRef[] = [];
  for (const found of heads)
    states.push(stateOf(found, states.length, (await isProved(found, look)) ? "trailer" : "head"));
  return states;
}

function stateOf(head: ProbedHead, index: number, proof: StateRef["proof"]): StateRef {
  const { start, end, fileSystem, label, digest, record } = head;
  return { index, start, end, fileSystem, label, digest, proof, ...(record === undefined ? {} : { record }) };
}
