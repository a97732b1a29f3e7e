import { closeSync, openSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Blocks, Lba } from "@multisession/core";
import { HEAD, type Head, readHead } from "./recorded-head.ts";
import { isChain } from "./session-chain.ts";

/** Sessions of DVD and BD begin on multiples of it. */
const STEP: Blocks = 16;
/**
 * So far behind the end of a session the next one may start at any block, and farther away on multiples of 16. The gap of a
 * CD is 11,402 blocks at most (MMC), and 150 blocks of padding may lie before it.
 */
const CLOSELY: Blocks = 16_384;
/** The search runs without a pause for so long; milliseconds. */
const LONGEST_RUN = 10;

/** What the blocks of a disc file show of its sessions. */
export type SessionsFound =
  /** The disc was overwritten in place, and its head leads to them. */
  | { readonly lie: "chained" }
  /** Each begins at one of these blocks. */
  | { readonly lie: "apart"; readonly starts: readonly Lba[] };

/**
 * Where the sessions of a disc file lie, found in its blocks alone. Apart they have heads of ISO 9660 that say that they
 * begin there: our own in their session record; of others the root directory must lie behind the start and be there, which
 * it is not in an image that is a file of a session. Block 0 is always the start of one.
 */
export async function findSessions(path: string, end: Lba): Promise<SessionsFound> {
  const file = openSync(path, "r");
  try {
    const first = readHead(file, 0, end);
    if (first !== undefined && isChain(file, first, end)) return { lie: "chained" };
    // A head that belongs elsewhere shows all that can be said.
    if (first?.isSession === false) return { lie: "apart", starts: [0] };
    return { lie: "apart", starts: [0, ...(await startsBehind(file, first, end))] };
  } finally {
    closeSync(file);
  }
}

async function startsBehind(file: number, first: Head | undefined, end: Lba): Promise<readonly Lba[]> {
  const starts: Lba[] = [];
  let ends = first?.ends ?? [];
  let pause = performance.now() + LONGEST_RUN;
  for (let at = behind(0, ends); at + HEAD < end; ) {
    const head = readHead(file, at, end);
    if (head?.isSession) {
      starts.push(at);
      ends = head.ends;
      at = behind(at, ends);
    } else at = nextPlace(at, ends);
    if (performance.now() < pause) continue;
    await setImmediate();
    pause = performance.now() + LONGEST_RUN;
  }
  return starts;
}

/** Where the search goes on behind a session. What that holds is skipped: it may be copies of discs. */
function behind(start: Lba, ends: readonly Lba[]): Lba {
  return Math.max(start + HEAD, ends.length > 0 ? Math.min(...ends) : 0);
}

/** The next block at which a session may start. */
function nextPlace(at: Lba, ends: readonly Lba[]): Lba {
  if (ends.some((end) => at >= end && at < end + CLOSELY)) return at + 1;
  return Math.min(at - (at % STEP) + STEP, ...ends.filter((end) => end > at));
}
