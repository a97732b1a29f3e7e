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
import type { Finding, History, Probe, StateRef } from "./history.ts";
import { appendTrack, type Medium } from "./medium.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { isSameSession } from "./session-record.ts";
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
  const look = { medium, probes, reader, ...options };
  const head = isHeadUnwritten(medium) ? undefined : await findHead(probes, reader, 0);
  if (head !== undefined && (await isHeadWhole(head, look)))
    return withLostBlocks(await historyOfHead(head, look), medium);
  const chain = await whenWritten(await sessionsBehind(head, look), head, look);
  if (chain.length > 0) return tornHead(chain, head, look);
  // Another program's head that can be read, and nothing that it could be torn by: some block of it is scratched.
  if (head?.isTreeReadable && head.record === undefined) return withLostBlocks(await historyOfHead(head, look), medium);
  return withoutChain(head, look);
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
 * A session whose own head was scratched is shown by the disc's head alone; then its trailer must speak for it. Blocks
 * beside the descriptors that cannot be read are what a cut has torn, or would be lost with the next commit.
 */
async function isHeadWhole(head: ProbedHead, look: ChainLook): Promise<boolean> {
  if (head.isTorn) return false;
  const { unit } = look.medium;
  if ((await inspect(look.reader, SYSTEM_AREA - (SYSTEM_AREA % unit), unit, look)) === "unreadable") return false;
  if (head.record === undefined || head.record.sequence === 0) return head.isTreeReadable;
  const own = await findHead(look.probes, look.reader, head.record.start);
  if (own === undefined || own.isTorn) return isProved(head, look);
  return own.record !== undefined && isSameSession(own.record, head.record) && own.digest === head.digest;
}

/** The head is sound: the chain from block 32 on, as far as the head reaches. A broken chain leaves one state, as with xorriso. */
async function historyOfHead(head: ProbedHead, look: ChainLook): Promise<History> {
  const appendAt = roundUp(head.end, CHAIN_UNIT);
  const heads = await headsFrom(look, FIRST_SESSION, head.end);
  const shown = heads.findLastIndex(({ digest }) => digest === head.digest);
  if (shown < 0) {
    const findings: Finding[] = [];
    if (heads.length > 0)
      findings.push({
        at: FIRST_SESSION,
        what: "The chain of sessions does not lead to the disc's head; only the newest state is listed.",
      });
    const state: StateRef = { ...stateOf(head, 0, "head"), start: head.record?.start ?? 0 };
    return { states: [state], current: 0, condition: "whole", appendAt, findings };
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

/**
 * The sessions behind a damaged head. The head itself may say where to look: its record names the session that was to be
 * shown, and the head of another program ends where the session lies that was to follow it.
 */
async function sessionsBehind(head: ProbedHead | undefined, look: ChainLook): Promise<readonly ProbedHead[]> {
  const life = head?.record?.life;
  const chain = await provedSessions(look, FIRST_SESSION, life);
  if (chain.length > 0) return chain;
  const start = head === undefined ? await lostStart(look) : (head.record?.start ?? roundUp(head.end, CHAIN_UNIT));
  return start === undefined ? [] : provedSessions(look, start, life);
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
async function whenWritten(
  chain: readonly ProbedHead[],
  head: ProbedHead | undefined,
  look: ChainLook,
): Promise<readonly ProbedHead[]> {
  const newest = chain.at(-1);
  if (newest === undefined || head !== undefined || !(await isHeadUntouched(look))) return chain;
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

/** No head and no session that proves itself: empty only if that can be seen. */
async function withoutChain(head: ProbedHead | undefined, look: ChainLook): Promise<History> {
  const { medium, probes, reader } = look;
  const none = (condition: History["condition"], at: Lba, what: string): History => ({
    states: [],
    condition,
    appendAt: FIRST_SESSION,
    findings: [{ at, what }],
  });
  if (head?.record?.sequence === 0)
    return none("interrupted", SYSTEM_AREA, "The empty volume that the disc is to be begun anew with is torn.");
  if (head !== undefined)
    return none("unreadable", SYSTEM_AREA, "The disc's head leads to a tree, or names a session, that cannot be read.");
  if (isUnwritten(medium)) return { states: [], condition: "empty", findings: [] };
  const first = await findHead(probes, reader, FIRST_SESSION);
  if (first?.record !== undefined)
    return none("interrupted", FIRST_SESSION, "The first session was interrupted before it was complete.");
  const atHead = isHeadUnwritten(medium) ? "zeros" : await inspect(reader, 0, FIRST_SESSION, look);
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
  if (atHead === "data") return none("foreign", 0, "No registered file system knows what is here.");
  if (atHead === "unreadable")
    return none("unreadable", 0, "These blocks cannot be read, and no session proves what was here.");
  // Our sessions begin with an empty system area, so data in it is another program's. Anything else is a first session
  // that was cut before it was published: the blocks of a torn unit are new, old, or cannot be read.
  if ((await inspect(reader, FIRST_SESSION, SYSTEM_AREA, look)) === "data")
    return none("foreign", FIRST_SESSION, "No registered file system knows what is here.");
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
