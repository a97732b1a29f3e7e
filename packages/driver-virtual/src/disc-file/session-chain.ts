import { type Lba, roundUp } from "@multisession/core";
import { type Head, readHead } from "./recorded-head.ts";

/** Where the first session of a disc starts that is overwritten in place: xorriso's rule, and ours. */
const FIRST_SESSION: Lba = 32;
/** Later ones start at multiples of the first with growisofs, of the second with xorriso and us. */
const steps = [16, 32] as const;

/**
 * Whether the head of a disc belongs to a chain of sessions: it is a copy of the newest one's, which follow one another
 * from block 32 on. Ours says so in its session record; another program's is found in the chain.
 */
export function isChain(file: number, first: Head, end: Lba): boolean {
  if (first.isOfChain) return true;
  let at: Lba | undefined = FIRST_SESSION;
  while (at !== undefined) {
    const head = readHead(file, at, end);
    if (!head?.isSession) return false;
    if (head.root.equals(first.root)) return true;
    at = nextInChain(file, at, head, end);
  }
  return false;
}

function nextInChain(file: number, at: Lba, { ends }: Head, end: Lba): Lba | undefined {
  const places = ends.flatMap((behind) => steps.map((step) => roundUp(behind, step)));
  return places.find((place) => place > at && readHead(file, place, end)?.isSession);
}
