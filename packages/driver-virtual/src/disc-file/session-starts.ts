import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import {
  BLOCK_BYTES,
  type Blocks,
  decodeSessionRecord,
  type Lba,
  roundUp,
  SESSION_RECORD_BYTES,
} from "@multisession/core";
import { cdR } from "../media/cd.ts";

/** Block of the primary volume descriptor, from the start of its session (ECMA-119, 6.2.1). */
const HEAD: Blocks = 16;
/** Where the fields of a primary volume descriptor lie (ECMA-119, 8.4): volume space size, root's extent, application use. */
const fields = { volumeBlocks: 80, rootExtent: 158, applicationUse: 883 } as const;
/** Sessions of DVD and BD begin on multiples of it. */
const STEP: Blocks = 16;
/** Blocks between two sessions of a CD, the first and later ones: those begin anywhere. */
const compactGaps: readonly Blocks[] = Object.values(cdR.recording.sessionGap);
/** Type 1, `CD001`, version 1. */
const mark = Buffer.from("\u0001CD001\u0001", "latin1");
const begin = Buffer.alloc(mark.length);
/** The search runs without a pause for so long; milliseconds. */
const LONGEST_RUN = 10;

/** What a head says that matters here. */
interface Head {
  /** Whether it belongs to a session that starts where it was found. */
  readonly isSession: boolean;
  /** Exclusive end of the session as far as the head knows it. */
  readonly end: Lba;
}

/**
 * Where the sessions of a disc file start, found in its blocks alone: heads of ISO 9660 on multiples of 16, or as far behind
 * the session before as on a CD, that say that they begin there. Our own say so in their session record; of others the root directory must lie behind the start,
 * which it does not in an image that is a file of a session. Block 0 is always one.
 */
export async function sessionStarts(path: string, end: Lba): Promise<readonly Lba[]> {
  const file = openSync(path, "r");
  try {
    const starts: Lba[] = [0];
    const first = readHead(file, 0, end);
    // The head of a disc that is overwritten in place belongs to the newest session, and shows all of the disc.
    if (first?.isSession === false) return starts;
    let pause = performance.now() + LONGEST_RUN;
    for (let at = behind(file, first, 0, end); at + HEAD < end; ) {
      const head = readHead(file, at, end);
      if (head?.isSession) starts.push(at);
      at = behind(file, head, at, end);
      if (performance.now() < pause) continue;
      await setImmediate();
      pause = performance.now() + LONGEST_RUN;
    }
    return starts;
  } finally {
    closeSync(file);
  }
}

/** Where the next session can start. What a session holds is skipped: it may be copies of discs. */
function behind(file: number, head: Head | undefined, at: Lba, end: Lba): Lba {
  const next = at - (at % STEP) + STEP;
  if (!head?.isSession) return next;
  const starts = compactGaps.map((gap) => head.end + gap).filter((start) => start > at && start + HEAD < end);
  return starts.find((start) => readHead(file, start, end)?.isSession) ?? Math.max(next, roundUp(head.end, STEP));
}

function readHead(file: number, start: Lba, end: Lba): Head | undefined {
  const place = (start + HEAD) * BLOCK_BYTES;
  // Nearly all blocks are no heads, and their first bytes tell.
  readSync(file, begin, 0, begin.length, place);
  if (!begin.equals(mark)) return undefined;
  const block = Buffer.alloc(BLOCK_BYTES);
  readSync(file, block, 0, BLOCK_BYTES, place);
  const { applicationUse } = fields;
  const record = decodeSessionRecord(block.subarray(applicationUse, applicationUse + SESSION_RECORD_BYTES));
  if (record !== undefined) return { isSession: record.start === start, end: record.end };
  const root = block.readUInt32LE(fields.rootExtent);
  const volume = block.readUInt32LE(fields.volumeBlocks);
  // Some programs count from the start of the session, others from the start of the disc.
  return { isSession: root > start + HEAD && root < end, end: volume > start ? volume : start + volume };
}
